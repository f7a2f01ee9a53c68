"""An S3 target: files in the layout that its settings say, written under the endpoint's role.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
"""

from collections.abc import Iterable, Sequence
from typing import Any

from lakehouse.model.fields import Field
from local.features.dms.mappings import Placement
from local.features.dms.state import Json
from local.patches.iam import roles
from tools.records.files.dms_files import Columns, parquet
from tools.records.source_table import Change

PRINCIPAL = "dms.amazonaws.com"

_FOLLOWED = {
    "ServiceAccessRoleArn": None,
    "BucketName": None,
    "BucketFolder": None,
    "ExpectedBucketOwner": None,
    "EncryptionMode": None,
    "ServerSideEncryptionKmsKeyId": None,
    "CompressionType": None,
    "IncludeOpForFullLoad": None,
    "TimestampColumnName": None,
    "DataFormat": ("parquet",),
    "ParquetVersion": ("parquet-1-0",),
    "CannedAclForObjects": ("none",),
    "UseTaskStartTimeForFullLoadTimestamp": (True,),
}
"""Settings that decide what is written, and the values that are emulated; None for all."""
_WITHOUT_EFFECT = {
    "CdcMaxBatchInterval",  # the longest time: changes are written as soon as they are seen
    "CdcMinFileSize",
    "MaxFileSize",
    "RowGroupLength",
    "DataPageSize",
    "DictPageSizeLimit",
    "EncodingType",
    "EnableStatistics",
    "ExternalTableDefinition",
    "CsvDelimiter",
    "CsvRowDelimiter",
    "DatePartitionSequence",
    "DatePartitionDelimiter",
}


class TargetError(ValueError):
    """The endpoint cannot be written to as it is set."""


class S3Target:
    """A target endpoint.

    Raises:
        TargetError: It is no S3 endpoint, or has settings that are not emulated; holds all of them.
        RoleError: DMS may not assume its role.
    """

    def __init__(self, endpoint: Json) -> None:
        if endpoint["EngineName"] != "s3":
            raise TargetError(f"the embedded DMS writes to s3, not to {endpoint['EngineName']}")
        self._settings: Json = endpoint.get("S3Settings", {})
        if faults := _not_emulated(self._settings):
            raise TargetError(f"not emulated in S3Settings: {', '.join(faults)}")
        credentials = roles.assume(self._settings["ServiceAccessRoleArn"], PRINCIPAL, "dms")
        self._s3 = roles.client("s3", credentials)

    def test_connection(self) -> None:
        """List the bucket.

        Raises:
            ClientError: The role may not, or the bucket is not there.
        """
        self._s3.list_objects_v2(Bucket=self._settings["BucketName"], MaxKeys=1, **self._owner())

    def write(
        self,
        placement: Placement,
        name: str,
        changes: Iterable[Change],
        fields: Sequence[Field],
        key: Sequence[str],
        *,
        is_load: bool,
    ) -> None:
        """Write one file of a table.

        Raises:
            ClientError: The role may not.
        """
        with_operation = not is_load or self._settings.get("IncludeOpForFullLoad", False)
        columns = Columns(
            operation="Op" if with_operation else None,
            changed_at=self._settings.get("TimestampColumnName") or None,
            sequence=placement.sequence,
            before=placement.before,
        )
        compression = self._settings.get("CompressionType", "none")
        body = parquet(changes, fields, key, columns, compression)
        folders = [self._settings.get("BucketFolder"), placement.schema, placement.table]
        path = "/".join([*(folder for folder in folders if folder), name])
        self._s3.put_object(
            Bucket=self._settings["BucketName"], Key=path, Body=body, **self._encryption(), **self._owner()
        )

    def _encryption(self) -> dict[str, str]:
        if self._settings.get("EncryptionMode") != "sse-kms":
            return {"ServerSideEncryption": "AES256"}
        key = self._settings.get("ServerSideEncryptionKmsKeyId", "")
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}

    def _owner(self) -> dict[str, str]:
        owner = self._settings.get("ExpectedBucketOwner")
        return {"ExpectedBucketOwner": owner} if owner else {}


def _not_emulated(settings: Json) -> list[str]:
    settings = {"DataFormat": "csv", "UseTaskStartTimeForFullLoadTimestamp": False, **settings}
    if not settings.get("TimestampColumnName"):
        del settings["UseTaskStartTimeForFullLoadTimestamp"]
    return [f"{name} {value}" for name, value in settings.items() if not _is_emulated(name, value)]


def _is_emulated(name: str, value: Any) -> bool:
    if name in _FOLLOWED:
        allowed = _FOLLOWED[name]
        return allowed is None or value in allowed
    return name in _WITHOUT_EFFECT or not value
