"""What contracts may say about names, formats and dialects of sources."""

from typing import Any

import pytest

from lakehouse.model.dialect import Dialect
from lakehouse.model.fields import Struct
from tests.unit.lakehouse.project import Json, Project, column, product, source

CSV = {"mode": "files", "format": "csv"}
PARQUET = {"mode": "files", "format": "parquet"}
DAY = column("day", "date", logicalTypeOptions={"format": "dd/MM/yyyy"})


def _struct(name: str, *members: Json, **more: Any) -> Json:
    return column(name, "object", properties=list(members), **more)


def test_source_is_named_and_written_as_its_contract_says(project: Project) -> None:
    deep = _struct("deep", column("inner", physicalName="In ner"), physicalName="Deep")
    usual = column("usual", "date", logicalTypeOptions={"format": "yyyy-MM-dd"})
    project.write(source("shop/orders", column("note", physicalName="Größe (cm)"), DAY, deep, usual))
    [dataset] = project.load().datasets
    _, note, day, struct, other = dataset.fields
    assert (note.physical_name, note.source_name, day.physical_name) == ("Größe (cm)", "Größe (cm)", None)
    assert (day.source_format, other.source_format) == ("dd/MM/yyyy", None)
    assert isinstance(struct.type, Struct)
    assert (struct.source_name, struct.type.fields[0].source_name) == ("Deep", "In ner")


def test_dialect_is_read_by_the_names_of_frictionless(project: Project) -> None:
    said = {
        "delimiter": "||", "quoteChar": None, "escapeChar": "\\", "encoding": "utf-16", "header": False,
        "decimalChar": ",", "groupChar": ".",
    }  # fmt: skip
    project.write(source(ingestion={**CSV, "dialect": said}))
    [dataset] = project.load().datasets
    assert dataset.ingestion is not None
    assert dataset.ingestion.dialect == Dialect("||", None, "\\", "utf-16", False, ",", ".")
    project.write(source(ingestion=CSV))
    [dataset] = project.load().datasets
    assert dataset.ingestion is not None
    assert dataset.ingestion.dialect == Dialect()


@pytest.mark.parametrize(
    ("contract", "fault"),
    [
        (
            source("shop/orders", column("a", physicalName="X"), column("b", physicalName="X")),
            "properties[2].physicalName: got 'X'; allowed: each name of the source once; fix: change it",
        ),
        (
            source("shop/orders", column("a", physicalName="order_id")),
            "properties[1].physicalName: got 'order_id'; allowed: each name of the source once",
        ),
        (
            source(
                "shop/orders", column("a", physicalName="x"), column("b", physicalName="x "), ingestion=CSV
            ),
            "properties[2].physicalName: got 'x '; allowed: each name of the source once",
        ),
        (
            source(
                "shop/orders", column("a", physicalName="A b"), column("b", physicalName="a B"),
                ingestion=PARQUET,
            ),
            "physicalName: got 'a B'; allowed: each name of the source once, whatever its case: Athena",
        ),
        (
            source("shop/orders", column("a", physicalName="Ingest_Date"), ingestion=PARQUET),
            "physicalName: got 'Ingest_Date'; allowed: another name: bronze has a partition of this one",
        ),
        (
            source("shop/orders", _struct("s", column("a", physicalName="b"), column("b"))),
            "properties[1].properties[1].physicalName: got 'b'; allowed: each name of the source once",
        ),
        (
            source(
                "shop/orders",
                _struct("s", column("a", physicalName="A a")),
                ingestion={"mode": "stream", "format": "parquet"},
            ),
            "got 'physicalName of a member'; allowed: members that are called as in the contract: Firehose",
        ),
        (
            source("shop/orders", _struct("s", DAY)),
            "logicalTypeOptions.format: got 'logicalTypeOptions.format'; allowed: rules on columns only",
        ),
        (
            source(ingestion={"mode": "files", "format": "json", "dialect": {"delimiter": ";"}}),
            "dialect: got \"delimiter ';'\"; allowed: nothing: JSON is written in one way; fix: rem",
        ),
        (
            source(ingestion={**CSV, "dialect": {"delimiter": '"'}}),
            "dialect.quoteChar: got '\"'; allowed: another character than in delimiter; fix: choose another",
        ),
        (
            source(ingestion={**CSV, "dialect": {"escapeChar": '"'}}),
            "dialect.escapeChar: got '\"'; allowed: another character than in delimiter and quoteChar",
        ),
        (
            source(ingestion={**CSV, "dialect": {"delimiter": "\0"}}),
            "allowed: no NUL: values have none",
        ),
        (
            source(ingestion={**CSV, "dialect": {"decimalChar": "5"}}),
            "dialect.decimalChar: got '5'; allowed: no digit, sign or exponent",
        ),
        (
            source(ingestion={**CSV, "dialect": {"groupChar": "."}}),
            "dialect.groupChar: got '.'; allowed: another character than decimalChar",
        ),
        (
            source(ingestion={**CSV, "dialect": {"encoding": "ebcdic"}}),
            "dialect.encoding: got 'ebcdic'; allowed: 'utf-8', 'utf-16'",
        ),
        (
            source(ingestion={**CSV, "dialect": {"quote": "'"}}),
            "dialect.quote: got 'quote'; allowed: decimalChar, delimiter, encoding, escapeChar, ",
        ),
    ],
)  # fmt: skip
def test_source_is_refused_when_its_words_would_mean_two_things(
    project: Project, contract: Json, fault: str
) -> None:
    assert fault in project.fault_of(contract)


@pytest.mark.parametrize(
    ("logical", "physical", "form", "allowed"),
    [
        ("date", None, "DD/MM/YYYY", "no DD (remove it, or use one of these); texts stand in single quotes"),
        ("date", None, "dd/MM", "yyyy or yy, once and always"),
        ("date", None, "dd/MM/yyyy yy", "yyyy or yy, once and always"),
        ("date", None, "dd/MM[/yyyy]", "yyyy or yy, once and always"),
        ("date", None, "dd/MM/yyyy HH", "no time of day"),
        ("date", None, "dd/MM/yyyy 'x", "a quote that ends"),
        ("date", None, "dd/MM/yyyy]", "each part once, and brackets in pairs"),
        ("date", None, "epoch_second", "timestamptz for numbers since 1970, which are instants"),
        ("timestamp", "timestamp", "yyyy-MM-dd HH:mm XXX", "no zone"),
        ("timestamp", "timestamp", "yyyy-MM-dd hh:mm", "HH, or hh with a"),
        ("timestamp", "timestamptz", "yyyy-MM-dd HH:mm", "a zone (X, XXX, Z or z)"),
        ("timestamp", "timestamptz", "yyyy-MM-dd HH:mm[ XXX]", "a zone always, or never"),
    ],
)
def test_format_is_refused_when_it_tells_no_such_moment(
    project: Project, logical: str, physical: str | None, form: str, allowed: str
) -> None:
    at = column("at", logical, physical, logicalTypeOptions={"format": form})
    assert f"format: got {form!r}; allowed: {allowed}" in project.fault_of(source("shop/orders", at))


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"physicalName": "Total"}, "physicalName: got 'Total'; allowed: physicalName on silver only"),
        (
            {"logicalType": "date", "logicalTypeOptions": {"format": "dd/MM/yyyy"}},
            "logicalTypeOptions.format: got 'dd/MM/yyyy'; allowed: format on silver only",
        ),
    ],
)
def test_product_has_no_source_that_calls_or_writes_anything(
    project: Project, more: Json, place: str
) -> None:
    project.text("shop/totals.sql", "SELECT order_id, total FROM silver_shop.orders")
    project.write(product("shop/totals", column("total", **more)), "shop/totals")
    assert any(f"{place}; fix: remove it: SQL makes this table" in fault for fault in project.faults())
