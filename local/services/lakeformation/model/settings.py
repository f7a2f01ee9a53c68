"""The settings of a data lake: administrators, and what new databases and tables start with.

https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_DataLakeSettings.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from local.services.lakeformation.model.errors import invalid
from local.services.lakeformation.model.grants import IAM_ALLOWED_PRINCIPALS

OPEN = ((IAM_ALLOWED_PRINCIPALS, frozenset({"ALL"})),)
"""What a new account gives on all that is made: Super to whoever IAM allows."""

_FLAGS = ("AllowExternalDataFiltering", "AllowFullTableExternalDataAccess")
_DECIDING = (
    "DataLakeAdmins",
    "ReadOnlyAdmins",
    "CreateDatabaseDefaultPermissions",
    "CreateTableDefaultPermissions",
)
_VERSIONS = ("1", "2", "3", "4", "5")

Defaults = tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True)
class Settings:
    """Settings, with what decides by its own name and the rest as it was put.

    Attributes:
        admins: ARNs of the administrators.
        read_only_admins: ARNs of those who see everything and change nothing.
        database_defaults: Who gets which permissions on a new database.
        table_defaults: Who gets which permissions on a new table.
        others: Members of the API's shape that decide nothing here.
    """

    admins: frozenset[str] = frozenset()
    read_only_admins: frozenset[str] = frozenset()
    database_defaults: Defaults = OPEN
    table_defaults: Defaults = OPEN
    others: tuple[tuple[str, Any], ...] = ()


def parse(shape: Mapping[str, Any]) -> Settings:
    """The settings that replace all there were, as `PutDataLakeSettings` takes them.

    Raises:
        LakeFormationError: A default is neither empty nor ALL to `IAM_ALLOWED_PRINCIPALS`, or the version of
            sharing is unknown.
    """
    parameters = shape.get("Parameters", {})
    if parameters.get("CROSS_ACCOUNT_VERSION", "1") not in _VERSIONS:
        raise invalid(f"CROSS_ACCOUNT_VERSION must be one of {', '.join(_VERSIONS)}")
    others = {name: value for name, value in shape.items() if name not in _DECIDING}
    return Settings(
        _principals(shape.get("DataLakeAdmins", [])),
        _principals(shape.get("ReadOnlyAdmins", [])),
        _defaults(shape.get("CreateDatabaseDefaultPermissions", [])),
        _defaults(shape.get("CreateTableDefaultPermissions", [])),
        tuple(sorted(others.items())),
    )


def shape(settings: Settings) -> dict[str, Any]:
    """Settings as `GetDataLakeSettings` returns them."""
    others = {"Parameters": {"CROSS_ACCOUNT_VERSION": "1"}, "TrustedResourceOwners": []}
    return {
        **others,
        **dict.fromkeys(_FLAGS, False),
        **dict(settings.others),
        "DataLakeAdmins": _listed(settings.admins),
        "ReadOnlyAdmins": _listed(settings.read_only_admins),
        "CreateDatabaseDefaultPermissions": _grants(settings.database_defaults),
        "CreateTableDefaultPermissions": _grants(settings.table_defaults),
    }


def appended(before: Settings, added: Mapping[str, Any]) -> Settings:
    """Settings after CloudFormation's `MutationType: APPEND`: no administrator is lost.

    Empty default permissions are ignored, as in CloudFormation: they cannot be cleared this way.
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2197
    """
    now = shape(before)
    given = {name: value for name, value in added.items() if value not in ([], {}, None)}
    found = parse({**now, **given})
    return replace(
        found,
        admins=before.admins | found.admins,
        read_only_admins=before.read_only_admins | found.read_only_admins,
    )


def evicted(before: Settings) -> Settings:
    """Settings without administrators, onto which CloudFormation's `MutationType: REPLACE` puts its own."""
    return replace(before, admins=frozenset(), read_only_admins=frozenset())


def _principals(listed: list[Mapping[str, str]]) -> frozenset[str]:
    return frozenset(each["DataLakePrincipalIdentifier"] for each in listed)


def _listed(principals: frozenset[str]) -> list[dict[str, str]]:
    return [{"DataLakePrincipalIdentifier": each} for each in sorted(principals)]


def _defaults(listed: list[Mapping[str, Any]]) -> Defaults:
    found = tuple(
        (each["Principal"]["DataLakePrincipalIdentifier"], frozenset(each["Permissions"])) for each in listed
    )
    named = tuple((IAM_ALLOWED_PRINCIPALS if name == "EVERYONE" else name, held) for name, held in found)
    if named not in ((), OPEN):
        raise invalid(f"Default permissions must be empty, or ALL to {IAM_ALLOWED_PRINCIPALS}")
    return named


def _grants(defaults: Defaults) -> list[dict[str, Any]]:
    return [
        {"Principal": {"DataLakePrincipalIdentifier": principal}, "Permissions": sorted(held)}
        for principal, held in defaults
    ]
