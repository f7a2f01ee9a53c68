"""Copies one object inside S3: in one request, or in parts side by side.

S3 gives 85 to 90 MB/s to one request (https://docs.aws.amazon.com/AmazonS3/latest/userguide/
optimizing-performance-guidelines.html), so 32 at a time copy 1 TiB in under seven minutes; the function has
fifteen.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landing_router.integrity import Content

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MIB = 1024**2
COPY_MAX = 5 * 1024 * _MIB
"""Largest object that one request copies: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""

PARTS_MAX, PART_LEAST = 10_000, 5 * _MIB
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

PART = 256 * _MIB
PARALLEL = 32

_KEPT = ("ContentType", "ContentEncoding", "Metadata")
"""Properties that a copy in parts loses unless they are repeated."""


@dataclass(frozen=True)
class Copier:
    """Copies with one client; `threshold` is the size in bytes above which objects are copied in parts."""

    s3: "S3Client"
    threshold: int = COPY_MAX

    def copy(self, version: Mapping[str, str], head: Mapping[str, Any], target: Mapping[str, str]) -> None:
        """Copy a version, whose head is given, so that the copy's checksum can be compared.

        Args:
            version: Bucket, Key and VersionId of the source.
            head: Answer of HeadObject about it.
            target: Bucket and Key of the copy.
        """
        source = Content.from_head(head)
        if not source.composite and source.size <= self.threshold:
            self.s3.copy_object(
                CopySource=dict(version),  # type: ignore[arg-type]
                ChecksumAlgorithm=source.algorithm,  # type: ignore[arg-type]
                # Tags and annotations stay behind: copying them needs permissions on both sides.
                TaggingDirective="REPLACE",
                AnnotationDirective="EXCLUDE",
                **target,  # type: ignore[arg-type]
            )
            return
        size = self._part_of(version, source.size) if source.composite else None
        self._in_parts(version, source, size or part_size(source.size), head, target)

    def _part_of(self, version: Mapping[str, str], whole: int) -> int | None:
        """Size of the source's parts if they are alike: a checksum of parts is comparable part by part."""
        first = self.s3.head_object(PartNumber=1, **version)  # type: ignore[arg-type]
        size, parts = first["ContentLength"], first.get("PartsCount", 1)
        alike = (parts - 1) * size < whole <= parts * size
        return size if alike and (parts == 1 or size >= PART_LEAST) and size <= COPY_MAX else None

    def _in_parts(
        self,
        version: Mapping[str, str],
        source: Content,
        size: int,
        head: Mapping[str, Any],
        target: Mapping[str, str],
    ) -> None:
        algorithm = source.algorithm if source.composite or "CRC" in source.algorithm else "CRC64NVME"
        upload = self.s3.create_multipart_upload(
            ChecksumAlgorithm=algorithm,  # type: ignore[arg-type]
            ChecksumType="COMPOSITE" if source.composite else "FULL_OBJECT",
            **{name: head[name] for name in _KEPT if head.get(name)},
            **target,  # type: ignore[arg-type]
        )["UploadId"]
        one: dict[str, Any] = {**target, "UploadId": upload}

        def part(numbered: tuple[int, str]) -> dict[str, Any]:
            number, extent = numbered
            result = self.s3.upload_part_copy(
                CopySource=dict(version),  # type: ignore[arg-type]
                PartNumber=number,
                CopySourceRange=extent,
                **one,
            )["CopyPartResult"]
            tells = ("ETag", f"Checksum{algorithm}")
            return {"PartNumber": number, **{name: result[name] for name in tells if name in result}}  # type: ignore[literal-required]

        try:
            with ThreadPoolExecutor(PARALLEL) as pool:
                parts = list(pool.map(part, enumerate(_ranges(source.size, size), 1)))
            self.s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **one)  # type: ignore[typeddict-item]
        except BaseException:
            with suppress(self.s3.exceptions.NoSuchUpload):  # it was completed, and only the answer is lost
                self.s3.abort_multipart_upload(**one)
            raise


def part_size(size: int) -> int:
    """Size of the parts of an object: `PART`, or more where S3 would not take so many."""
    return max(PART, -(-size // PARTS_MAX))


def _ranges(size: int, part: int) -> Iterator[str]:
    for start in range(0, size, part):
        yield f"bytes={start}-{min(start + part, size) - 1}"
