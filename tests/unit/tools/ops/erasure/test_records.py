"""What is the person's goes out of an object; other records keep their bytes, or in Parquet their values."""

import base64
import csv
import gzip
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.model.dataset import Content, Dataset, Format, Ingestion, Layer, Mode, Write
from lakehouse.model.dialect import USUAL, Dialect
from lakehouse.model.fields import Array, Field, Scalar, Struct
from tests.gzipped import gzipped
from tools.ops.erasure.person import Person
from tools.ops.erasure.records import UnreadableError, without

PERSON = Person({"customer": frozenset({"4711"}), "email": frozenset({"ada@example.org"})})
_MAIL = Field("mail", Scalar.STRING, False, "", physical_name="Mail", subject="email")
FIELDS = (
    Field("id", Scalar.LONG, True, ""),
    Field("customer", Scalar.LONG, False, "", physical_name="Customer", subject="customer"),
    Field("note", Scalar.STRING, False, ""),
    Field("guests", Array(Struct((_MAIL,))), False, ""),
)


def dataset(form: Format, dialect: Dialect = USUAL, content: Content = Content.RECORDS) -> Dataset:
    """Return a dataset of files in a format."""
    how = Ingestion(Mode.FILES, form, content=content, dialect=dialect)
    return Dataset(
        domain="shop", name="orders", version="1.0.0", layer=Layer.SILVER, description="", owner="",
        fields=FIELDS, key=("customer",), order_by=(), partition=(), write=Write.MERGE, ingestion=how,
        sql=None, inputs=(), max_rejected_ratio=0, source="orders.odcs.yaml",
    )  # fmt: skip


JSON = dataset(Format.JSON)
NOTES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
RECORDS = st.lists(st.tuples(st.sampled_from([4711, 471, 47110, None]), NOTES), max_size=12)


@given(records=RECORDS, packed=st.booleans(), end=st.sampled_from(["\n", "\r\n"]))
def test_lines_of_others_keep_their_bytes(
    records: list[tuple[int | None, str]], packed: bool, end: str
) -> None:
    lines = [(id_, json.dumps({"Customer": id_, "note": note}) + end) for id_, note in records]
    body = "".join(line for _, line in lines).encode()
    expected = "".join(line for id_, line in lines if id_ != 4711).encode()
    rest = without(gzipped(body) if packed else body, [JSON], PERSON)
    assert (gzip.decompress(rest.body) if packed else rest.body) == expected
    assert rest.removed == [id_ for id_, _ in records].count(4711)
    assert without(rest.body, [JSON], PERSON).removed == 0


@given(
    records=RECORDS,
    delimiter=st.sampled_from([",", ";", "||"]),
    header=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
    mark=st.booleans(),
)
def test_rows_of_others_keep_their_bytes(
    records: list[tuple[int | None, str]], delimiter: str, header: bool, encoding: str, mark: bool
) -> None:
    names = [field.source_name for field in FIELDS]
    rows = [(id_, _row(("1", "" if id_ is None else str(id_), note, ""), delimiter)) for id_, note in records]
    first = delimiter.join(names) + "\r\n" if header else ""
    codec = "utf-16-le" if encoding == "utf-16" else encoding
    begin = "\ufeff" if mark else ""  # belongs to the first line, and goes with it
    stays = header or not records or records[0][0] != 4711
    body = (begin + first + "".join(row for _, row in rows)).encode(codec)
    left = "".join(row for id_, row in rows if id_ != 4711)
    expected = (begin * stays + first + left).encode(codec)
    csv_ = dataset(Format.CSV, Dialect(delimiter=delimiter, header=header, encoding=encoding))
    rest = without(body, [csv_], PERSON)
    assert rest.body == expected
    assert rest.removed == [id_ for id_, _ in records].count(4711)


def _row(values: tuple[str, ...], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter="\x1f", quoting=csv.QUOTE_ALL).writerow(values)
    return text.getvalue().replace("\x1f", delimiter)


@given(groups=st.lists(RECORDS, min_size=1, max_size=3), codec=st.sampled_from(["snappy", "gzip", "none"]))
def test_rows_of_others_keep_their_values_and_the_file_its_form(
    groups: list[list[tuple[int | None, str]]], codec: str
) -> None:
    schema = pa.schema([("Customer", pa.int64()), ("note", pa.string())], metadata={"made": "here"})
    body = io.BytesIO()
    with pq.ParquetWriter(body, schema, compression=codec) as writer:
        for records in groups:
            writer.write_table(_table(records, schema))
    rest = without(body.getvalue(), [dataset(Format.PARQUET)], PERSON)
    left = [record for records in groups for record in records if record[0] != 4711]
    file = pq.ParquetFile(pa.BufferReader(rest.body))
    assert file.read().equals(_table(left, schema))
    assert file.schema_arrow.equals(schema, check_metadata=True)
    assert rest.removed == sum(len(records) for records in groups) - len(left)


def _table(records: list[tuple[int | None, str]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pydict(
        {"Customer": [id_ for id_, _ in records], "note": [note for _, note in records]}, schema
    )


@pytest.mark.parametrize(
    ("record", "goes"),
    [
        ({"Customer": "4711"}, True),
        ({"customer": " 04711 "}, True),
        ({"Customer": True}, False),
        ({"guests": [{"Mail": "bob@example.org"}, {"mail": "ada@example.org"}]}, True),
        ({"guests": {"x": {"Mail": "ada@example.org"}}}, True),
        ({"note": "4711"}, False),
        ([{"Customer": 4711}], True),  # no record of the contract, and it mentions the person
    ],
)
def test_record_is_the_persons_by_what_the_contract_names(record: Any, goes: bool) -> None:
    assert without(json.dumps(record).encode(), [JSON], PERSON).removed == int(goes)


def test_name_that_is_repeated_counts_each_time() -> None:
    assert without(b'{"Customer": 4711, "Customer": 5}', [JSON], PERSON).removed == 1


def test_text_that_is_escaped_is_found() -> None:
    person = Person({"customer": frozenset({"Zoë"})})
    assert without(json.dumps({"Customer": "Zoë"}).encode(), [JSON], person).removed == 1


def test_mention_elsewhere_is_told_and_stays() -> None:
    body = b'{"Customer": 5, "note": "as 4711 said"}\n{"Customer": 5, "note": "47110"}\n'
    rest = without(body, [JSON], PERSON)
    assert (rest.body, rest.removed, rest.mentioned) == (body, 0, 1)


def test_what_cannot_be_read_goes_where_it_mentions_the_person() -> None:
    body = b'{"Customer": 4711, "no\n{"Customer": 47110, "no\n'
    assert without(body, [JSON], PERSON).body == b'{"Customer": 47110, "no\n'


def test_without_a_contract_whole_words_tell() -> None:
    body = b"a list\nada@example.org 1\nbob@example.org 2\n"
    assert without(body, [], PERSON).body == b"a list\nbob@example.org 2\n"


def test_undelivered_records_of_others_keep_their_positions() -> None:
    def line(record: bytes) -> bytes:
        return json.dumps({"rawData": base64.b64encode(record).decode(), "errorCode": "x"}).encode() + b"\n"

    other = line(b'{"Customer": 5}')
    rest = without(line(gzipped(b'{"Customer": 4711}')) + other, [JSON], PERSON)
    first, second = rest.body.splitlines(keepends=True)
    assert (json.loads(first)["rawData"], second) == ("", other)
    assert without(rest.body, [JSON], PERSON).removed == 0


def test_key_before_a_change_names_a_person_too() -> None:
    changes = dataset(Format.PARQUET, content=Content.CHANGES)
    body = io.BytesIO()
    pq.write_table(pa.table({"Customer": [5, 6], "_before_Customer": [4711, 6]}), body)
    rest = without(body.getvalue(), [changes], PERSON)
    assert pq.read_table(pa.BufferReader(rest.body))["Customer"].to_pylist() == [6]


@pytest.mark.parametrize("body", [gzipped(b"{}")[:-9], b"PAR1 and nothing else"], ids=["gzip", "parquet"])
def test_damaged_object_is_told(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        without(body, [JSON], PERSON)


def test_text_that_is_not_of_its_encoding_is_told() -> None:
    latin = dataset(Format.CSV, Dialect(encoding="utf-16"))
    with pytest.raises(UnreadableError, match="not utf-16"):
        without(b"I\0d\0;\0\xff", [latin], PERSON)
