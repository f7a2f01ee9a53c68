from typing import Any

import pytest

from local.services.lakeformation.model.errors import LakeFormationError
from local.services.lakeformation.model.resources import EVERY_TABLE, Table, parse, shape

PLACE = {"CatalogId": "0", "DatabaseName": "d", "Name": "t"}


@pytest.mark.parametrize(
    "written",
    [
        {"Catalog": {}},
        {"Database": {"CatalogId": "0", "Name": "d"}},
        {"Table": PLACE},
        {"Table": {"CatalogId": "0", "DatabaseName": "d", "TableWildcard": {}}},
        {"TableWithColumns": {**PLACE, "ColumnNames": ["a", "b"]}},
        {"TableWithColumns": {**PLACE, "ColumnWildcard": {"ExcludedColumnNames": ["a"]}}},
        {"DataCellsFilter": {"TableCatalogId": "0", "DatabaseName": "d", "TableName": "t", "Name": "F"}},
        {"DataLocation": {"CatalogId": "0", "ResourceArn": "arn:aws:s3:::b/p"}},
        {"LFTag": {"CatalogId": "0", "TagKey": "k", "TagValues": ["a", "b"]}},
        {
            "LFTagPolicy": {
                "CatalogId": "0",
                "ResourceType": "TABLE",
                "Expression": [{"TagKey": "k", "TagValues": ["a"]}, {"TagKey": "l", "TagValues": ["b"]}],
            }
        },
    ],
)
def test_resource_is_read_and_written_alike(written: dict[str, Any]) -> None:
    assert shape(parse(written), "0") == written


def test_names_are_lower_case_as_in_the_catalog() -> None:
    assert parse({"Table": {"DatabaseName": "D", "Name": "T"}}) == Table("d", "t")
    assert parse({"Table": {"DatabaseName": "D", "TableWildcard": {}}}) == Table("d", EVERY_TABLE)


def test_every_column_is_the_table() -> None:
    written = {"TableWithColumns": {**PLACE, "ColumnWildcard": {}}}
    assert parse(written) == Table("d", "t")


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"Catalog": {}, "Database": {"Name": "d"}},
        {"Table": {"DatabaseName": "d"}},
        {"Table": {"DatabaseName": "d", "Name": "t", "TableWildcard": {}}},
        {"TableWithColumns": PLACE},
        {"TableWithColumns": {**PLACE, "ColumnNames": ["a"], "ColumnWildcard": {}}},
        {"DataCellsFilter": {"DatabaseName": "d"}},
        {"LFTagPolicy": {"ResourceType": "TABLE"}},
        {"LFTagPolicy": {"ResourceType": "TABLE", "Expression": [{"TagKey": "k", "TagValues": ["a"]}] * 2}},
        {"LFTagExpression": {"Name": "e"}},
    ],
)
def test_none_several_or_half_a_resource_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(LakeFormationError) as refused:
        parse(written)
    assert refused.value.code == "InvalidInputException"
