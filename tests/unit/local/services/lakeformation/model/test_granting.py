from collections.abc import Iterable

import pytest

from local.services.lakeformation.model import granting
from local.services.lakeformation.model.errors import LakeFormationError
from local.services.lakeformation.model.grants import IAM_ALLOWED_PRINCIPALS
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

WHO, ADMIN = "arn:aws:iam::000000000000:role/who", "arn:aws:iam::000000000000:role/admin"
TABLE, ID = Table("d", "t"), Columns("d", "t", frozenset({"id"}))


@pytest.fixture
def lake() -> Permissions:
    return Permissions("000000000000", Settings(frozenset({ADMIN}), frozenset(), (), ()))


def _request(
    resource: Resource, permissions: Iterable[str], grantable: Iterable[str] = (), to: str = WHO
) -> granting.Request:
    return granting.Request(to, resource, frozenset(permissions), frozenset(grantable))


@pytest.mark.parametrize(
    ("resource", "permission"),
    [
        (Catalog(), "CREATE_DATABASE"),
        (Database("d"), "CREATE_TABLE"),
        (TABLE, "INSERT"),
        (Table("d", EVERY_TABLE), "ALL"),
        (ID, "SELECT"),
        (Filter("d", "t", "f"), "DROP"),
        (Location("arn:aws:s3:::b"), "DATA_LOCATION_ACCESS"),
        (Tag("k", frozenset({"v"})), "ASSOCIATE"),
        (TagPolicy("DATABASE", frozenset()), "CREATE_TABLE"),
        (TagPolicy("TABLE", frozenset()), "SELECT"),
    ],
)
def test_permission_that_fits_is_granted(lake: Permissions, resource: Resource, permission: str) -> None:
    granting.check(lake, _request(resource, [permission]))


@pytest.mark.parametrize(
    ("resource", "permission"),
    [
        (Catalog(), "SELECT"),
        (Database("d"), "INSERT"),
        (TABLE, "CREATE_TABLE"),
        (ID, "DESCRIBE"),
        (Filter("d", "t", "f"), "INSERT"),
        (TagPolicy("DATABASE", frozenset()), "SELECT"),
        (TagPolicy("TABLE", frozenset()), "CREATE_TABLE"),
    ],
)
def test_permission_that_does_not_fit_is_refused(
    lake: Permissions, resource: Resource, permission: str
) -> None:
    with pytest.raises(LakeFormationError, match="Permissions modification is invalid"):
        granting.check(lake, _request(resource, [permission]))


def test_nothing_is_no_grant(lake: Permissions) -> None:
    with pytest.raises(LakeFormationError, match="none given"):
        granting.check(lake, _request(TABLE, []))


def test_right_to_grant_is_of_what_is_granted(lake: Permissions) -> None:
    granting.check(lake, _request(TABLE, ["ALL"], ["SELECT"]))
    with pytest.raises(LakeFormationError, match="must be among Permissions"):
        granting.check(lake, _request(TABLE, ["SELECT"], ["INSERT"]))


def test_every_table_is_not_granted_to_whoever_iam_allows(lake: Permissions) -> None:
    granting.check(lake, _request(TABLE, ["ALL"], to=IAM_ALLOWED_PRINCIPALS))
    with pytest.raises(LakeFormationError, match="wildcard"):
        granting.check(lake, _request(Table("d", EVERY_TABLE), ["ALL"], to=IAM_ALLOWED_PRINCIPALS))


@pytest.mark.parametrize("name", ["t", EVERY_TABLE])
def test_writing_and_a_part_of_the_columns_exclude_each_other(lake: Permissions, name: str) -> None:
    lake.grants.grant(WHO, ID, ["SELECT"])
    granting.check(lake, _request(Table("d", name), ["SELECT", "DESCRIBE"]))
    granting.check(lake, _request(Table("d", "other"), ["INSERT"]))
    with pytest.raises(LakeFormationError, match="cannot hold INSERT"):
        granting.check(lake, _request(Table("d", name), ["INSERT"]))


def test_partition_columns_are_not_excluded(lake: Permissions) -> None:
    granting.check(lake, _request(ID, ["SELECT"]), ["id"])
    excluded = Columns("d", "t", frozenset({"id"}), excluded=True)
    granting.check(lake, _request(excluded, ["SELECT"]), ["day"])
    with pytest.raises(LakeFormationError, match="partition column id"):
        granting.check(lake, _request(excluded, ["SELECT"]), ["id"])


@pytest.mark.parametrize(
    ("held", "wanted", "allowed"),
    [
        (TABLE, TABLE, True),
        (TABLE, ID, True),
        (TABLE, Filter("d", "t", "f"), True),
        (Table("d", EVERY_TABLE), TABLE, True),
        (Table("d", EVERY_TABLE), Table("d", EVERY_TABLE), True),
        (ID, ID, True),
        (ID, TABLE, False),
        (ID, Filter("d", "t", "f"), False),
        (Table("d", "other"), TABLE, False),
    ],
)
def test_who_was_given_the_right_grants(
    lake: Permissions, held: Resource, wanted: Resource, allowed: bool
) -> None:
    lake.grants.grant(WHO, held, ["SELECT"], ["SELECT"])
    request = _request(wanted, ["SELECT"], to="somebody")
    granting.authorize(lake, ADMIN, request, ["id", "email"])
    if allowed:
        granting.authorize(lake, WHO, request, ["id", "email"])
    else:
        with pytest.raises(LakeFormationError, match="not authorized"):
            granting.authorize(lake, WHO, request, ["id", "email"])


def test_holder_without_the_right_grants_nothing(lake: Permissions) -> None:
    lake.grants.grant(WHO, TABLE, ["ALL"])
    with pytest.raises(LakeFormationError, match="not authorized"):
        granting.authorize(lake, WHO, _request(TABLE, ["SELECT"], to="somebody"), ["id"])


@pytest.mark.parametrize("made", [Database("d"), TABLE])
def test_who_made_a_thing_grants_it(lake: Permissions, made: Resource) -> None:
    lake.creators[made] = WHO
    granting.authorize(lake, WHO, _request(made, ["ALL"], ["DROP"], to="somebody"), ["id"])


@pytest.mark.parametrize(("values", "allowed"), [({"a"}, True), ({"a", "b"}, False)])
def test_right_on_some_values_of_a_tag_is_no_right_on_others(
    lake: Permissions, values: set[str], allowed: bool
) -> None:
    lake.grants.grant(WHO, Tag("k", frozenset({"a", "c"})), ["ASSOCIATE"], ["ASSOCIATE"])
    request = _request(Tag("k", frozenset(values)), ["ASSOCIATE"], to="somebody")
    if allowed:
        granting.authorize(lake, WHO, request)
    else:
        with pytest.raises(LakeFormationError, match="not authorized"):
            granting.authorize(lake, WHO, request)
