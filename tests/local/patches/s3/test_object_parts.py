import uuid
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

PART = b"x" * (5 * 1024 * 1024)
REST = b"rest"


@pytest.fixture
def bucket(embedded_aws: EmbeddedAws) -> str:
    name = f"parts-{uuid.uuid4().hex[:8]}"
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def in_parts(s3: Any, bucket: str, algorithm: str, source: dict[str, str] | None) -> dict[str, Any]:
    """Upload an object in parts, or copy it so; returns Bucket, Key and VersionId."""
    place = {"Bucket": bucket, "Key": "copied" if source else "uploaded"}
    upload = s3.create_multipart_upload(**place, ChecksumAlgorithm=algorithm)["UploadId"]
    parts, start = [], 0
    for number, content in enumerate((PART, REST), 1):
        one = {**place, "UploadId": upload, "PartNumber": number}
        if source:
            extent = f"bytes={start}-{start + len(content) - 1}"
            answer = s3.upload_part_copy(**one, CopySource=source, CopySourceRange=extent)["CopyPartResult"]
        else:
            answer = s3.upload_part(**one, Body=content, ChecksumAlgorithm=algorithm)
        told = {name: answer[name] for name in ("ETag", f"Checksum{algorithm}")}
        parts.append({"PartNumber": number, **told})
        start += len(content)
    done = s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    return {**place, "VersionId": done["VersionId"]}


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])
def test_version_has_the_checksum_of_its_parts_when_they_were_copied_as_when_they_were_uploaded(
    embedded_aws: EmbeddedAws, bucket: str, algorithm: str
) -> None:
    s3: Any = embedded_aws.client("s3")
    uploaded = in_parts(s3, bucket, algorithm, None)
    heads = [
        s3.head_object(**place, ChecksumMode="ENABLED")
        for place in (uploaded, in_parts(s3, bucket, algorithm, uploaded))
    ]
    assert [head["ChecksumType"] for head in heads] == ["COMPOSITE", "COMPOSITE"]
    assert heads[0][f"Checksum{algorithm}"] == heads[1][f"Checksum{algorithm}"]


def test_head_tells_the_size_of_a_part_when_it_asks_for_one(embedded_aws: EmbeddedAws, bucket: str) -> None:
    s3: Any = embedded_aws.client("s3")
    version = in_parts(s3, bucket, "CRC32", None)
    current = {"Bucket": bucket, "Key": version["Key"]}
    for place in (version, current):
        found = [s3.head_object(**place, PartNumber=number) for number in (1, 2)]
        assert [head["ContentLength"] for head in found] == [len(PART), len(REST)]
        assert [head["PartsCount"] for head in found] == [2, 2]
        assert s3.head_object(**place)["ContentLength"] == len(PART + REST)


@pytest.mark.parametrize(
    ("asked", "body", "extent"),
    [
        ("bytes=0-3", b"PAR1", "bytes 0-3/10"),
        ("bytes=-4", b"last", "bytes 6-9/10"),
        ("bytes=0-99", b"PAR1..last", "bytes 0-9/10"),
    ],
)
def test_range_of_a_version_is_returned_when_it_is_asked_for(
    embedded_aws: EmbeddedAws, bucket: str, asked: str, body: bytes, extent: str
) -> None:
    s3: Any = embedded_aws.client("s3")
    place = {"Bucket": bucket, "Key": "k"}
    version = s3.put_object(**place, Body=b"PAR1..last")["VersionId"]
    s3.put_object(**place, Body=b"newer")
    answer = s3.get_object(**place, VersionId=version, Range=asked)
    assert (answer["Body"].read(), answer["ContentRange"]) == (body, extent)
