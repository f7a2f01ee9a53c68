"""CSV in other dialects: delimiters, quotes, escapes, encodings, numbers, no header."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import MAX_RECORD_BYTES
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge

from tests.unit.glue_scripts.judge.subjects import dataset, verdicts


def _subject(fields: dict[str, Any] | None = None, **dialect: Any) -> Dataset:
    fields = fields or {"id": "string", "name": "string", "size": "int"}
    return dataset(fields, {"id": {"required": True}}, {"format": "csv", "dialect": dialect})


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize("delimiter", [";", "\t", "~", "\x01", "|", "||", "::", " ", "§", ".,"])
def test_values_stand_between_delimiters(delimiter: str, records: int) -> None:
    row = delimiter.join(("a", f'"x{delimiter}""y"""', "1"))
    header = delimiter.join(("id", "name", "size"))
    found = verdicts(_subject(delimiter=delimiter), (f"{header}\n" + f"{row}\n" * records).encode())
    assert [(row["id"], row["name"], row["size"]) for row in found.rows] == [
        ("a", f'x{delimiter}"y"', 1)
    ] * records


def test_delimiter_of_several_characters_is_the_first_that_fits() -> None:
    found = verdicts(_subject(delimiter="||"), b"id||name||size\na|||b||1\na|b||c||2\nx||y\n")
    assert [(row["id"], row["name"]) for row in found.rows] == [("a", "|b"), ("a|b", "c")]
    assert [each.raw for each in found.rejected] == ["x||y"]


def test_record_of_tabs_alone_is_one_where_they_stand_between_values() -> None:
    subject = dataset({"id": "string", "n": "int"}, {}, {"format": "csv", "dialect": {"delimiter": "\t"}})
    assert [row["id"] for row in verdicts(subject, b"id\tn\n\t\n \n\n\r\n").rows] == [None]


ESCAPED = [
    (b'a,"12\\"",1', '12"'),
    (b'a,"say \\"hi\\"",1', 'say "hi"'),
    (b'a,"x, y",1', "x, y"),
    (b'a,"c:\\\\",1', "c:\\"),
    (b'a,"\\\\\\"",1', '\\"'),
    (b"a,c:\\temp,1", "c:\\temp"),
    (b'a,"c:\\temp",1', "c:\\temp"),
    (b'a,"a\\,b",1', "a\\,b"),
    (b'a,"twice ""too""",1', 'twice "too"'),
    (b'a,"two\\"\nlines",1', 'two"\nlines'),
]


@pytest.mark.parametrize(("line", "name"), ESCAPED, ids=[name for _, name in ESCAPED])
def test_escape_takes_a_quote_for_a_value_and_leaves_its_neighbours_alone(line: bytes, name: str) -> None:
    around = b"x,plain,2"
    found = verdicts(
        _subject(escape_char="\\"), b"id,name,size\n" + b"\n".join([around, line, around, b'"\\'])
    )
    assert [row["name"] for row in found.rows] == ["plain", name, "plain"]
    assert [each.raw for each in found.rejected] == ['"\\']


def test_without_an_escape_a_backslash_is_a_character() -> None:
    found = verdicts(_subject(), b'id,name,size\na,"c:\\",1\nb,\\N,2\n')
    assert [row["name"] for row in found.rows] == ["c:\\", "\\N"]


def test_without_quotes_they_are_characters_and_an_escape_stands_before_a_delimiter() -> None:
    subject = _subject(quote_char=None, escape_char="\\", delimiter="|")
    found = verdicts(subject, b'id|name|size\na|12" x|1\nb|x\\|y\\\\|2\nc|"|3\n')
    assert [row["name"] for row in found.rows] == ['12" x', "x|y\\", '"']
    assert [row["name"] for row in verdicts(_subject(quote_char=None), b'id,name,size\na,"b",1\n').rows] == [
        '"b"'
    ]


def test_quotes_may_be_other_characters() -> None:
    found = verdicts(_subject(quote_char="'"), b"id,name,size\na,'x, ''y''',1\nb,say \"so\",2\n")
    assert [row["name"] for row in found.rows] == ["x, 'y'", 'say "so"']


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-16", "Ünï 😀"), ("iso-8859-1", "Müller"), ("windows-1252", "“Müller” €"), ("ibm850", "Müller"),
        ("shift_jis", "表示"), ("gb18030", "中文"), ("koi8-r", "Привет"),
    ],
)  # fmt: skip
def test_texts_are_read_in_the_encoding_of_the_contract(encoding: str, text: str, records: int) -> None:
    content = "id,name,size\r\n" + f'a,"{text},\n",1\r\n' * records
    found = verdicts(_subject(encoding=encoding), content.encode(encoding))
    assert [row["name"] for row in found.rows] == [f"{text},\n"] * records


@pytest.mark.parametrize(
    "content",
    ["id,size\na,1\n".encode(codec) for codec in ("utf-16", "utf-16-le")]
    + [b"\xfe\xff" + "id,size\na,1\n".encode("utf-16-be")],
    ids=["little-endian", "no mark", "big-endian"],
)
def test_byte_order_mark_tells_how_utf_16_is_to_be_read(content: bytes) -> None:
    found = verdicts(_subject(encoding="utf-16"), content)
    assert [(row["id"], row["size"]) for row in found.rows] == [("a", 1)]


def test_bytes_that_are_no_text_of_the_encoding_are_rejected_with_their_record_alone() -> None:
    lone = "id,size\na,1\n".encode("utf-16") + b"\x00\xd8" + "x,1\nb,2\n".encode("utf-16-le")
    found = verdicts(_subject(encoding="utf-16"), lone)
    assert [row["id"] for row in found.rows] == ["a", "b"]
    assert [each.breach.rule for each in found.rejected] == ["not_utf8: expected UTF-16"]
    assert found.rejected[0].raw is not None
    assert found.rejected[0].raw.endswith("x,1")
    cut = verdicts(_subject(encoding="utf-16"), "id,size\na,1\nb,2".encode("utf-16")[:-1])
    assert ([row["id"] for row in cut.rows], cut.reasons) == (["a"], ["not_utf8"])
    single = verdicts(_subject(encoding="windows-1252"), b"id,size\n\x81,1\nb,2\n")
    assert ([row["id"] for row in single.rows], single.reasons) == (["b"], ["not_utf8"])


@given(st.binary(max_size=60), st.sampled_from(["utf-16", "shift_jis", "gb18030", "windows-1252", "euc-kr"]))
def test_any_bytes_are_records_of_some_kind_in_any_encoding(content: bytes, encoding: str) -> None:
    found = verdicts(_subject(encoding=encoding, header=False, delimiter="||", escape_char="\\"), content)
    positions = sorted([*found.positions, *(each.position for each in found.rejected)])
    assert positions == list(range(1, len(positions) + 1))
    assert positions or not content.decode(encoding, errors="replace").strip(" \t\r\n")


def test_columns_come_in_the_order_of_the_contract_without_a_header() -> None:
    found = verdicts(_subject(header=False), b"id,name,1\nb,c,2\nshort\nd,e,3,4\n")
    assert [(row["id"], row["name"], row["size"]) for row in found.rows] == [("id", "name", 1), ("b", "c", 2)]
    assert found.reasons == ["malformed_csv"] * 2
    assert [each.position for each in found.rejected] == [3, 4]
    assert verdicts(_subject(header=False), b"").rows == []


NUMBERS: list[tuple[dict[str, str], str, str, Any]] = [
    ({"decimal_char": ",", "group_char": "."}, "decimal(12, 2)", "1.234,56", Decimal("1234.56")),
    ({"decimal_char": ",", "group_char": "."}, "decimal(12, 2)", "-1.234.567", Decimal("-1234567.00")),
    ({"decimal_char": ","}, "decimal(12, 2)", "1234,5", Decimal("1234.50")),
    ({"decimal_char": ","}, "decimal(12, 2)", "1.5", "wrong_type"),
    ({"decimal_char": ","}, "decimal(12, 2)", "1.234,56", "wrong_type"),
    ({"decimal_char": ",", "group_char": "."}, "decimal(12, 2)", "1.23,4", "wrong_type"),
    ({"decimal_char": ",", "group_char": "."}, "decimal(12, 2)", "1234.567", "wrong_type"),
    ({"decimal_char": ",", "group_char": "."}, "decimal(12, 2)", ".123", "wrong_type"),
    ({"decimal_char": ",", "group_char": "."}, "decimal(12, 2)", "", None),
    ({"group_char": ","}, "decimal(12, 2)", "1,234.50", Decimal("1234.50")),
    ({"group_char": ","}, "decimal(12, 2)", "1234,50", "wrong_type"),
    ({"group_char": "'"}, "long", "9'223'372'036'854'775'807", 2**63 - 1),
    ({"group_char": "\u00a0"}, "long", "1\u00a0000", 1000),
    ({"group_char": " "}, "int", "3 000 000 000", "overflow"),
    ({"decimal_char": ","}, "double", "-,5e1", -5.0),
    ({"decimal_char": ","}, "double", "+1,25E-2", 0.0125),
    ({"decimal_char": ","}, "double", ",", "wrong_type"),
    ({"decimal_char": ","}, "double", "e5", "wrong_type"),
    ({"decimal_char": ","}, "int", "7,0", 7),
    ({"decimal_char": ","}, "float", "0,5", 0.5),
    ({"decimal_char": ",", "group_char": "."}, "string", "1.234,56", "1.234,56"),
]


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize(
    ("dialect", "kind", "text", "value"), NUMBERS, ids=[f"{kind} {text}" for _, kind, text, _ in NUMBERS]
)
def test_number_is_read_as_the_dialect_writes_it(
    dialect: dict[str, str], kind: str, text: str, value: Any, records: int
) -> None:
    subject = _subject({"id": "string", "n": kind}, delimiter=";", **dialect)
    found = verdicts(subject, ("id;n\n" + f"a;{text}\n" * records).encode())
    assert ([row["n"] for row in found.rows] or found.reasons) == [value] * records


def test_unusual_numbers_are_left_to_the_careful_tier_and_unusual_marks_are_not() -> None:
    assert Judge(_subject(decimal_char=","), Keys())._tier is None
    assert Judge(_subject(group_char="'"), Keys())._tier is None
    assert Judge(_subject(delimiter="||", escape_char="\\", encoding="utf-16", header=False), Keys())._tier


def test_oversized_record_is_cut_off_in_every_dialect() -> None:
    long = "x" * (MAX_RECORD_BYTES // 2)
    content = f"id||name||size\na||{long}||1\nb||{long}{long}||2\nc||d||3\n".encode("utf-16")
    found = verdicts(_subject(delimiter="||", encoding="utf-16"), content)
    assert ([row["id"] for row in found.rows], found.reasons) == (["a", "c"], ["oversized_record"])
