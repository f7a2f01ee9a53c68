"""What another account, and its people, hold of a catalog."""

import pytest

from local.services.lakeformation.model import granting
from local.services.lakeformation.model.errors import LakeFormationError
from local.services.lakeformation.model.filters import CellsFilter
from local.services.lakeformation.model.grants import IAM_ALLOWED_PRINCIPALS
from local.services.lakeformation.model.permissions import Permissions
from local.services.lakeformation.model.resources import Catalog, Columns, Database, Filter, Table
from local.services.lakeformation.model.settings import Settings
from local.services.lakeformation.model.shares import Shares, account_of

OWNER, READER = "111122223333", "444455556666"
PERSON = f"arn:aws:iam::{READER}:role/analyst"
TABLE, SHARED = Table("d", "t"), Filter("d", "t", "f")
SELECT = frozenset({"SELECT"})


@pytest.fixture
def lake() -> Permissions:
    """A table with a filter that shows one column."""
    made = Permissions(OWNER, Settings(database_defaults=(), table_defaults=()))
    made.add_database("d")
    made.add_table("d", "t")
    made.filters[SHARED] = CellsFilter("f", Columns("d", "t", frozenset({"id"})), "id > 1")
    return made


def seen(lake: Permissions, principal: str) -> dict[str, frozenset[str | None]]:
    return dict(lake.evaluate(principal, "d", "t", ["id", "email"]).cells)


def test_people_of_an_account_hold_what_it_may_pass_on_for_as_long_as_it_may(lake: Permissions) -> None:
    lake.grants.grant(PERSON, SHARED, SELECT)
    assert seen(lake, PERSON) == {}
    lake.grants.grant(READER, SHARED, SELECT)
    assert seen(lake, PERSON) == {}
    lake.grants.grant(READER, SHARED, SELECT, SELECT)
    assert seen(lake, PERSON) == {"id": frozenset({"id > 1"})} == seen(lake, READER)
    lake.withdraw()
    assert seen(lake, PERSON)
    lake.grants.revoke(READER, SHARED, SELECT)
    lake.withdraw()
    lake.grants.grant(READER, SHARED, SELECT, SELECT)
    assert seen(lake, PERSON) == {}


def test_what_all_principals_of_the_account_hold_another_one_does_not(lake: Permissions) -> None:
    lake.grants.grant(f"{OWNER}:IAMPrincipals", TABLE, SELECT)
    assert seen(lake, f"arn:aws:iam::{OWNER}:role/own")
    assert seen(lake, PERSON) == seen(lake, READER) == {}


def test_what_is_left_to_iam_is_refused_to_another_account(lake: Permissions) -> None:
    for resource in (TABLE, Database("d")):
        lake.grants.grant(IAM_ALLOWED_PRINCIPALS, resource, ["ALL"])
    access, database = lake.evaluate(PERSON, "d", "t", ["id"]), lake.evaluate_database(PERSON, "d")
    assert (access.enforced, access.describe) == (database.enforced, database.describe) == (True, False)


@pytest.mark.parametrize(
    ("resource", "permission", "told"),
    [(TABLE, "ALL", "Super is not available"), (Catalog(), "CREATE_DATABASE", "Sharing Catalog")],
)
def test_what_accounts_do_not_share_is_refused(
    lake: Permissions, resource: Table | Catalog, permission: str, told: str
) -> None:
    with pytest.raises(LakeFormationError, match=told):
        granting.check(lake, granting.Request(READER, resource, frozenset({permission})))


def test_share_is_reached_once_it_was_accepted_and_ends_with_what_it_holds() -> None:
    shares = Shares()
    shares.sync(OWNER, "r", {READER: ["a"]})
    [share] = shares.received(READER, "r")
    assert not shares.reach(OWNER, READER, "r")
    share.status = "ACCEPTED"
    shares.sync(OWNER, "r", {READER: ["a", "b"]})
    assert shares.reach(OWNER, READER, "r")
    assert share.resources == {"a", "b"}
    assert not shares.reach(OWNER, READER, "another")
    shares.sync(OWNER, "r", {})
    shares.sync(OWNER, "r", {READER: ["a"]})
    assert not shares.reach(OWNER, READER, "r")
    assert [each.arn for each in shares.owned(OWNER, "r")] != [share.arn]


@pytest.mark.parametrize(
    ("principal", "account"),
    [(READER, READER), (PERSON, READER), (IAM_ALLOWED_PRINCIPALS, ""), (f"{OWNER}:IAMPrincipals", "")],
)
def test_account_of_a_principal_is_told(principal: str, account: str) -> None:
    assert account_of(principal) == account
