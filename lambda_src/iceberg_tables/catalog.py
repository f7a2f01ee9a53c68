"""Creates and changes tables through the Glue API, which writes Iceberg's metadata itself."""

import gzip
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from shared.errors import TerminalError, TransientError

from iceberg_tables.logic import (
    adopt_request,
    create_request,
    newest_metadata,
    plan,
    restate,
    update_request,
)
from iceberg_tables.request import Wanted

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client

_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.5
_LEAST_SECONDS = 45.0
"""Time that one more attempt and the answer to CloudFormation may take."""

_LOST_RACES = ("AlreadyExistsException", "ConcurrentModificationException")
_GZIP_MAGIC = b"\x1f\x8b"


class Outcome(StrEnum):
    """What was done to a table."""

    CREATED = "created"
    ADOPTED = "adopted"
    """The catalog had lost it; its metadata was still in its bucket."""
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Catalog:
    """The Glue catalog and the buckets that its tables lie in."""

    glue: "GlueClient"
    s3: "S3Client"
    remaining_seconds: Callable[[], float]
    """Time until Lambda ends the invocation."""

    def ensure(self, wanted: Wanted) -> Outcome:
        """Create the table, or let the one that exists grow into what is wanted; twice is as good as once.

        Jobs commit to tables at any time, so a commit in between means to look again and decide anew.

        Raises:
            TerminalError: The table cannot become what is wanted.
            TransientError: Others changed the table each time between reading and writing.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return self._ensure_once(wanted)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _LOST_RACES:
                    raise
            if attempt + 1 == _ATTEMPTS or self.remaining_seconds() < _LEAST_SECONDS:
                break
            time.sleep(_FIRST_PAUSE_SECONDS * 2**attempt)
        raise TransientError(
            f"table {wanted.physical_id} changed under each of {attempt + 1} attempts; deploy again"
        )

    def _ensure_once(self, wanted: Wanted) -> Outcome:
        table = self._table(wanted)
        if table is None:
            return self._bring(wanted)
        change = plan(self.metadata(table, wanted), wanted)
        if change is None:
            return Outcome.UNCHANGED
        self.glue.update_table(**update_request(wanted, table["VersionId"], change))
        return Outcome.CHANGED

    def _bring(self, wanted: Wanted) -> Outcome:
        """Create the table, or put that into the catalog again which lies at its location.

        Raises:
            TerminalError: Which metadata is the newest cannot be told.
        """
        bucket, _, folder = wanted.location.removeprefix("s3://").partition("/")
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{folder}/metadata/")
        key = newest_metadata(found["Key"] for page in pages for found in page.get("Contents", ()))
        if key is None:
            self.glue.create_table(**create_request(wanted))
            return Outcome.CREATED
        self.glue.create_table(**adopt_request(wanted, f"s3://{bucket}/{key}"))
        table = self.glue.get_table(DatabaseName=wanted.database, Name=wanted.table)["Table"]
        metadata = self.metadata(table, wanted)
        change = plan(metadata, wanted) or restate(metadata)  # by which Glue tells the columns again
        self.glue.update_table(**update_request(wanted, table["VersionId"], change))
        return Outcome.ADOPTED

    def _table(self, wanted: Wanted) -> Mapping[str, Any] | None:
        try:
            return self.glue.get_table(DatabaseName=wanted.database, Name=wanted.table)["Table"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "EntityNotFoundException":
                return None
            raise

    def metadata(self, table: Mapping[str, Any], wanted: Wanted) -> Mapping[str, Any]:
        """Read the Iceberg metadata that a Glue table points at.

        Raises:
            TerminalError: It is no Iceberg table.
        """
        parameters = table.get("Parameters", {})
        location = parameters.get("metadata_location", "")
        if parameters.get("table_type", "").upper() != "ICEBERG" or not location.startswith("s3://"):
            raise TerminalError(
                f"{wanted.physical_id} exists and is no Iceberg table: got table_type "
                f"{parameters.get('table_type')!r}; fix: drop or rename that table or view, then deploy again"
            )
        bucket, _, key = location.removeprefix("s3://").partition("/")
        content = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        text = gzip.decompress(content) if content.startswith(_GZIP_MAGIC) else content
        metadata: Mapping[str, Any] = json.loads(text)
        return metadata
