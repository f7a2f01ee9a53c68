import hashlib
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing_router.content import CHUNK, HEAD, gzip_fault, parquet_fault, text_fault
from landing_router.logic import Reason
from landing_router.routes import Route

from tests.gzipped import gzipped

ROUTE = Route("csv", "")
WHOLE = gzipped(b"year,month\n2013,1\n" * 1000)


@pytest.mark.parametrize(
    "head",
    [
        b"year,month\n2013,1\n",
        b'{"a": "\xc3\xbc \xf0\x9f\x98\x80"}\r\n',
        b"\xef\xbb\xbfyear\tmonth\n",
        ("ü" * HEAD).encode()[: HEAD + 1],
        "Größe;Straße, in Latin-1 among other words\n".encode("latin-1"),
        b"one stray byte \x07 in a line of text\n",
    ],
)
def test_text_has_no_fault_when_people_could_read_it(head: bytes) -> None:
    assert text_fault(head, ROUTE) is None


@pytest.mark.parametrize(
    "head",
    [
        WHOLE,
        b"PAR1\x15\x04",
        b"PK\x03\x04\x14",
        b"year,month\n2013,\x001\n",
        "year,month\n".encode("utf-16"),
        b"\xff\xfe\xfd\xfc",
        hashlib.shake_256(b"short").digest(100),
        hashlib.shake_256(b"long").digest(HEAD),
    ],
)
def test_text_is_wrong_content_when_it_is_binary(head: bytes) -> None:
    assert text_fault(head, ROUTE) is Reason.WRONG_CONTENT


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="\ufffd")))
def test_text_has_no_fault_when_it_is_any_text_of_any_script(text: str) -> None:
    assert text_fault(b"a," + text.encode(), ROUTE) is None


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b"PAR1" + b"data" + b"footer" + (6).to_bytes(4, "little") + b"PAR1", True),
        (b"PAR1" + (0).to_bytes(4, "little") + b"PAR1", True),
        (b"PAR1" + b"data" + b"footer" + (11).to_bytes(4, "little") + b"PAR1", False),
        (b"PAR1" + b"data" + b"foot", False),
        (b"year,month\n2013,1\n", False),
        (b"PAR1", False),
        (b"P", False),
    ],
)
def test_parquet_is_whole_when_magic_and_footer_are_at_both_ends(body: bytes, whole: bool) -> None:
    assert parquet_fault(body[:4], body[-8:], len(body)) is (None if whole else Reason.WRONG_CONTENT)


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
        (gzipped(b"PAR1" + b"x" * 20), Reason.WRONG_CONTENT),
        (gzipped(WHOLE), Reason.WRONG_CONTENT),
        (gzipped(b""), Reason.EMPTY),
        (b"", Reason.EMPTY),
    ],
)
def test_gzip_fault_tells_whole_from_broken_when_read_to_the_end(body: bytes, fault: Reason | None) -> None:
    assert gzip_fault(io.BytesIO(body), ROUTE) is fault


@given(st.binary(min_size=1, max_size=300), st.data())
def test_gzip_fault_finds_every_truncation_when_cut_anywhere(body: bytes, data: st.DataObject) -> None:
    packed = gzipped(b"text" + body)
    cut = data.draw(st.integers(2, len(packed) - 1))
    assert gzip_fault(io.BytesIO(packed[:cut]), ROUTE) is Reason.TRUNCATED_GZIP


def test_gzip_fault_keeps_memory_bounded_when_a_small_file_unpacks_to_much() -> None:
    bomb = io.BytesIO(gzipped(b"0" * 64 * CHUNK))
    tracemalloc.start()
    try:
        assert gzip_fault(bomb, ROUTE) is None
        assert tracemalloc.get_traced_memory()[1] < 8 * CHUNK
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        (b"\x07" + b"a" * 9, None),
        (b"\x07" + b"a" * 8, Reason.WRONG_CONTENT),
        (b"\n\r\t\f", None),
    ],
)
def test_text_is_wrong_content_when_more_than_a_tenth_of_it_are_control_characters(
    head: bytes, fault: Reason | None
) -> None:
    assert text_fault(head, ROUTE) is fault


@pytest.mark.parametrize(("start", "end"), [(b"PAR2", b"PAR1"), (b"PAR1", b"PAR2"), (b"PARE", b"PARE")])
def test_parquet_is_wrong_content_when_the_magic_of_either_end_is_another(start: bytes, end: bytes) -> None:
    body = start + (0).to_bytes(4, "little") + end
    assert parquet_fault(body[:4], body[-8:], len(body)) is Reason.WRONG_CONTENT


def test_gzip_fault_judges_the_beginning_when_the_content_is_long() -> None:
    assert gzip_fault(io.BytesIO(gzipped(b"year,month\n" * CHUNK + b"\0")), ROUTE) is None


@pytest.mark.parametrize(
    ("route", "text", "codec"),
    [
        (Route("csv", "", encoding="utf-16"), "id,name\n1,Ann\n", "utf-16"),
        (Route("csv", "", encoding="utf-16"), "id,name\n1,Ann\n", "utf-16-le"),
        (Route("csv", "", delimiter="\x01"), "a\x01b\n" * 20, "utf-8"),
        (Route("csv", "", encoding="shift_jis"), "表示," * 50, "shift_jis"),
    ],
)
def test_text_has_no_fault_when_it_is_written_as_its_route_says(route: Route, text: str, codec: str) -> None:
    head = text.encode(codec)
    assert text_fault(head, route) is None
    assert gzip_fault(io.BytesIO(gzipped(head)), route) is None
    assert text_fault(head, ROUTE) is Reason.WRONG_CONTENT
