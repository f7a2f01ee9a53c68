"""Objects that are copied in parts: with the threshold lowered, since 5 GB would not fit a laptop."""

import io
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from landing_router import copying
from landing_router.copying import PART_LEAST, Copier
from landing_router.mover import Mover, Outcome

from local.emulator.launcher import EmbeddedAws
from tests.local.lambda_src.router_lake import ROUTES, Lake, arrival

MIB = 1024 * 1024
KEY = "flights/flights/2013.csv"
BODY = b"year\n" + b"2013\n" * (12 * MIB // 5)


def calls_of(client: Any) -> list[tuple[str, dict[str, Any]]]:
    """Operations and parameters of all later calls."""
    calls: list[tuple[str, dict[str, Any]]] = []
    client.meta.events.register(
        "provide-client-params.s3", lambda params, model, **_: calls.append((model.name, params))
    )
    return calls


def uploaded_in_parts(lake: Lake, body: bytes = BODY, **options: Any) -> dict[str, Any]:
    """Upload in parts of 5 MiB, as SDKs do; returns the event."""
    parts = TransferConfig(multipart_threshold=PART_LEAST, multipart_chunksize=PART_LEAST)
    lake.s3.upload_fileobj(io.BytesIO(body), lake.landing, KEY, Config=parts, ExtraArgs=options)
    head = lake.s3.head_object(Bucket=lake.landing, Key=KEY, ChecksumMode="ENABLED")
    assert head["ChecksumType"] == "COMPOSITE"
    return lake.event(KEY, len(body), head["ETag"].strip('"'), head["VersionId"])


def test_object_is_copied_in_parts_side_by_side_when_it_is_above_the_threshold(
    embedded_aws: EmbeddedAws, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PART", PART_LEAST)
    client = embedded_aws.client("s3")
    calls = calls_of(client)
    event = lake.put(KEY, BODY)
    mover = Mover(client, lake.settings, ROUTES, Copier(client, threshold=6 * MIB))
    assert mover.move(arrival(event)).outcome is Outcome.ROUTED
    assert list(lake.bronze.values()) == [BODY]
    assert lake.landed == []
    ranges = [params["CopySourceRange"] for name, params in calls if name == "UploadPartCopy"]
    size = len(BODY)
    assert sorted(ranges, key=lambda text: int(text[6:].split("-")[0])) == [
        f"bytes={start}-{min(start + PART_LEAST, size) - 1}" for start in range(0, size, PART_LEAST)
    ]


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])
def test_copy_is_verified_by_the_checksum_of_its_parts_and_nothing_is_read_when_the_source_has_one(
    embedded_aws: EmbeddedAws, lake: Lake, algorithm: str
) -> None:
    client = embedded_aws.client("s3")
    calls = calls_of(client)
    event = uploaded_in_parts(lake, ChecksumAlgorithm=algorithm, ContentType="text/csv", Metadata={"by": "x"})
    mover = Mover(client, lake.settings, ROUTES, Copier(client))
    assert mover.move(arrival(event)).outcome is Outcome.ROUTED
    [(key, body)] = lake.bronze.items()
    assert body == BODY
    read = [params["Range"] for name, params in calls if name == "GetObject"]
    assert read == ["bytes=0-65535"]
    head = lake.s3.head_object(Bucket=lake.settings.bronze_bucket, Key=key)
    assert (head["ContentType"], head["Metadata"]) == ("text/csv", {"by": "x"})


def test_copy_is_verified_byte_by_byte_when_the_parts_of_its_source_are_not_alike(lake: Lake) -> None:
    place = {"Bucket": lake.landing, "Key": KEY}
    upload = lake.s3.create_multipart_upload(**place, ChecksumAlgorithm="CRC32")["UploadId"]
    pieces = [BODY[: 5 * MIB], BODY[5 * MIB : 11 * MIB], BODY[11 * MIB :]]
    parts = []
    for number, piece in enumerate(pieces, 1):
        answer = lake.s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=piece)
        parts.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": answer["ChecksumCRC32"]})
    done = lake.s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    event = lake.event(KEY, len(BODY), done["ETag"].strip('"'), done["VersionId"])
    mover = Mover(lake.s3, lake.settings, ROUTES, Copier(lake.s3))
    assert mover.move(arrival(event)).outcome is Outcome.ROUTED
    assert list(lake.bronze.values()) == [BODY]


def test_upload_is_taken_back_and_the_file_stays_when_a_part_cannot_be_copied(
    embedded_aws: EmbeddedAws, lake: Lake
) -> None:
    def fail(params: dict[str, Any], **_: Any) -> None:
        if params["PartNumber"] == 2:
            raise ConnectionError("lost")

    event = uploaded_in_parts(lake)
    client = embedded_aws.client("s3")
    client.meta.events.register("provide-client-params.s3.UploadPartCopy", fail)
    with pytest.raises(ConnectionError):
        Mover(client, lake.settings, ROUTES, Copier(client)).move(arrival(event))
    assert lake.landed == [KEY]
    assert lake.bronze == {}
    assert "Uploads" not in lake.s3.list_multipart_uploads(Bucket=lake.settings.bronze_bucket)
