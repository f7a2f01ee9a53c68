from pathlib import Path

import duckdb
import pytest

from lakehouse.model.dialect import Dialect
from tools.lake.drafts.samples.dialects import dialect_of
from tools.lake.drafts.samples.reading import read_sample
from tools.lake.drafts.samples.sample import Source

USUAL = "id,name,size\n1,Ann,2\n2,Bob,3\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (USUAL, Dialect()),
        (USUAL.replace("\n", "\r\n"), Dialect()),
        (USUAL.replace("\n", "\r"), Dialect()),
        ("\n\n" + USUAL, Dialect()),
        *(
            (USUAL.replace(",", mark), Dialect(delimiter=mark))
            for mark in (";", "\t", "|", "||", "~", "\x01", "^")
        ),
        ('id,note\n1,"a;b;c"\n2,"d;e;f"\n', Dialect()),
        ("id;price\n1;1,5\n2;2,5\n", Dialect(delimiter=";")),
        ("id,note\n1,'a,b'\n2,'c,d'\n", Dialect(quote_char="'")),
        ('id,note\n1,"say \\"hi\\", she said"\n2,"a, b"\n', Dialect(escape_char="\\")),
        ('id,note\n1,"say ""hi"""\n2,"two\nlines"\n', Dialect()),
        ("id\n1\n2\n", Dialect()),
        ("1,2026-01-31,a\n2,2026-02-01,b\n", Dialect(header=False)),
        ("country,1990,1991\nA,1.5,2\nB,2.5,3\n", Dialect()),
        ("192.0.2.1\n192.0.2.2\n", Dialect(header=False)),
    ],
)
def test_dialect_is_the_one_under_which_records_are_whole(text: str, expected: Dialect) -> None:
    assert dialect_of(Source(Path("sample"), text.encode()))[0] == expected


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (USUAL.encode("utf-8-sig"), "utf-8"),
        (USUAL.encode("utf-16"), "utf-16"),
        (USUAL.encode("utf-16-le"), "utf-16"),
        (USUAL.replace("Ann", "Änn").encode("cp1252"), "windows-1252"),
        (USUAL.replace("Ann", "Änn").encode()[:18], "utf-8"),
    ],
)
def test_encoding_is_told_by_the_bytes(content: bytes, encoding: str) -> None:
    assert dialect_of(Source(Path("sample"), content))[0].encoding == encoding


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("{a};[b]\n1;2\n", "csv", ["a", "b"]),
        ("[a],b\n1,2\n", "csv", ["a", "b"]),
        ('{"a": 1}\n{"a": 2}\n', "json", ["a"]),
        ('[{"a": 1}, {"a": 2}]\n', "json", ["a"]),
        ('{"a": 1}{"b": 2}', "json", ["a", "b"]),
    ],
)
def test_kind_of_a_file_is_told_by_how_it_begins(
    tmp_path: Path, text: str, kind: str, names: list[str]
) -> None:
    path = tmp_path / "sample"
    path.write_text(text)
    with duckdb.connect() as connection:
        sample = read_sample(connection, path)
        assert (sample.format, sample.columns) == (kind, names)
