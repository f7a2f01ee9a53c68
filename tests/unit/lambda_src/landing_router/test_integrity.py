import gzip
import io
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from landing_router.integrity import CHUNK, Content, gzip_fault, same, same_bytes
from landing_router.logic import Reason

WHOLE = gzip.compress(b"year,month\n2013,1\n" * 1000)


def head(**changes: Any) -> dict[str, Any]:
    return {"ContentLength": 10, "ETag": '"e"', "ChecksumType": "FULL_OBJECT", **changes}


def content(etag: str = '"e"', size: int = 10, **checksums: str) -> Content:
    return Content(size, etag, checksums)


def test_content_holds_the_checksums_of_the_whole_object_when_the_head_has_them() -> None:
    assert Content.from_head(head(ChecksumCRC32="c", ChecksumSHA256="s")) == content(CRC32="c", SHA256="s")


@pytest.mark.parametrize(
    "answer", [head(ChecksumType="COMPOSITE", ChecksumCRC32="c-3"), head(ChecksumType=None)]
)
def test_content_has_no_checksum_when_the_head_has_none_of_the_whole(answer: dict[str, Any]) -> None:
    assert Content.from_head(answer).checksums == {}


@pytest.mark.parametrize(
    ("checksums", "algorithm"),
    [({"CRC32": "c"}, "CRC32"), ({"SHA1": "s"}, "SHA1"), ({}, "CRC64NVME")],
)
def test_content_asks_for_its_own_algorithm_when_it_has_one(
    checksums: dict[str, str], algorithm: str
) -> None:
    assert Content(10, "e", checksums).algorithm == algorithm


@pytest.mark.parametrize(
    ("source", "copy", "verdict"),
    [
        (content(size=10), content(size=11), False),
        (content(size=10, CRC32="a"), content(size=11, CRC32="a"), False),
        (content('"e1"', CRC32="a"), content('"e2"', CRC32="a"), True),
        (content('"e"', CRC32="a"), content('"e"', CRC32="b"), False),
        (content('"e1"', CRC32="a", SHA1="s"), content('"e2"', CRC32="a", SHA1="t"), False),
        (content('"e"'), content('"e"'), True),
        (content('"e"', CRC32="a"), content('"e"', SHA1="s"), True),
        (content('"e-2"'), content('"e"'), None),
        (content('"e1"', CRC32="a"), content('"e2"', CRC64NVME="b"), None),
    ],
)
def test_contents_are_the_same_when_size_and_checksums_agree(
    source: Content, copy: Content, verdict: bool | None
) -> None:
    assert same(source, copy) is verdict
    assert same(copy, source) is verdict


@settings(deadline=None)
@given(st.binary(max_size=50), st.binary(max_size=50))
def test_bytes_are_the_same_when_they_are_equal(one: bytes, other: bytes) -> None:
    assert same_bytes(io.BytesIO(one), io.BytesIO(one))
    assert same_bytes(io.BytesIO(one), io.BytesIO(other)) is (one == other)


def test_bytes_differ_when_only_the_last_one_does() -> None:
    big = b"x" * (2 * CHUNK + 1)
    assert not same_bytes(io.BytesIO(big), io.BytesIO(big[:-1] + b"y"))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (WHOLE, None),
        (WHOLE + WHOLE, None),
        (WHOLE + b"\0" * 100, None),
        (WHOLE[:-1], Reason.TRUNCATED_GZIP),
        (WHOLE[: len(WHOLE) // 2], Reason.TRUNCATED_GZIP),
        (WHOLE[:5], Reason.TRUNCATED_GZIP),
        (WHOLE + WHOLE[:20], Reason.TRUNCATED_GZIP),
        (WHOLE[:-8] + b"\0\0\0\0" + WHOLE[-4:], Reason.CORRUPT_GZIP),
        (WHOLE[:30] + b"\xff" * 10 + WHOLE[40:], Reason.CORRUPT_GZIP),
        (WHOLE + b"garbage", Reason.CORRUPT_GZIP),
        (b"year,month\n", Reason.CORRUPT_GZIP),
        (gzip.compress(b""), Reason.EMPTY),
        (b"", Reason.EMPTY),
    ],
)
def test_gzip_fault_tells_whole_from_broken_when_read_to_the_end(body: bytes, fault: Reason | None) -> None:
    assert gzip_fault(io.BytesIO(body)) is fault


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=300), st.data())
def test_gzip_fault_finds_every_truncation_when_cut_anywhere(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = data.draw(st.integers(2, len(packed) - 1))
    assert gzip_fault(io.BytesIO(packed[:cut])) is Reason.TRUNCATED_GZIP


def test_gzip_fault_keeps_memory_bounded_when_a_small_file_unpacks_to_much() -> None:
    bomb = io.BytesIO(gzip.compress(b"\0" * 64 * CHUNK))
    tracemalloc.start()
    try:
        assert gzip_fault(bomb) is None
        assert tracemalloc.get_traced_memory()[1] < 8 * CHUNK
    finally:
        tracemalloc.stop()
