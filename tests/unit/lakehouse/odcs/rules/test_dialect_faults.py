"""What is told of names and dialects of sources that are refused: where, what is allowed, what to do."""

import pytest

from lakehouse.model.dialect import Dialect
from tests.unit.lakehouse.project import Json, Project, column, product, source

CSV: Json = {"mode": "files", "format": "csv"}
PLACE = "customProperties[1].value.dialect"


def loaded(project: Project, **dialect: object) -> Dialect:
    project.write(source(ingestion={**CSV, "dialect": dialect}))
    [dataset] = project.load().datasets
    assert dataset.ingestion is not None
    return dataset.ingestion.dialect


def test_dialect_is_the_usual_one_but_for_what_is_said(project: Project) -> None:
    assert loaded(project, header=False) == Dialect(header=False)
    assert loaded(project, quoteChar=None) == Dialect(quote_char=None)
    assert loaded(project, delimiter="||||||||") == Dialect("||||||||")


@pytest.mark.parametrize(
    ("dialect", "fault"),
    [
        ({"delimiter": ""}, "delimiter: got ''; allowed: String should have at least 1 character; fix: "),
        ({"delimiter": "|" * 9}, "delimiter: got '|||||||||'; allowed: String should have at most 8 char"),
        ({"delimiter": "\n"}, r"delimiter: got '\n'; allowed: text that matches '^[^\r\n]+$'; fix: change "),
        ({"delimiter": "a\0"}, r"delimiter: got 'a\x00'; allowed: no NUL: values have none; fix: choose a"),
        (
            {"delimiter": ";", "escapeChar": ";"},
            "escapeChar: got ';'; allowed: another character than in delimiter and quoteChar; fix: choose ",
        ),
        ({"groupChar": "e"}, "groupChar: got 'e'; allowed: no digit, sign or exponent; fix: choose another"),
    ],
)
def test_dialect_is_refused_when_no_file_could_be_read_by_it(
    project: Project, dialect: Json, fault: str
) -> None:
    assert f"{PLACE}.{fault}" in project.fault_of(source(ingestion={**CSV, "dialect": dialect}))


def test_dialect_is_refused_where_nothing_is_csv(project: Project) -> None:
    ingestion = {"mode": "files", "format": "json", "dialect": {"delimiter": ";"}}
    fault = project.fault_of(source(ingestion=ingestion))
    assert fault.startswith(f"{PLACE}: got ")
    assert fault.endswith("; allowed: nothing: JSON is written in one way; fix: remove it, or use csv")


def test_product_is_refused_when_it_says_how_a_source_writes(project: Project) -> None:
    day = column("day", "date", logicalTypeOptions={"format": "dd/MM/yyyy"}, physicalName="Day")
    project.write(product("shop/totals", day), "shop/totals")
    project.text("shop/totals.sql", "SELECT '1' AS order_id, DATE '2026-01-31' AS day")
    place, fix = "schema[0].properties[1]", "fix: remove it: SQL makes this table"
    assert sorted(fault.partition(": ")[2] for fault in project.faults()) == [
        f"{place}.logicalTypeOptions.format: got 'dd/MM/yyyy'; allowed: format on silver only; {fix}",
        f"{place}.physicalName: got 'Day'; allowed: physicalName on silver only; {fix}",
    ]


def test_name_in_parquet_is_refused_when_bronze_has_a_partition_of_it(project: Project) -> None:
    ingestion = {"mode": "files", "format": "parquet"}
    contract = source("shop/orders", column("day", physicalName="Ingest_Date"), ingestion=ingestion)
    assert (
        "schema[0].properties[1].physicalName: got 'Ingest_Date'; allowed: another name: bronze has a "
        "partition of this one; fix: rename it in the source, or leave it out"
    ) in project.fault_of(contract)


def test_member_is_refused_when_firehose_would_have_to_rename_it(project: Project) -> None:
    deep = column("deep", "object", properties=[column("inner", physicalName="In")])
    fault = project.fault_of(source("shop/orders", deep, ingestion={"mode": "stream", "format": "parquet"}))
    assert fault == (
        "schema[0].properties[1].logicalType: got 'physicalName of a member'; allowed: members that are "
        "called as in the contract: Firehose renames columns alone; fix: use format: json"
    )


def test_files_of_parquet_hold_what_firehose_would_lose(project: Project) -> None:
    price = column("price", "number", "decimal(8, 2)")
    project.write(source("shop/orders", price, ingestion={"mode": "files", "format": "parquet"}))
    assert len(project.load().datasets) == 1
