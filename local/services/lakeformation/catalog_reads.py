"""What reading Glue's Data Catalog needs by Lake Formation.

What is not in the catalog is let through: Glue tells so.
"""

from collections.abc import Iterable

from local.services.lakeformation import lake as catalog
from local.services.lakeformation.lake import Lake
from local.services.lakeformation.model.access import Access
from local.services.lakeformation.model.errors import lacking


def access_of(lake: Lake, caller: str, database: str, name: str) -> Access | None:
    """What the caller may do with a table; None if there is none, of which Glue tells.

    Raises:
        LakeFormationError: The caller may not see it.
    """
    table = catalog.table(database, name)
    if table is None:
        return None
    access = lake.access(caller, table)
    if not access.describe:
        raise lacking("DESCRIBE", name)
    return access


def require_whole(access: Access | None, name: str, columns: Iterable[str]) -> None:
    """Refuse who sees a part of some columns: statistics tell the least and greatest value, whoever's it is.

    Raises:
        LakeFormationError: The caller does.
    """
    if access and not (access.select and access.whole(column.lower() for column in columns)):
        raise lacking("SELECT", name)


def require_database(lake: Lake, caller: str, name: str) -> None:
    """Refuse who may not describe a database.

    Raises:
        LakeFormationError: The caller may not.
    """
    database = catalog.database(name)
    if database and not lake.database_access(caller, database).describe:
        raise lacking("DESCRIBE", name)
