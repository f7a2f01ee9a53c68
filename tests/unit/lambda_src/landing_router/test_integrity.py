import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing_router.content import CHUNK
from landing_router.integrity import Content, same, same_bytes


def head(**changes: Any) -> dict[str, Any]:
    return {"ContentLength": 10, "ETag": '"e"', "ChecksumType": "FULL_OBJECT", **changes}


def content(etag: str = '"e"', size: int = 10, *, parts: bool = False, **checksums: str) -> Content:
    return Content(size, etag, checksums, parts)


def test_content_holds_the_checksums_of_the_whole_object_when_the_head_has_them() -> None:
    assert Content.from_head(head(ChecksumCRC32="c", ChecksumSHA256="s")) == content(CRC32="c", SHA256="s")


def test_content_tells_a_checksum_of_parts_when_the_head_does() -> None:
    answer = head(ChecksumType="COMPOSITE", ChecksumCRC32="c-3")
    assert Content.from_head(answer) == content(CRC32="c-3", parts=True)


def test_content_has_no_checksum_when_the_head_does_not_say_of_what_it_is() -> None:
    assert Content.from_head(head(ChecksumType=None, ChecksumCRC32="c")).checksums == {}


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
        (content('"e1"', CRC32="a-2", parts=True), content('"e2"', CRC32="a-2", parts=True), True),
        (content('"e1"', CRC32="a-2", parts=True), content('"e2"', CRC32="b-2", parts=True), None),
        (content('"e1"', CRC32="a", parts=True), content('"e2"', CRC32="a"), None),
        (content('"e1"', CRC32="a"), content('"e2"', CRC64NVME="b"), None),
    ],
)
def test_contents_are_the_same_when_size_and_checksums_agree(
    source: Content, copy: Content, verdict: bool | None
) -> None:
    assert same(source, copy) is verdict
    assert same(copy, source) is verdict


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_bytes_are_the_same_when_they_are_equal(one: bytes, other: bytes) -> None:
    assert same_bytes(io.BytesIO(one), io.BytesIO(one))
    assert same_bytes(io.BytesIO(one), io.BytesIO(other)) is (one == other)


def test_bytes_differ_when_only_the_last_one_does() -> None:
    big = b"x" * (2 * CHUNK + 1)
    assert not same_bytes(io.BytesIO(big), io.BytesIO(big[:-1] + b"y"))


@pytest.mark.parametrize("algorithm", ["CRC64NVME", "CRC32", "CRC32C", "SHA256", "SHA1"])
def test_content_holds_a_checksum_of_any_algorithm_that_s3_has(algorithm: str) -> None:
    assert Content.from_head(head(**{f"Checksum{algorithm}": "c"})).checksums == {algorithm: "c"}


def test_contents_differ_when_checksums_do_and_none_is_said_to_be_of_parts() -> None:
    assert same(Content(10, '"e1"', {"CRC32": "a"}), Content(10, '"e2"', {"CRC32": "b"})) is False
