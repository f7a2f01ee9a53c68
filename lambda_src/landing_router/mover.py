"""Moves one version of one object exactly once, however often its event is delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from shared.errors import TerminalError, TransientError

from landing_router import content, integrity
from landing_router.copying import Copier
from landing_router.integrity import Content
from landing_router.logic import (
    UNROUTED,
    Arrival,
    Decision,
    Reason,
    dataset_of,
    decide,
    is_gzip,
    late_request,
    reject,
)
from landing_router.routes import Routes
from landing_router.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = ("404", "NoSuchKey", "NoSuchVersion")


class Outcome(StrEnum):
    """What became of an event; each is a metric."""

    ROUTED = "RoutedObjects"
    UNROUTED = "UnroutedObjects"
    REPEATED = "RepeatedEvents"
    IGNORED = "IgnoredObjects"


_OUTCOMES = {None: Outcome.ROUTED, Reason.HIDDEN: Outcome.IGNORED}
"""Of a decision by its reason, those apart about which somebody must be told."""


@dataclass(frozen=True)
class Move:
    """How an event ended."""

    outcome: Outcome
    target: str | None = None
    """S3 URI of the copy."""
    reason: Reason | None = None


@dataclass(frozen=True)
class Mover:
    """Copies to bronze or quarantine, checks the copy, and only then deletes the version that arrived."""

    s3: "S3Client"
    settings: Settings
    routes: Routes
    copier: Copier

    def move(self, arrival: Arrival) -> Move:
        """Move the object of an event to where it belongs.

        Raises:
            TransientError: The copy differs from its source.
            TerminalError: The object is gone and no copy of it exists, or its bucket keeps no versions.
        """
        if (decision := decide(arrival, self.routes)) is None:
            return Move(Outcome.IGNORED)
        source = self._source(arrival)
        if source is None:
            return self._repeated(arrival, decision)
        version = {"Bucket": arrival.bucket, "Key": arrival.key, "VersionId": source["VersionId"]}
        if decision.closes is not None:
            fault = self._missing(arrival, decision.closes)
        else:
            fault = None if decision.reason else self._fault(arrival, version)
        if fault:
            decision = reject(arrival, fault)
        target = self._target(decision)
        outcome = _OUTCOMES.get(decision.reason, Outcome.UNROUTED)
        if target != {"Bucket": arrival.bucket, "Key": arrival.key}:  # else it stays in quarantine as it is
            self._copy(version, source, target)
            self._tell_if_late(arrival, decision)
            self.s3.delete_object(**version)
        return Move(outcome, _uri(target), decision.reason)

    def _source(self, arrival: Arrival) -> Mapping[str, Any] | None:
        one = {"VersionId": arrival.version_id} if arrival.version_id else {"IfMatch": f'"{arrival.etag}"'}
        head = self._head({"Bucket": arrival.bucket, "Key": arrival.key, **one})
        if head is not None and "VersionId" not in head:
            raise TerminalError(
                f"bucket {arrival.bucket} keeps no versions, so a file that replaces this one meanwhile "
                "would be deleted unread; enable versioning on it"
            )
        return head

    def _fault(self, arrival: Arrival, version: Mapping[str, str]) -> Reason | None:
        """Look into the file as far as its name's promise needs."""
        route = self.routes[dataset_of(arrival)]
        if is_gzip(arrival):
            return content.gzip_fault(self.s3.get_object(**version)["Body"], route)  # type: ignore[arg-type]
        if route.format == "parquet":
            head, tail = self._bytes(version, "0-3"), self._bytes(version, "-8")
            return content.parquet_fault(head, tail, arrival.size)
        return content.text_fault(self._bytes(version, f"0-{content.HEAD - 1}"), route)

    def _missing(self, arrival: Arrival, folder: str) -> Reason | None:
        """Make sure that a folder is as whole in bronze as its marker says: it is moved after all others.

        Raises:
            TransientError: Files of the folder have yet to be moved.
        """
        marker = arrival.landing_key.removeprefix(folder)
        if arrival.bucket != self.settings.quarantine_bucket and self._others(arrival.bucket, folder, marker):
            raise TransientError(f"s3://{arrival.bucket}/{folder} has files that are moved before {marker}")
        refused = (f"{UNROUTED}{reason}/{folder}" for reason in Reason)
        bucket = self.settings.quarantine_bucket
        return Reason.INCOMPLETE if any(self._others(bucket, each, marker) for each in refused) else None

    def _others(self, bucket: str, folder: str, marker: str) -> bool:
        """Whether a folder holds anything but markers, folders below it aside."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, Delimiter="/")
        keys = (found["Key"] for page in pages for found in page.get("Contents", ()))
        return any(not key.endswith(("/", f"/{marker}", f"-{marker}")) for key in keys)

    def _bytes(self, version: Mapping[str, str], extent: str) -> bytes:
        return self.s3.get_object(Range=f"bytes={extent}", **version)["Body"].read()  # type: ignore[arg-type]

    def _repeated(self, arrival: Arrival, decision: Decision) -> Move:
        for candidate in (decision, *(reject(arrival, reason) for reason in Reason)):
            target = self._target(candidate)
            head = self._standing(target)
            if head is not None and head["ContentLength"] == arrival.size:
                return Move(Outcome.REPEATED, _uri(target), candidate.reason)
        raise TerminalError(
            f"s3://{arrival.bucket}/{arrival.key} (version {arrival.version_id}) is gone and no copy of it "
            "is in bronze or quarantine; ask its sender for the file again"
        )

    def _target(self, decision: Decision) -> dict[str, str]:
        bucket = self.settings.bronze_bucket if decision.reason is None else self.settings.quarantine_bucket
        return {"Bucket": bucket, "Key": decision.key}

    def _head(self, what: Mapping[str, str]) -> Mapping[str, Any] | None:
        try:
            return self.s3.head_object(ChecksumMode="ENABLED", **what)  # type: ignore[arg-type]
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise

    def _standing(self, target: Mapping[str, str]) -> Mapping[str, Any] | None:
        """Head of what is to come or has come; asked for by a listing, whose answer is no error.

        Each file would be a 404 in bronze otherwise, and an alarm counts those.
        """
        listed = self.s3.list_objects_v2(Bucket=target["Bucket"], Prefix=target["Key"], MaxKeys=1)
        if all(each["Key"] != target["Key"] for each in listed.get("Contents", ())):
            return None
        return self._head(target)

    def _copy(self, version: Mapping[str, str], source: Mapping[str, Any], target: Mapping[str, str]) -> None:
        if self._is_copied(version, source, target):
            return
        self.copier.copy(version, source, target)
        if not self._is_copied(version, source, target):
            raise TransientError(f"{_uri(target)} differs from {_uri(version)}; both are kept, copy again")

    def _is_copied(
        self, version: Mapping[str, str], source: Mapping[str, Any], target: Mapping[str, str]
    ) -> bool:
        if (head := self._standing(target)) is None:
            return False
        verdict = integrity.same(Content.from_head(source), Content.from_head(head))
        if verdict is not None:
            return verdict
        return integrity.same_bytes(
            self.s3.get_object(**version)["Body"],  # type: ignore[arg-type]
            self.s3.get_object(**target)["Body"],  # type: ignore[arg-type]
        )

    def _tell_if_late(self, arrival: Arrival, decision: Decision) -> None:
        """Ask jobs to process an object in a partition so old that they may no longer list it.

        The partition follows from the event alone, or else a repetition of it would make a second copy.
        Parts of a version are left to the job's daily look behind: requested one by one, none is whole.
        """
        now = datetime.now(UTC)
        if decision.reason is not None or self.routes[dataset_of(arrival)].marker is not None:
            return
        if arrival.is_late(now):
            key, body = late_request(arrival, decision, self.routes, now)
            self.s3.put_object(Bucket=self.settings.bronze_bucket, Key=key, Body=body.encode())


def _uri(place: Mapping[str, str]) -> str:
    return f"s3://{place['Bucket']}/{place['Key']}"
