from typing import Any

import pytest

from local.services.lakeformation.model.errors import LakeFormationError
from local.services.lakeformation.model.settings import OPEN, Settings, appended, parse, shape

OPEN_SHAPE = [
    {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}
]


def _admins(*names: str) -> list[dict[str, str]]:
    return [{"DataLakePrincipalIdentifier": name} for name in names]


def test_put_settings_replace_all_there_were() -> None:
    found = parse({"DataLakeAdmins": _admins("a", "b")})
    assert found == Settings(frozenset({"a", "b"}), frozenset(), (), ())


def test_settings_are_read_and_written_alike() -> None:
    written = {
        "DataLakeAdmins": _admins("a"),
        "ReadOnlyAdmins": _admins("r"),
        "CreateDatabaseDefaultPermissions": OPEN_SHAPE,
        "CreateTableDefaultPermissions": [],
        "Parameters": {"CROSS_ACCOUNT_VERSION": "4"},
        "TrustedResourceOwners": ["111122223333"],
        "AllowExternalDataFiltering": True,
        "AllowFullTableExternalDataAccess": True,
    }
    assert shape(parse(written)) == written


def test_old_name_of_whoever_iam_allows_is_understood() -> None:
    everyone = [{"Principal": {"DataLakePrincipalIdentifier": "EVERYONE"}, "Permissions": ["ALL"]}]
    assert parse({"CreateTableDefaultPermissions": everyone}).table_defaults == OPEN


@pytest.mark.parametrize(
    "written",
    [
        {"CreateTableDefaultPermissions": [{**OPEN_SHAPE[0], "Principal": _admins("x")[0]}]},
        {"CreateDatabaseDefaultPermissions": [{**OPEN_SHAPE[0], "Permissions": ["SELECT"]}]},
        {"Parameters": {"CROSS_ACCOUNT_VERSION": "6"}},
    ],
)
def test_other_defaults_and_versions_are_refused(written: dict[str, Any]) -> None:
    with pytest.raises(LakeFormationError):
        parse(written)


def test_appended_settings_evict_nobody_and_clear_nothing() -> None:
    before = Settings(frozenset({"a"}), frozenset({"r"}))
    after = appended(before, {"DataLakeAdmins": _admins("b"), "CreateTableDefaultPermissions": []})
    assert (after.admins, after.read_only_admins) == (frozenset({"a", "b"}), frozenset({"r"}))
    assert (after.database_defaults, after.table_defaults) == (OPEN, OPEN)
