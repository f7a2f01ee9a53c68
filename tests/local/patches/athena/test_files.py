"""Files of Hive-style tables, read as Athena's SerDes read them."""

import bz2
import gzip
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from config.naming import Naming
from lakehouse.model.dataset import Dataset, Format, Ingestion, Layer, Mode
from lakehouse.model.fields import Field, Scalar
from lakehouse.targets.bronze_csv import by_header
from lakehouse.targets.glue import Column, bronze_table
from local.emulator.launcher import EmbeddedAws
from tests.local.patches.athena.asking import Asker
from tests.local.patches.athena.conftest import ACCOUNT, CATALOG, PERSONA, READ_TABLES
from tests.unit.lakehouse.datasets import ORDERS

CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
OPENX = "org.openx.data.jsonserde.JsonSerDe"
HIVE_JSON = "org.apache.hive.hcatalog.data.JsonSerDe"
DELIMITED = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
REGEX = "org.apache.hadoop.hive.serde2.RegexSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"

Make = Callable[..., str]
_number = count(1)


@pytest.fixture
def make(guarded: EmbeddedAws) -> Make:
    """Makes a table of gold over objects, by key, and returns its name."""

    def put(library: str, columns: dict[str, str], objects: dict[str, bytes], **more: Any) -> str:
        name = f"files_{next(_number)}"
        for key, content in objects.items():
            guarded.client("s3").put_object(Bucket="guarded-gold", Key=f"{name}/{key}", Body=content)
        place = f"s3://guarded-gold/{name}/"
        table = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {
                key: value.format(place=place) for key, value in more.get("parameters", {}).items()
            },
            "PartitionKeys": _columns(more.get("keys", {})),
            "StorageDescriptor": {
                "Location": place,
                "Columns": _columns(columns),
                "SerdeInfo": {"SerializationLibrary": library, "Parameters": more.get("serde", {})},
            },
        }
        guarded.client("glue").create_table(DatabaseName="guarded_gold", TableInput=table)
        return name

    return put


def select(what: str, table: str, then: str = "") -> str:
    return f"SELECT {what} FROM {table} {then}"  # noqa: S608 (names are the test's own)


def _columns(types: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Type": kind} for name, kind in types.items()]


def test_csv_goes_by_position_when_it_has_quotes_short_and_long_rows(make: Make, analyst: Asker) -> None:
    content = b'b,a,c\n"x, ""y""",it\\"s\n,"",z,more\n\n"open,1\n'
    name = make(
        CSV, dict.fromkeys("abc", "string"), {"f.csv": content}, parameters={"skip.header.line.count": "1"}
    )
    assert analyst.rows(select("*", name)) == [
        ['x, "y"', 'it"s', None], ["", "", "z"], ["", None, None], [None, None, None]
    ]  # fmt: skip


def test_json_is_a_row_of_nulls_when_a_line_is_malformed(make: Make, analyst: Asker) -> None:
    lines = (
        b'{"A": 1, "b": {"x": [true, null]}}\nno json\n{"a": \n{"a": "2", "b": "text"}\n[3, 4]\n{"a": "x"}\n'
    )
    columns = {"a": "int", "b": "string"}
    name = make(OPENX, columns, {"f.json": lines}, serde={"ignore.malformed.json": "true"})
    assert analyst.rows(select("*", name)) == [
        ["1", '{"x":[true,null]}'], [None, None], [None, None], ["2", "text"], ["3", "4"], [None, None]
    ]  # fmt: skip


@pytest.mark.parametrize("library", [OPENX, HIVE_JSON])
def test_json_fails_when_a_line_is_malformed_and_that_may_not_be(
    make: Make, analyst: Asker, library: str
) -> None:
    name = make(library, {"a": "int"}, {"f.json": b'{"a": 1}\n{"a": \n'})
    assert "HIVE_CURSOR_ERROR: Row is not a valid JSON Object" in analyst.ask(select("a", name)).reason


def test_json_has_nested_values_when_columns_are_nested(make: Make, analyst: Asker) -> None:
    columns = {"r": "struct<n:bigint,tags:array<string>>", "m": "map<string,double>", "d": "decimal(5,2)"}
    line = b'{"r": {"N": 1, "tags": ["x", null]}, "m": {"k": 0.5}, "d": 1.5}\n'
    name = make(HIVE_JSON, columns, {"f.json": line})
    assert analyst.rows(select("r.n, r.tags[1], element_at(m, 'k'), d", name)) == [["1", "x", "0.5", "1.50"]]


def test_delimited_text_is_null_when_it_lacks_fields_or_they_do_not_fit(make: Make, analyst: Asker) -> None:
    columns = {"a": "string", "n": "int", "t": "timestamp", "s": "array<string>"}
    content = b"x|1|2020-01-01 00:00:00.5|p;q|more\n|x|\\N\n\\N\n"
    name = make(DELIMITED, columns, {"f.txt": content}, serde={"field.delim": "|", "collection.delim": ";"})
    assert analyst.rows(select("a, n, CAST(t AS varchar), s", name)) == [
        ["x", "1", "2020-01-01 00:00:00.500000", "[p, q]"], ["", None, None, None], [None] * 4
    ]  # fmt: skip


def test_regex_is_a_row_of_nulls_when_a_line_does_not_match(make: Make, analyst: Asker) -> None:
    name = make(REGEX, {"k": "string", "v": "int"}, {"f": b"a=1\nb\n"}, serde={"input.regex": "(\\w)=(\\d)"})
    assert analyst.rows(select("*", name)) == [["a", "1"], [None, None]]


def test_parquet_goes_by_name_when_columns_have_another_order(make: Make, analyst: Asker) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"B": ["x"], "a": pa.array([1], pa.int32()), "z": [0]}), buffer)
    name = make(PARQUET, {"a": "bigint", "b": "string", "c": "date"}, {"f": buffer.getvalue()})
    assert analyst.rows(select("*", name)) == [["1", "x", None]]


def test_objects_are_unpacked_by_suffix_and_left_out_when_hidden(make: Make, analyst: Asker) -> None:
    objects = {
        "a.gz": gzip.compress(b"1\n") + gzip.compress(b"2\n"), "b.bz2": bz2.compress(b"3\n"),
        "sub/c": b"4\r\n5\r6", "_d": b"7\n", ".e": b"8\n", "_temporary/f": b"9\n", "empty": b"",
    }  # fmt: skip
    name = make(DELIMITED, {"n": "int"}, objects)
    assert analyst.rows(select("n", name, "ORDER BY 1")) == [[str(number)] for number in range(1, 7)]
    paths = analyst.rows(select('DISTINCT "$path"', name, "ORDER BY 1"))
    assert paths == [[f"s3://guarded-gold/{name}/{key}"] for key in ("a.gz", "b.bz2", "sub/c")]


def test_partitions_are_projected_when_values_are_in_range(make: Make, analyst: Asker) -> None:
    parameters = {
        "projection.enabled": "true", "storage.location.template": "{place}d=${{day}}/${{kind}}/${{hour}}/",
        "projection.day.type": "date", "projection.day.format": "yyyy-MM-dd",
        "projection.day.range": "2020-01-01,NOW",
        "projection.kind.type": "enum", "projection.kind.values": "x, y",
        "projection.hour.type": "integer", "projection.hour.range": "0,23", "projection.hour.digits": "2",
    }  # fmt: skip
    objects = {
        "d=2020-01-02/x/07/f": b"1\n", "d=2019-12-31/x/07/f": b"2\n", "d=2020-01-02/z/07/f": b"3\n",
        "d=2020-01-02/y/7/f": b"4\n", "d=2020-01-02/y/24/f": b"5\n", "d=2999-01-01/y/23/f": b"6\n",
    }  # fmt: skip
    keys = {"day": "string", "kind": "string", "hour": "int"}
    name = make(DELIMITED, {"n": "int"}, objects, parameters=parameters, keys=keys)
    assert analyst.rows(select("*", name)) == [["1", "2020-01-02", "x", "7"]]


def test_partitions_are_those_of_glue_when_they_are_registered(
    make: Make, analyst: Asker, guarded: EmbeddedAws
) -> None:
    name = make(DELIMITED, {"n": "int"}, {"k=1/f": b"1\n", "else/f": b"2\n"}, keys={"k": "int"})
    for value, place in (("1", "k=1"), ("9", "else")):
        storage = {"Location": f"s3://guarded-gold/{name}/{place}/"}
        partition = {"Values": [value], "StorageDescriptor": storage}
        guarded.client("glue").create_partition(
            DatabaseName="guarded_gold", TableName=name, PartitionInput=partition
        )
    assert analyst.rows(select("n, k", name, "ORDER BY 2")) == [["1", "1"], ["2", "9"]]


PEOPLE = replace(
    ORDERS,
    name="people",
    ingestion=Ingestion(Mode.FILES, Format.CSV),
    fields=(Field("id", Scalar.LONG, True, "Number."), Field("note", Scalar.STRING, False, "Note.")),
)


def test_saved_query_reads_csv_by_header_when_files_have_other_orders_of_columns(
    guarded: EmbeddedAws, asker_with: Callable[..., Asker]
) -> None:
    naming = Naming("lake", "test", ACCOUNT, "us-east-1")
    bucket, database = naming.bucket(Layer.BRONZE), naming.database(Layer.BRONZE, PEOPLE.domain)
    _deploy_bronze(guarded, PEOPLE, naming)
    folder = f"{PEOPLE.id}/ingest_date={datetime.now(UTC):%Y-%m-%d}/ingest_hour=07"
    files = {
        "a.csv.gz": gzip.compress(b'id,note\n1,"x, ""y"""\n'),
        "b.csv": b"note,extra,id\r\nz,?,2\r\n",
        "c.csv": b"id\n3\n",
    }
    for key, content in files.items():
        guarded.client("s3").put_object(Bucket=bucket, Key=f"{folder}/{key}", Body=content)
    engineer = asker_with(
        "guarded-engineer",
        *PERSONA,
        (READ_TABLES, [f"{CATALOG}catalog", f"{CATALOG}database/{database}", f"{CATALOG}table/{database}/*"]),
        (["s3:GetObject"], [f"arn:aws:s3:::{bucket}/*"]),
        (["s3:ListBucket", "s3:GetBucketLocation"], [f"arn:aws:s3:::{bucket}"]),
    )
    asker = Asker(engineer.athena, engineer.workgroup, database)
    assert asker.rows("SELECT count(*) FROM people") == [["6"]]
    found = asker.rows(select("id, note, _unread_line", f"({by_header(PEOPLE)})", "ORDER BY id"))
    assert found == [["1", 'x, "y"', None], ["2", "z", None], ["3", None, None]]
    assert asker.ask(by_header(PEOPLE)).state == "SUCCEEDED"


def _deploy_bronze(aws: EmbeddedAws, dataset: Dataset, naming: Naming) -> None:
    table = bronze_table(dataset, naming)

    def described(columns: tuple[Column, ...]) -> list[dict[str, str]]:
        return [{"Name": one.name, "Type": one.type, "Comment": one.comment} for one in columns]

    aws.client("s3").create_bucket(Bucket=naming.bucket(Layer.BRONZE))
    database = naming.database(Layer.BRONZE, dataset.domain)
    aws.client("glue").create_database(DatabaseInput={"Name": database})
    storage = {
        "Location": table.location,
        "Columns": described(table.columns),
        "InputFormat": table.input_format,
        "OutputFormat": table.output_format,
        "SerdeInfo": {"SerializationLibrary": table.serde, "Parameters": table.serde_parameters},
    }
    entry = {
        "Name": dataset.name, "TableType": "EXTERNAL_TABLE", "Parameters": table.parameters,
        "PartitionKeys": described(table.partition_keys), "StorageDescriptor": storage,
    }  # fmt: skip
    aws.client("glue").create_table(DatabaseName=database, TableInput=entry)
