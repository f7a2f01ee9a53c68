"""Lake Formation as it will be when the templates are deployed into a new account."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.services.lakeformation.model import filters
from local.services.lakeformation.model.filters import CellsFilter
from local.services.lakeformation.model.grants import IAM_ALLOWED_PRINCIPALS
from local.services.lakeformation.model.locations import Registration
from local.services.lakeformation.model.permissions import Permissions
from local.services.lakeformation.model.resources import Columns, Database, Filter, Table, parse
from local.services.lakeformation.model.settings import Settings
from tools.access.tables import CatalogTable, governed
from tools.assembly.assembly import Assembly

Json = Mapping[str, Any]


def lake_formation(assembly: Assembly, tables: Iterable[CatalogTable]) -> Permissions:
    """Return the state of Lake Formation that the resources of an assembly lead to."""
    lake = Permissions(assembly.stacks[0].account, _settings(assembly))
    for database in assembly.of("AWS::Glue::Database"):
        lake.add_database(database.name)
    for table in tables:
        lake.add_table(table.database, table.name)
    for location in assembly.of("AWS::LakeFormation::Resource"):
        lake.locations.register(_registration(location.properties))
    for tag in assembly.of("AWS::LakeFormation::Tag"):
        lake.tags.create(tag.properties["TagKey"], tag.properties["TagValues"])
    _govern(lake, assembly)
    for table in tables:
        if table.owner:
            _link(lake, table)
    _grant(lake, assembly)
    return lake


def _settings(assembly: Assembly) -> Settings:
    """Settings of a new account, which opens all tables to IAM until something empties the defaults."""
    admins = frozenset(
        admin["DataLakePrincipalIdentifier"]
        for each in assembly.of("AWS::LakeFormation::DataLakeSettings")
        for admin in each.properties.get("Admins", [])
    )
    if any(assembly.of("Custom::DataLakeDefaults")):
        return Settings(admins, database_defaults=(), table_defaults=())
    return Settings(admins)


def _registration(properties: Json) -> Registration:
    hybrid = str(properties.get("HybridAccessEnabled", False)).lower() == "true"
    return Registration(properties["ResourceArn"].rstrip("/"), properties.get("RoleArn", ""), hybrid)


def _govern(lake: Permissions, assembly: Assembly) -> None:
    for document, properties in governed(assembly):
        database, name = document["Database"], document.get("Table")
        resource = Table(database, name) if name else Database(database)
        for key, value in document.get("Tags", {}).items():
            lake.tags.attach(resource, key, value)
        for column, tags in document.get("Columns", {}).items():
            for key, value in tags.items():
                lake.tags.attach(Columns(database, str(name), frozenset({column})), key, value)
        if (
            properties["Access"] == "closed"
            and lake.grants.held(IAM_ALLOWED_PRINCIPALS, resource).permissions
        ):
            lake.grants.revoke(IAM_ALLOWED_PRINCIPALS, resource, ["ALL"])
        if properties["Access"] == "opt-in":
            lake.opt_ins |= {(persona, resource) for persona in properties["Personas"]}


def _link(lake: Permissions, table: CatalogTable) -> None:
    """Have the filter that another account grants, which is on the table of that name there."""
    columns = Columns(table.database, table.name, frozenset(table.columns))
    cells = CellsFilter(table.shared["filter"], columns, table.shared.get("rows"))
    lake.filters[Filter(table.database, table.name, cells.name)] = cells


def _grant(lake: Permissions, assembly: Assembly) -> None:
    for each in assembly.of("AWS::LakeFormation::DataCellsFilter"):
        key, cells = filters.parse(each.properties)
        lake.filters[key] = cells
    for given in _grants(assembly):
        principal = given["Principal"]["DataLakePrincipalIdentifier"]
        resource = parse({kind: value for kind, value in given["Resource"].items() if value is not None})
        lake.grants.grant(
            principal, resource, given["Permissions"], given.get("PermissionsWithGrantOption", [])
        )


def _grants(assembly: Assembly) -> Iterator[Json]:
    yield from (each.properties for each in assembly.of("AWS::LakeFormation::PrincipalPermissions"))
