from typing import Any

import pytest

from local.services.lakeformation.model import filters
from local.services.lakeformation.model.errors import LakeFormationError
from local.services.lakeformation.model.filters import CellsFilter
from local.services.lakeformation.model.resources import Columns, Filter

COLUMNS = {
    "id": "bigint",
    "region": "string",
    "code": "char(2)",
    "amount": "decimal(9,2)",
    "open": "boolean",
    "day": "date",
    "at": "timestamp",
    "tags": "array<string>",
    "rates": "map<string,double>",
    "small": "smallint",
    "place": "struct<city:string,geo:struct<lat:double,seen:date>>",
}


@pytest.mark.parametrize(
    "expression",
    [
        "region='EU'",
        "'EU' = region",
        "Region <> 'EU' OR amount >= -2.5",
        "NOT (id IN (1, 2) AND id BETWEEN 3 AND 4)",
        "region LIKE 'E%' AND code != 'x'",
        "region NOT LIKE 'E%' AND id NOT BETWEEN 1 AND 2 AND id NOT IN (1)",
        "region IS NULL OR region IS NOT NULL",
        "open = true",
        "place IS NULL",
        "place.city = 'Bern' AND place.geo.lat > 3",
    ],
)
def test_predicate_of_columns_and_constants_is_accepted(expression: str) -> None:
    filters.check(expression, COLUMNS)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("lower(region)='eu'", "Unsupported"),
        ("id=amount", "compares a column with constants"),
        ("id = amount + 1", "Unsupported"),
        ("1=1", "compares a column with constants"),
        ("open", "compares a column with constants"),
        ("region = NULL", "compares a column with constants"),
        ("id IN (SELECT 1)", "Unsupported"),
        ("region LIKE region", "compares a column with constants"),
        ("region LIKE 'a' ESCAPE 'b'", "Unsupported"),
        ("day = DATE '2026-01-01'", "Unsupported"),
        ("day = '2026-01-01'", "has the type date"),
        ("at = '2026-01-01'", "has the type timestamp"),
        ("tags = 'a'", "has the type array"),
        ("rates IS NULL", "has the type map"),
        ("small = 1", "has the type smallint"),
        ("place = 'x'", "is a struct"),
        ("place.geo.seen = 'x'", "which filters do not support"),
        ("place.street = 'x'", "does not exist"),
        ("id.city = 'x'", "does not exist"),
        ("nothing = 1", "does not exist"),
        ("a.b.c.d.e.f = 1", "does not exist"),
        ("place.b.c.d.e.f = 1", "6 levels"),
        ("id = 'one'", "is a number"),
        ("region IN ('EU', 1)", "is a string"),
        ("region = 'EU", "Invalid"),
        ("region = 'EU'; region = 'US'", "Invalid"),
        ("region = 'EU' anything", "Unsupported"),
        ("", "Invalid"),
        (f"region = '{'x' * 2038}'", "2049 characters"),
    ],
)
def test_anything_else_is_refused_with_its_reason(expression: str, reason: str) -> None:
    with pytest.raises(LakeFormationError, match=reason) as refused:
        filters.check(expression, COLUMNS)
    assert refused.value.code == "InvalidInputException"


def test_longest_predicate_has_2047_characters() -> None:
    start = "region = '"
    filters.check(f"{start}{'x' * (2047 - len(start) - 1)}'", COLUMNS)
    with pytest.raises(LakeFormationError, match="2048 characters"):
        filters.check(f"{start}{'x' * (2048 - len(start) - 1)}'", COLUMNS)


def test_null_is_not_asked_of_partition_columns() -> None:
    filters.check("region = 'EU' AND id IS NULL", COLUMNS, {"region"})
    with pytest.raises(LakeFormationError, match="partition column region"):
        filters.check("region IS NOT NULL", COLUMNS, {"region"})


def test_comments_do_not_survive() -> None:
    assert filters.condition("id = 1 /* hidden */").sql() == "id = 1"


def test_filter_is_read_from_a_request_or_a_template() -> None:
    place = {"TableCatalogId": "0", "DatabaseName": "D", "TableName": "t", "Name": "F"}
    rows = {"FilterExpression": "id = 1"}
    key, found = filters.parse({**place, "RowFilter": rows, "ColumnNames": ["ID"]})
    assert key == Filter("d", "t", "F")
    assert found == CellsFilter("F", Columns("d", "t", frozenset({"id"})), "id = 1")
    _, whole = filters.parse({**place, "RowFilter": {"AllRowsWildcard": {}}, "ColumnWildcard": {}})
    assert (whole.rows, whole.columns.among(["a"])) == (None, frozenset({"a"}))


@pytest.mark.parametrize("rows", [{}, {"FilterExpression": "id=1", "AllRowsWildcard": {}}])
def test_rows_are_said_once(rows: dict[str, Any]) -> None:
    place = {"DatabaseName": "d", "TableName": "t", "Name": "f", "ColumnWildcard": {}}
    with pytest.raises(LakeFormationError, match="Exactly one"):
        filters.parse({**place, "RowFilter": rows})
