"""CSV records: columns by name, null tokens, line breaks in values, headers of no use."""

from typing import Any

import pytest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.hashes import hash_of_texts
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source

from tests.unit.glue_scripts.judge.subjects import dataset, verdicts

FIELDS = {"id": "string", "name": "string", "size": "int"}


def _subject(**options: Any) -> Dataset:
    return dataset(FIELDS, {"id": {"required": True}}, {"format": "csv", "null_token": "NA"}, **options)


def test_columns_are_mapped_by_name_whatever_their_order() -> None:
    [row] = verdicts(_subject(), b"size,extra, id ,name\n2,x,b,Bob\n").rows
    assert (row["id"], row["name"], row["size"]) == ("b", "Bob", 2)
    assert row["_record_hash"] == hash_of_texts(["b", "Bob", "2"])


def test_null_token_and_empty_text_are_null() -> None:
    found = verdicts(_subject(), b"id,name,size\na,NA,NA\nb,,\n")
    assert [(row["name"], row["size"]) for row in found.rows] == [(None, None), (None, None)]
    assert found.rows[0]["_record_hash"] == hash_of_texts(["a", "\0", "\0"])


def test_column_that_is_not_there_is_null() -> None:
    [row] = verdicts(_subject(), b"id\na\n").rows
    assert (row["name"], row["_record_hash"]) == (None, hash_of_texts(["a", "\0", "\0"]))


def test_quoted_values_keep_commas_quotes_and_line_breaks() -> None:
    found = verdicts(_subject(), b'id,name,size\r\na,"x, ""y""\r\nz",1\r\nb,c,2\r\n')
    assert [row["name"] for row in found.rows] == ['x, "y"\r\nz', "c"]


def test_byte_order_mark_is_no_part_of_the_first_column() -> None:
    found = verdicts(_subject(), b"\xef\xbb\xbfid,name,size\na,b,1\n")
    assert [row["id"] for row in found.rows] == ["a"]


def test_record_of_another_width_is_rejected_alone() -> None:
    found = verdicts(_subject(), b"id,name,size\na,b,1\nshort\nc,d,2,long\ne,f,x\n")
    assert [row["id"] for row in found.rows] == ["a"]
    assert found.reasons == ["malformed_csv", "malformed_csv", "wrong_type"]
    assert [each.position for each in found.rejected] == [2, 3, 4]


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (b"name,size\na,1\n", "missing_column", "id: expected in the header"),
        (b"id,id,size\na,b,1\n", "bad_header", "expected a first line that names columns, such as id"),
        (b"id,x,x\na,b,1\n", "bad_header", "such as id"),
        (b"ID,Id\na,b\n", "bad_header", "such as id"),
        (b"a,b,1\nc,d,2\n", "bad_header", "such as id"),
        (b",,\n,,\n", "bad_header", "such as id"),
        ("id,name,size\na,b,1\n".encode("utf-16"), "not_utf8", "expected UTF-8"),
        (b'id,"name,size\na,b,1\n', "bad_header", "such as id"),
        (b"id,name\0\na,b\n", "bad_header", "such as id"),
    ],
)
def test_object_is_rejected_line_by_line_when_its_header_is_useless(
    content: bytes, reason: str, detail: str
) -> None:
    found = verdicts(_subject(), content)
    assert found.rows == []
    assert set(found.reasons) == {reason}
    assert detail in found.rejected[0].breach.detail
    assert len(found.rejected) == (1 if b'"' in content else content.count(b"\n") + (reason == "not_utf8"))


@pytest.mark.parametrize("header", [b",id,name", b"id,name,", b",id,,name,"])
@pytest.mark.parametrize("policy", ["ignore", "rescue", "reject"])
def test_column_without_a_name_spoils_nothing(header: bytes, policy: str) -> None:
    values = header.replace(b",", b"0,").replace(b"id", b"a").replace(b"name", b"Anna")
    [row] = verdicts(_subject(unknown_fields=policy), header + b"\n" + values.replace(b"a0", b"a")).rows
    assert (row["id"], row["name"].rstrip("0")) == ("a", "Anna")
    assert row.get("_rescued") is None


def test_names_of_columns_may_differ_by_case() -> None:
    found = verdicts(_subject(unknown_fields="rescue"), b"ID,Name,size,SIZE\na,Anna,1,2\n")
    [row] = found.rows
    assert (row["id"], row["name"], row["size"], row["_rescued"]) == ("a", "Anna", 1, '{"SIZE":"2"}')


def test_unknown_columns_are_rescued_and_make_another_version() -> None:
    subject = _subject(unknown_fields="rescue")
    first = verdicts(subject, b'id,name,size,a.b,Extra\na,Anna,1,NA,"x ""y"""\nb,Bob,2,,\n').rows
    second = verdicts(subject, b"a.b,Extra,id\n7,8,a\n").rows
    assert [row["_rescued"] for row in first] == ['{"Extra":"x \\"y\\""}', None]
    assert second[0]["_rescued"] == '{"Extra":"8","a.b":"7"}'
    assert first[0]["_record_hash"] == hash_of_texts(["a", "Anna", "1", first[0]["_rescued"]])
    assert first[1]["_record_hash"] == hash_of_texts(["b", "Bob", "2"])


def test_object_with_an_unknown_column_is_rejected_when_the_contract_says_so() -> None:
    subject = _subject(unknown_fields="reject")
    assert verdicts(subject, b"id,name,size,extra\na,Anna,1,x\n").reasons == ["unknown_field"] * 2
    assert [row["id"] for row in verdicts(subject, b"size,id\n1,b\n").rows] == ["b"]


FAULTY = [
    (b"a,b", "malformed_csv"),
    (b"a,b,1,2", "malformed_csv"),
    (b'a,"b"c,1', "malformed_csv"),
    (b"a,b\x00,1", "malformed_csv"),
    (b"a,\xff,1", "not_utf8"),
    (b"a,b,2147483648", "overflow"),
    (b"a,b, 1", "wrong_type"),
    (b",b,1", "missing_required"),
    (b'a,"' + b"x" * MAX_RECORD_BYTES + b'",1', "oversized_record"),
    (b'a,"' + b"x\n" * (MAX_RECORD_BYTES // 2) + b'",1', "oversized_record"),
    (b'a,"' + "ü".encode() * (MAX_RECORD_BYTES // 2) + b'",1', "oversized_record"),
    (b'a,"b,1\nlast', "malformed_csv"),
]


def test_faulty_record_is_kept_as_it_came_whatever_ends_its_lines() -> None:
    good = 'g,"ü\r",1'.encode()
    found = verdicts(_subject(), b"id,name,size\r" + b"\n".join([good, b" ", *(line for line, _ in FAULTY)]))
    assert [row["name"] for row in found.rows] == ["ü\r"]
    assert found.reasons == [reason for _, reason in FAULTY]
    assert [each.raw for each in found.rejected] == [
        line.decode(errors="replace")[:KEPT_CHARACTERS] for line, _ in FAULTY
    ]
    assert [each.position for each in found.rejected] == list(range(2, 2 + len(FAULTY)))


LINES = {
    "type": "list",
    "element": {"type": "struct", "fields": [{"name": "sku", "type": "string", "required": True}]},
}
NESTED = [
    ('[{"sku": "a"}]', None),
    ("[]", None),
    ('[{"SKU": "a"}]', None),
    ("[{}]", "missing_required"),
    ('[{"sku": 1.5}]', "wrong_type"),
    ('[{"sku": "a", "sku": "b"}]', "repeated_key"),
    ('[{"Sku": "a", "SKU": "b"}]', "repeated_key"),
    ("{}", "wrong_type"),
    ("null", "wrong_type"),
    ("x", "wrong_type"),
    ('[{"sku": "\\ud800"}]', "wrong_type"),
]


@pytest.mark.parametrize(("text", "reason"), NESTED, ids=[text for text, _ in NESTED])
def test_nested_value_is_read_out_of_a_text(text: str, reason: str | None) -> None:
    quoted = text.replace('"', '""')
    found = verdicts(
        dataset({"id": "string", "lines": LINES}, {}, {"format": "csv"}), f'id,lines\na,"{quoted}"\n'.encode()
    )
    assert found.reasons == ([reason] if reason else [])


def test_record_is_rejected_when_a_nested_text_has_a_member_that_the_contract_does_not_name() -> None:
    subject = dataset({"id": "string", "lines": LINES}, {}, {"format": "csv"}, unknown_fields="reject")
    assert verdicts(subject, b'id,lines\na,"[{""sku"": ""1"", ""x"": 1}]"\n').reasons == ["unknown_field"]


def test_parts_are_bounded_by_bytes_and_by_records() -> None:
    text = b"x" * (1024 * 1024)
    judge = Judge(_subject(), Keys())
    wide = list(judge.carefully(Source("a.csv", b"id,name\n" + b"a,%s\n" % text * 40)))
    assert [part.rows.num_rows for part in wide] == [16, 16, 8]
    assert wide[1].positions.to_pylist() == list(range(17, 33))
    narrow = list(judge.carefully(Source("a.csv", b"id,size\n" + b"a,1\nb,x\n" * 8192)))
    assert [(part.rows.num_rows, len(part.rejected)) for part in narrow] == [(4096, 4096)] * 2


@pytest.mark.parametrize("columns", [2000])
def test_contract_of_many_columns_is_read(columns: int) -> None:
    names = [f"c{at}" for at in range(columns)]
    subject = dataset({"id": "string", **dict.fromkeys(names, "int")}, {}, {"format": "csv"})
    content = f"id,{','.join(names)}\n" + f"a,{','.join(map(str, range(columns)))}\n" * 50
    found = verdicts(subject, content.encode())
    assert len(found.rows) == 50
    assert [found.rows[0][name] for name in names] == list(range(columns))
