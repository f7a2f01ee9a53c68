"""Moves one version of one object exactly once, however often its event is delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from shared.errors import TerminalError, TransientError

from landing_router import integrity
from landing_router.integrity import Content
from landing_router.logic import Arrival, Decision, Reason, Routes, decide, is_gzip, reject
from landing_router.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_GIB = 1024**3
_COPY_MAX = 5 * _GIB
"""Largest object that one CopyObject copies:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""

_ABSENT = ("404", "NoSuchKey", "NoSuchVersion")


class Outcome(StrEnum):
    """What became of an event; each is a metric."""

    ROUTED = "RoutedObjects"
    UNROUTED = "UnroutedObjects"
    REPEATED = "RepeatedEvents"
    IGNORED = "IgnoredObjects"


@dataclass(frozen=True)
class Move:
    """How an event ended."""

    outcome: Outcome
    target: str | None = None
    """S3 URI of the copy."""
    reason: Reason | None = None


@dataclass(frozen=True)
class Mover:
    """Copies to bronze or quarantine, checks the copy, and only then deletes the version from landing."""

    s3: "S3Client"
    settings: Settings
    routes: Routes
    multipart_threshold: int = _COPY_MAX
    """Bytes above which an object is copied in parts."""

    def move(self, arrival: Arrival) -> Move:
        """Move the object of an event to where it belongs.

        Raises:
            TransientError: The copy differs from its source.
            TerminalError: The object is gone and no copy of it exists, or landing keeps no versions.
        """
        if (decision := decide(arrival, self.routes)) is None:
            return Move(Outcome.IGNORED)
        source = self._source(arrival)
        if source is None:
            return self._repeated(arrival, decision)
        version = {"Bucket": arrival.bucket, "Key": arrival.key, "VersionId": source["VersionId"]}
        if decision.reason is None and is_gzip(arrival):
            fault = integrity.gzip_fault(self.s3.get_object(**version)["Body"])
            decision = decision if fault is None else reject(arrival, fault)
        target = self._target(decision)
        self._copy(version, Content.from_head(source), target)
        self.s3.delete_object(**version)
        outcome = Outcome.ROUTED if decision.reason is None else Outcome.UNROUTED
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

    def _repeated(self, arrival: Arrival, decision: Decision) -> Move:
        for candidate in (decision, *(reject(arrival, reason) for reason in Reason)):
            target = self._target(candidate)
            head = self._head(target)
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

    def _copy(self, version: Mapping[str, str], source: Content, target: Mapping[str, str]) -> None:
        if self._is_copied(version, source, target):
            return
        self.s3.copy(
            dict(version),  # type: ignore[arg-type]
            target["Bucket"],
            target["Key"],
            # Tags stay behind: copying them would need permission to read and write tags.
            ExtraArgs={"ChecksumAlgorithm": source.algorithm, "TaggingDirective": "REPLACE"},
            Config=TransferConfig(multipart_threshold=self.multipart_threshold, multipart_chunksize=_GIB),
        )
        if not self._is_copied(version, source, target):
            raise TransientError(f"{_uri(target)} differs from {_uri(version)}; both are kept, copy again")

    def _is_copied(self, version: Mapping[str, str], source: Content, target: Mapping[str, str]) -> bool:
        if (head := self._head(target)) is None:
            return False
        verdict = integrity.same(source, Content.from_head(head))
        if verdict is not None:
            return verdict
        return integrity.same_bytes(
            self.s3.get_object(**version)["Body"],  # type: ignore[arg-type]
            self.s3.get_object(**target)["Body"],  # type: ignore[arg-type]
        )


def _uri(place: Mapping[str, str]) -> str:
    return f"s3://{place['Bucket']}/{place['Key']}"
