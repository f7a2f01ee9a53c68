"""Compressed objects: members, padding, and damage that makes an object one record."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.judge.objects import UnreadableError, opened
from lakehouse_etl.judge.part import Source

from tests.unit.glue_scripts.judge.subjects import dataset, verdicts

WHOLE = gzip.compress(b'{"id": "x"}\n' * 1000, mtime=0)
DAMAGED = {
    "cut off": WHOLE[:-20],
    "cut in its header": WHOLE[:5],
    "no gzip": b"no gzip",
    "flipped": WHOLE[:30] + b"\xff" + WHOLE[31:],
    "of another checksum": WHOLE[:-8] + b"\0\0\0\0" + WHOLE[-4:],
    "zeros alone": b"\0" * 10,
    "followed by rubbish": WHOLE + b"x",
    "second member cut off": WHOLE + WHOLE[:-1],
}


def _read(content: bytes) -> bytes:
    with opened(Source("x.gz", content)) as stream:
        return stream.read()


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_damaged_object_is_one_record_without_a_text(content: bytes, kind: str) -> None:
    found = verdicts(dataset({"id": "string"}, {}, {"format": kind}), content, f"x.{kind}.gz")
    assert [(each.position, each.breach.reason, each.raw) for each in found.rejected] == [
        (1, "unreadable_file", None)
    ]
    assert found.rows == []


def test_object_is_as_it_lies_when_its_name_does_not_say_that_it_is_compressed() -> None:
    assert set(verdicts(dataset({"id": "string"}), WHOLE).reasons) == {"not_utf8"}


def test_object_is_empty_when_its_compressed_file_is() -> None:
    assert _read(b"") == b""


@given(
    st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.lists(st.integers(0, 70_000), min_size=4)
)
def test_members_follow_each_other_and_zeros_may_follow_them(members: list[bytes], zeros: list[int]) -> None:
    padded = [gzip.compress(each) + b"\0" * zeros[at] for at, each in enumerate(members)]
    assert _read(b"".join(padded)) == b"".join(members)


@given(st.binary(max_size=60), st.integers(0, len(WHOLE)))
def test_damage_is_what_python_takes_for_it(noise: bytes, at: int) -> None:
    content = WHOLE[:at] + noise + WHOLE[at + len(noise) :]
    try:
        expected = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        with pytest.raises(UnreadableError):
            opened(Source("x.gz", content))
    else:
        assert _read(content) == expected
