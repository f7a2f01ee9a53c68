"""Compressed objects: members, padding, and damage that makes an object one record."""

import gzip
import io
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge
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


def _parquet() -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table({"id": ["a", "b", None]}), target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("json", "x.json", b'{"id": "a"}\n{"id": 1.5}\n'),
        ("json", "x.json.gz", WHOLE),
        ("json", "y.json.gz", DAMAGED["cut off"]),
        ("csv", "x.csv", b"id\na\nb,c\n"),
        ("csv", "x.csv.gz", gzip.compress(b"id\na\nb,c\n", mtime=0)),
        ("parquet", "x.parquet", _parquet()),
        ("parquet", "y.parquet", _parquet()[:-1]),
        ("json", "none.json", b""),
    ],
    ids=["json", "gzip", "damaged gzip", "csv", "csv in gzip", "parquet", "damaged parquet", "empty"],
)
def test_object_in_a_file_is_judged_as_one_in_memory(
    kind: str, name: str, content: bytes, tmp_path: Path
) -> None:
    judge = Judge(dataset({"id": "string"}, {"id": {"required": True}}, {"format": kind}), Keys())
    file = tmp_path / "other"
    file.write_bytes(content)
    in_memory, in_file = (list(judge.judged(Source(name, each))) for each in (content, file))
    assert in_file == in_memory
    assert in_memory or not content
