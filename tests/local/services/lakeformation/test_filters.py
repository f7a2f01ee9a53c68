"""The API of data cells filters."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.services.lakeformation.requests import cells, of_filter, of_table, to
from tests.local.services.lakeformation.tables import ACCOUNT

D = "lf_filters"
PLACE = {"TableCatalogId": ACCOUNT, "DatabaseName": D, "TableName": "t"}


@pytest.fixture(scope="module", autouse=True)
def tables(governed: Callable[..., None], admin_role: str) -> None:
    governed(D, "t")
    governed("lf_filters_keys", "t", keys=("region",))


def test_filter_is_made_changed_listed_and_deleted(admin: Any) -> None:
    admin.create_data_cells_filter(**cells(D, "life", "region='EU'", "id", "region"))
    found = admin.get_data_cells_filter(**PLACE, Name="life")["DataCellsFilter"]
    assert found["RowFilter"] == {"FilterExpression": "region='EU'"}
    assert found["ColumnNames"] == ["id", "region"]
    admin.update_data_cells_filter(**cells(D, "life"))
    table = {"CatalogId": ACCOUNT, "DatabaseName": D, "Name": "t"}
    listed = admin.list_data_cells_filter(Table=table)["DataCellsFilters"]
    [changed] = [each for each in listed if each["Name"] == "life"]
    assert changed["RowFilter"] == {"AllRowsWildcard": {}}
    assert changed["ColumnWildcard"] == {"ExcludedColumnNames": []}
    admin.delete_data_cells_filter(**PLACE, Name="life")
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        admin.get_data_cells_filter(**PLACE, Name="life")


def test_second_filter_of_a_name_is_refused(admin: Any) -> None:
    admin.create_data_cells_filter(**cells(D, "twin", "id=1"))
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        admin.create_data_cells_filter(**cells(D, "twin", "id=2"))


@pytest.mark.parametrize(
    "more",
    [
        {"ColumnNames": ["id"], "ColumnWildcard": {}},
        {"ColumnWildcard": None},
        {"RowFilter": {}},
        {"RowFilter": {"FilterExpression": "id=1", "AllRowsWildcard": {}}},
        {"RowFilter": {"FilterExpression": f"region = '{'x' * 2037}'"}},
        {"RowFilter": {"FilterExpression": "nothing = 1"}},
        {"RowFilter": {"FilterExpression": "id ="}},
    ],
)
def test_filter_that_makes_no_sense_is_refused(admin: Any, more: dict[str, Any]) -> None:
    data = {**cells(D, "wrong", "id=1")["TableData"], **more}
    given = {name: value for name, value in data.items() if value is not None}
    with pytest.raises(ClientError, match="InvalidInputException"):
        admin.create_data_cells_filter(TableData=given)


def test_columns_and_tables_of_filters_must_exist(admin: Any) -> None:
    with pytest.raises(ClientError, match=r"EntityNotFoundException.*gone"):
        admin.create_data_cells_filter(**cells(D, "lost", "", "gone"))
    with pytest.raises(ClientError, match=r"EntityNotFoundException.*Table not found"):
        admin.create_data_cells_filter(**cells("lf_nowhere", "lost"))


def test_partition_columns_are_neither_excluded_nor_asked_for_null(admin: Any) -> None:
    excluded = {"ColumnWildcard": {"ExcludedColumnNames": ["region"]}}
    with pytest.raises(ClientError, match="partition columns"):
        admin.create_data_cells_filter(**cells("lf_filters_keys", "keys", "id=1", **excluded))
    with pytest.raises(ClientError, match="partition column region"):
        admin.create_data_cells_filter(**cells("lf_filters_keys", "keys", "region IS NULL"))


def test_filters_are_made_by_those_who_may_grant_the_whole_table(
    admin: Any, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    role = make_role("lf-filterer", f"arn:aws:iam::{ACCOUNT}:root", (["lakeformation:*"], ["*"]))
    owner = client_as("lakeformation", role)
    admin.grant_permissions(**to(role, of_table(D), "SELECT"))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        owner.create_data_cells_filter(**cells(D, "owned", "id=1"))
    admin.grant_permissions(**to(role, of_table(D), "SELECT", grantable=["SELECT"]))
    owner.create_data_cells_filter(**cells(D, "owned", "id=1"))
    owner.grant_permissions(**to(role, of_filter(D, "owned"), "SELECT", "DROP"))
    owner.delete_data_cells_filter(**PLACE, Name="owned")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        owner.get_data_cells_filter(**PLACE, Name="owned")
