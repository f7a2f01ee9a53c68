import pytest

from local.services.lakeformation.model.errors import LakeFormationError
from local.services.lakeformation.model.grants import Grants, Held
from local.services.lakeformation.model.resources import Columns, Database, Table

WHO, TABLE = "arn:aws:iam::000000000000:role/analyst", Table("d", "t")


def _columns(*names: str, excluded: bool = False) -> Columns:
    return Columns("d", "t", frozenset(names), excluded)


def test_grants_add_up() -> None:
    grants = Grants()
    grants.grant(WHO, TABLE, ["SELECT"])
    grants.grant(WHO, TABLE, ["INSERT"], ["DROP"])
    assert grants.held(WHO, TABLE) == Held(frozenset({"SELECT", "INSERT", "DROP"}), frozenset({"DROP"}))


def test_part_of_all_can_be_revoked() -> None:
    grants = Grants()
    grants.grant(WHO, Database("d"), ["ALL"], ["ALL"])
    grants.revoke(WHO, Database("d"), ["DROP"])
    rest = frozenset({"ALTER", "CREATE_TABLE", "DESCRIBE"})
    assert grants.held(WHO, Database("d")) == Held(rest, rest)


def test_right_to_grant_can_be_revoked_alone() -> None:
    grants = Grants()
    grants.grant(WHO, TABLE, ["ALL"], ["SELECT", "DROP"])
    grants.revoke(WHO, TABLE, [], ["SELECT"])
    assert grants.held(WHO, TABLE) == Held(frozenset({"ALL"}), frozenset({"DROP"}))


def test_what_is_not_held_cannot_be_revoked_and_nothing_changes() -> None:
    grants = Grants()
    grants.grant(WHO, TABLE, ["SELECT"])
    with pytest.raises(LakeFormationError, match="Grantee does not have: INSERT"):
        grants.revoke(WHO, TABLE, ["SELECT", "INSERT"])
    assert grants.held(WHO, TABLE).permissions == {"SELECT"}


def test_included_columns_are_united_and_revoked_one_by_one() -> None:
    grants = Grants()
    grants.grant(WHO, _columns("id"), ["SELECT"])
    grants.grant(WHO, _columns("region", "email"), ["SELECT"])
    assert [each.resource for each in grants.all()] == [_columns("id", "region", "email")]
    assert grants.held(WHO, _columns("id", "email")).permissions == {"SELECT"}
    assert not grants.held(WHO, _columns("id", "amount")).permissions
    grants.revoke(WHO, _columns("region"), ["SELECT"])
    assert [each.resource for each in grants.all()] == [_columns("id", "email")]


def test_lists_of_excluded_columns_stay_apart() -> None:
    grants = Grants()
    grants.grant(WHO, _columns("id", excluded=True), ["SELECT"])
    grants.grant(WHO, _columns("email", excluded=True), ["SELECT"])
    assert len(grants.all()) == 2


def test_grants_reach_the_principals_that_are_asked_for() -> None:
    grants = Grants()
    grants.grant(WHO, TABLE, ["SELECT"])
    grants.grant("somebody", TABLE, ["INSERT"])
    assert [each.principal for each in grants.of([WHO, "nobody"])] == [WHO]
