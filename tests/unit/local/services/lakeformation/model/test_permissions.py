from collections.abc import Mapping

import pytest

from local.services.lakeformation.model.filters import CellsFilter
from local.services.lakeformation.model.grants import IAM_ALLOWED_PRINCIPALS
from local.services.lakeformation.model.locations import Registration
from local.services.lakeformation.model.permissions import Permissions
from local.services.lakeformation.model.resources import (
    EVERY_TABLE,
    Catalog,
    Columns,
    Database,
    Filter,
    Location,
    Resource,
    Table,
    Tag,
    TagPolicy,
)
from local.services.lakeformation.model.settings import Settings

ANALYST = "arn:aws:iam::000000000000:role/analyst"
ADMIN = "arn:aws:iam::000000000000:role/admin"
COLUMNS = ["id", "region", "amount", "email"]
TABLE = Table("d", "t")
EU, US = "region='EU'", "region='US'"
ALL_ROWS = frozenset({None})
NOTHING: frozenset[str] = frozenset()
BUCKET = "arn:aws:s3:::lake"


@pytest.fixture
def lake() -> Permissions:
    made = Permissions("000000000000", Settings(frozenset({ADMIN}), frozenset(), (), ()))
    made.add_database("d")
    made.add_table("d", "t")
    return made


def _columns(*names: str, excluded: bool = False) -> Columns:
    return Columns("d", "t", frozenset(names), excluded)


def _filter(lake: Permissions, name: str, rows: str | None, columns: Columns | None = None) -> None:
    found = Filter("d", "t", name)
    lake.filters[found] = CellsFilter(name, columns or _columns(excluded=True), rows)
    lake.grants.grant(ANALYST, found, ["SELECT"])


def _policy(expression: dict[str, set[str]], kind: str = "TABLE") -> TagPolicy:
    return TagPolicy(kind, frozenset(Tag(key, frozenset(values)) for key, values in expression.items()))


def _cells(lake: Permissions, *columns: str) -> Mapping[str, frozenset[str | None]]:
    return lake.evaluate(ANALYST, "d", "t", columns or COLUMNS).cells


def test_nothing_is_seen_without_a_grant(lake: Permissions) -> None:
    access = lake.evaluate(ANALYST, "d", "t", COLUMNS)
    assert (access.enforced, access.describe, access.select, access.writes) == (True, False, False, NOTHING)


def test_new_account_leaves_everything_to_iam() -> None:
    lake = Permissions("000000000000")
    lake.add_database("d")
    lake.add_table("d", "t")
    access = lake.evaluate(ANALYST, "d", "t", COLUMNS)
    assert (access.enforced, access.describe, access.whole(COLUMNS)) == (False, True, True)
    assert not lake.evaluate_database(ANALYST, "d").enforced
    assert lake.may_create_database(ANALYST)


def test_super_on_the_database_does_not_open_its_tables(lake: Permissions) -> None:
    lake.grants.grant(IAM_ALLOWED_PRINCIPALS, Database("d"), ["ALL"])
    assert not lake.evaluate_database(ANALYST, "d").enforced
    assert lake.evaluate(ANALYST, "d", "t", COLUMNS).enforced
    lake.grants.grant(IAM_ALLOWED_PRINCIPALS, TABLE, ["ALL"])
    assert not lake.evaluate(ANALYST, "d", "t", COLUMNS).enforced


@pytest.mark.parametrize("permission", ["SELECT", "INSERT", "DELETE", "ALTER", "DROP", "DESCRIBE", "ALL"])
def test_any_permission_shows_the_table(lake: Permissions, permission: str) -> None:
    lake.grants.grant(ANALYST, TABLE, [permission])
    access = lake.evaluate(ANALYST, "d", "t", COLUMNS)
    assert access.describe
    assert access.select == (permission in ("SELECT", "ALL"))


def test_permission_on_a_filter_other_than_select_shows_no_table(lake: Permissions) -> None:
    lake.filters[Filter("d", "t", "eu")] = CellsFilter("eu", _columns(excluded=True), EU)
    lake.grants.grant(ANALYST, Filter("d", "t", "eu"), ["DESCRIBE", "DROP"])
    assert not lake.evaluate(ANALYST, "d", "t", COLUMNS).describe


def test_grant_on_every_table_of_a_database_is_one_on_each(lake: Permissions) -> None:
    lake.grants.grant(ANALYST, Table("d", EVERY_TABLE), ["SELECT", "INSERT"])
    assert lake.evaluate(ANALYST, "d", "later", ["x"]).cells == {"x": ALL_ROWS}
    assert lake.evaluate(ANALYST, "d", "later", ["x"]).writes == {"INSERT"}
    assert not lake.evaluate(ANALYST, "e", "later", ["x"]).describe


def test_grant_to_all_principals_of_the_account_reaches_each(lake: Permissions) -> None:
    lake.grants.grant("000000000000:IAMPrincipals", TABLE, ["SELECT"])
    assert _cells(lake, "id") == {"id": ALL_ROWS}


@pytest.mark.parametrize(
    ("granted", "seen"),
    [
        ([_columns("id", "region")], {"id", "region"}),
        ([_columns("email", excluded=True)], {"id", "region", "amount", "phone"}),
        ([_columns("id"), _columns("id", excluded=True)], {*COLUMNS, "phone"}),
        ([_columns("gone")], set()),
    ],
)
def test_columns_are_included_or_excluded(lake: Permissions, granted: list[Resource], seen: set[str]) -> None:
    for each in granted:
        lake.grants.grant(ANALYST, each, ["SELECT"])
    assert _cells(lake, *COLUMNS, "phone") == dict.fromkeys(seen, ALL_ROWS)


def test_filters_show_each_column_by_its_own_predicates(lake: Permissions) -> None:
    _filter(lake, "eu", EU)
    _filter(lake, "us", US, _columns("id"))
    expected = dict.fromkeys(COLUMNS, frozenset({EU})) | {"id": frozenset({EU, US})}
    access = lake.evaluate(ANALYST, "d", "t", COLUMNS)
    assert access.cells == expected
    assert access.rows == {EU, US}
    assert not access.whole(["id"])


def test_grant_of_the_whole_table_defeats_a_filter(lake: Permissions) -> None:
    _filter(lake, "eu", EU)
    lake.grants.grant(ANALYST, TABLE, ["SELECT"])
    assert lake.evaluate(ANALYST, "d", "t", COLUMNS).whole(COLUMNS)


def test_filter_that_was_deleted_shows_nothing(lake: Permissions) -> None:
    _filter(lake, "eu", EU)
    del lake.filters[Filter("d", "t", "eu")]
    assert not lake.evaluate(ANALYST, "d", "t", COLUMNS).describe


def test_tags_are_inherited_and_the_lower_level_decides(lake: Permissions) -> None:
    lake.tags.create("class", ["Public", "PII"])
    lake.tags.create("domain", ["sales"])
    lake.tags.attach(Database("d"), "CLASS", "public")
    lake.tags.attach(Database("d"), "domain", "sales")
    lake.tags.attach(TABLE, "class", "PII")
    lake.tags.attach(_columns("id"), "class", "public")
    lake.grants.grant(ANALYST, _policy({"class": {"public"}, "domain": {"sales", "other"}}), ["SELECT"])
    assert _cells(lake) == {"id": ALL_ROWS}
    assert not lake.evaluate_database(ANALYST, "d").describe


def test_tags_that_match_some_columns_grant_no_writing(lake: Permissions) -> None:
    lake.tags.create("class", ["public", "pii"])
    lake.tags.attach(_columns("id"), "class", "public")
    lake.grants.grant(ANALYST, _policy({"class": {"public"}}), ["ALL"])
    access = lake.evaluate(ANALYST, "d", "t", COLUMNS)
    assert (access.describe, access.writes, access.cells) == (True, NOTHING, {"id": ALL_ROWS})
    lake.tags.attach(TABLE, "class", "public")
    assert lake.evaluate(ANALYST, "d", "t", COLUMNS).writes == {"ALTER", "DELETE", "DROP", "INSERT"}


def test_tags_that_match_some_columns_describe_whatever_was_granted(lake: Permissions) -> None:
    lake.tags.create("class", ["public"])
    lake.tags.attach(_columns("id"), "class", "public")
    lake.grants.grant(ANALYST, _policy({"class": {"*"}}), ["INSERT"])
    access = lake.evaluate(ANALYST, "d", "t", COLUMNS)
    assert (access.describe, access.writes, access.select) == (True, NOTHING, False)


def test_expression_on_databases_is_about_databases(lake: Permissions) -> None:
    lake.tags.create("domain", ["sales"])
    lake.tags.attach(Database("d"), "domain", "sales")
    lake.grants.grant(ANALYST, _policy({"domain": {"sales"}}, "DATABASE"), ["DESCRIBE", "CREATE_TABLE"])
    assert lake.evaluate_database(ANALYST, "d").permissions == {"DESCRIBE", "CREATE_TABLE"}
    assert not lake.evaluate(ANALYST, "d", "t", COLUMNS).describe


def test_expression_with_a_deleted_key_matches_nothing(lake: Permissions) -> None:
    lake.tags.create("domain", ["sales"])
    lake.tags.attach(TABLE, "domain", "sales")
    lake.grants.grant(ANALYST, _policy({"domain": {"sales"}}), ["SELECT"])
    assert _cells(lake)
    lake.tags.delete("domain")
    assert not _cells(lake)


def test_administrators_describe_everything_and_read_nothing(lake: Permissions) -> None:
    access = lake.evaluate(ADMIN, "d", "t", COLUMNS)
    assert (access.describe, access.select, access.writes) == (True, False, NOTHING)
    assert lake.evaluate_database(ADMIN, "d").describe
    assert lake.may_create_database(ADMIN)
    assert not lake.may_create_database(ANALYST)


def test_registered_data_is_read_by_the_role_of_its_registration(lake: Permissions) -> None:
    lake.locations.register(Registration(BUCKET, "arn:role/outer"))
    lake.locations.register(Registration(f"{BUCKET}/gold", "arn:role/inner"))
    lake.grants.grant(ANALYST, TABLE, ["SELECT"])
    roles = {
        place: lake.evaluate(ANALYST, "d", "t", COLUMNS, f"s3://{place}").registration
        for place in ("lake/gold/t/", "lake/silver/t", "lakeside/t")
    }
    found = {place: each.role if each else None for place, each in roles.items()}
    assert found == {"lake/gold/t/": "arn:role/inner", "lake/silver/t": "arn:role/outer", "lakeside/t": None}


def test_hybrid_location_is_governed_for_those_who_opted_in(lake: Permissions) -> None:
    lake.locations.register(Registration(BUCKET, "arn:role/lake", hybrid=True))
    lake.grants.grant(IAM_ALLOWED_PRINCIPALS, TABLE, ["ALL"])
    lake.grants.grant(ANALYST, _columns("id"), ["SELECT"])
    before = lake.evaluate(ANALYST, "d", "t", COLUMNS, "s3://lake/t")
    lake.opt_ins.add((ANALYST, TABLE))
    after = lake.evaluate(ANALYST, "d", "t", COLUMNS, "s3://lake/t")
    assert (before.enforced, before.registration) == (False, None)
    assert (after.enforced, set(after.cells)) == (True, {"id"})
    assert after.registration is not None
    assert not lake.evaluate(ADMIN, "d", "t", COLUMNS, "s3://lake/t").enforced
    assert not lake.evaluate(ANALYST, "d", "t", COLUMNS, "s3://elsewhere/t").enforced


def test_hybrid_location_gives_no_credentials_to_those_who_did_not_opt_in(lake: Permissions) -> None:
    lake.locations.register(Registration(BUCKET, "arn:role/lake", hybrid=True))
    lake.grants.grant(ANALYST, TABLE, ["SELECT"])
    access = lake.evaluate(ANALYST, "d", "t", COLUMNS, "s3://lake/t")
    assert (access.enforced, access.select, access.registration) == (True, True, None)


def test_tables_are_put_at_registered_locations_by_a_grant_on_them(lake: Permissions) -> None:
    lake.locations.register(Registration(BUCKET, "arn:role/lake"))
    assert lake.may_use_location(ANALYST, "s3://elsewhere/t")
    assert not lake.may_use_location(ANALYST, "s3://lake/gold/t")
    assert lake.may_use_location(ADMIN, "s3://lake/gold/t")
    lake.grants.grant(ANALYST, Location(f"{BUCKET}/gold"), ["DATA_LOCATION_ACCESS"])
    assert lake.may_use_location(ANALYST, "s3://lake/gold/t")
    assert not lake.may_use_location(ANALYST, "s3://lake/golden/t")


def test_deleted_table_takes_its_grants_filters_and_tags_along(lake: Permissions) -> None:
    lake.tags.create("class", ["public"])
    lake.tags.attach(TABLE, "class", "public")
    _filter(lake, "eu", EU)
    lake.opt_ins.add((ANALYST, TABLE))
    lake.grants.grant(ANALYST, Table("d", "other"), ["SELECT"])
    lake.remove_table("d", "t")
    assert (lake.filters, lake.opt_ins, lake.tags.of("d", "t")) == ({}, set(), {})
    assert {each.resource for each in lake.grants.all()} == {Table("d", "other")}
    lake.remove_database("d")
    assert lake.grants.all() == []


def test_access_names_the_grants_that_it_follows_from(lake: Permissions) -> None:
    lake.grants.grant(ANALYST, _columns("id"), ["SELECT"])
    lake.grants.grant(ANALYST, Catalog(), ["CREATE_DATABASE"])
    [source] = lake.evaluate(ANALYST, "d", "t", COLUMNS).sources
    assert (source.principal, source.resource) == (ANALYST, _columns("id"))
