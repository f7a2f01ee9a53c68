"""What permissions are granted on, and how requests and answers of the API write it.

https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_Resource.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.services.lakeformation.model.errors import invalid

Json = Mapping[str, Any]

EVERY_TABLE = "*"
"""Stands in `Table.name` for all tables of a database, those to come included: `TableWildcard`."""


@dataclass(frozen=True)
class Catalog:
    """The account's Data Catalog."""


@dataclass(frozen=True)
class Database:
    """A database."""

    name: str


@dataclass(frozen=True)
class Table:
    """A table, or with `EVERY_TABLE` all of a database."""

    database: str
    name: str


@dataclass(frozen=True)
class Columns:
    """Some columns of a table: these, or all but these."""

    database: str
    table: str
    names: frozenset[str]
    excluded: bool = False

    def among(self, columns: Iterable[str]) -> frozenset[str]:
        """Those of a table's columns that are meant."""
        return frozenset(name for name in columns if (name in self.names) != self.excluded)


@dataclass(frozen=True)
class Filter:
    """A data cells filter, by its name."""

    database: str
    table: str
    name: str


@dataclass(frozen=True)
class Location:
    """A path in S3, by its ARN."""

    arn: str


@dataclass(frozen=True)
class Tag:
    """Values of an LF-tag; `*` stands for all."""

    key: str
    values: frozenset[str]


@dataclass(frozen=True)
class TagPolicy:
    """Every database, or every table and column, whose tags an expression matches.

    Attributes:
        kind: `DATABASE` or `TABLE`.
        expression: Keys with their values: AND over keys, OR over values.
    """

    kind: str
    expression: frozenset[Tag]


Resource = Catalog | Database | Table | Columns | Filter | Location | Tag | TagPolicy


def parse(shape: Json) -> Resource:
    """The resource that a request's `Resource` means; names are lower case, as in the catalog.

    Raises:
        LakeFormationError: It names none or several, or one that makes no sense.
    """
    if len(shape) != 1:
        raise invalid(f"Resource must have exactly one member, it has: {', '.join(sorted(shape)) or 'none'}")
    [(kind, value)] = shape.items()
    if kind not in _PARSERS:
        raise invalid(f"Unsupported resource type: {kind}")
    return _PARSERS[kind](value)


def columns(value: Json) -> Columns:
    """Columns as `ColumnNames` or `ColumnWildcard` of a table or filter say them.

    Raises:
        LakeFormationError: Both are there, or neither.
    """
    names, wildcard = value.get("ColumnNames"), value.get("ColumnWildcard")
    if bool(names) == (wildcard is not None):
        raise invalid("Exactly one of ColumnNames and ColumnWildcard must be given")
    excluded = wildcard.get("ExcludedColumnNames") or [] if wildcard is not None else None
    meant = frozenset(name.lower() for name in (names or [] if excluded is None else excluded))
    table = value["Name"] if "TableName" not in value else value["TableName"]
    return Columns(value["DatabaseName"].lower(), table.lower(), meant, excluded is not None)


def _table(value: Json) -> Table:
    if ("Name" in value) == ("TableWildcard" in value):
        raise invalid("Exactly one of Name and TableWildcard must be given")
    name = EVERY_TABLE if "TableWildcard" in value else value["Name"].lower()
    return Table(value["DatabaseName"].lower(), name)


def _columns(value: Json) -> Table | Columns:
    found = columns(value)
    return Table(found.database, found.table) if found.excluded and not found.names else found


def data_cells_filter(value: Json) -> Filter:
    """The filter that its database, table and name mean.

    Raises:
        LakeFormationError: One of them is missing.
    """
    missing = [name for name in ("DatabaseName", "TableName", "Name") if not value.get(name)]
    if missing:
        raise invalid(f"DataCellsFilter lacks {', '.join(missing)}")
    return Filter(value["DatabaseName"].lower(), value["TableName"].lower(), value["Name"])


def _tag(value: Json) -> Tag:
    return Tag(value["TagKey"].lower(), frozenset(one.lower() for one in value["TagValues"]))


def _policy(value: Json) -> TagPolicy:
    if not value.get("Expression"):
        raise invalid("LFTagPolicy must have an Expression; saved expressions are not emulated")
    tags = [_tag(one) for one in value["Expression"]]
    if len({one.key for one in tags}) != len(tags):
        raise invalid("A key may be in an LF-tag expression once")
    return TagPolicy(value["ResourceType"], frozenset(tags))


_PARSERS: Mapping[str, Callable[[Json], Resource]] = {
    "Catalog": lambda _: Catalog(),
    "Database": lambda value: Database(value["Name"].lower()),
    "Table": _table,
    "TableWithColumns": _columns,
    "DataCellsFilter": data_cells_filter,
    "DataLocation": lambda value: Location(value["ResourceArn"].rstrip("/")),
    "LFTag": _tag,
    "LFTagPolicy": _policy,
}


def shape(resource: Resource, catalog: str) -> dict[str, Any]:
    """A resource as answers of the API write it, in the catalog of an account."""
    if isinstance(resource, Filter):
        place = {"TableCatalogId": catalog, "DatabaseName": resource.database, "TableName": resource.table}
        return {"DataCellsFilter": {**place, "Name": resource.name}}
    kind, members = _SHAPES[type(resource)]
    return {kind: {**({"CatalogId": catalog} if kind != "Catalog" else {}), **members(resource)}}


def _table_shape(table: Table) -> dict[str, Any]:
    named: Json = {"TableWildcard": {}} if table.name == EVERY_TABLE else {"Name": table.name}
    return {"DatabaseName": table.database, **named}


def _columns_shape(found: Columns) -> dict[str, Any]:
    names = sorted(found.names)
    meant = {"ColumnWildcard": {"ExcludedColumnNames": names}} if found.excluded else {"ColumnNames": names}
    return {"DatabaseName": found.database, "Name": found.table, **meant}


def _policy_shape(policy: TagPolicy) -> dict[str, Any]:
    tags = [_pair(one) for one in sorted(policy.expression, key=lambda tag: tag.key)]
    return {"ResourceType": policy.kind, "Expression": tags}


def _pair(tag: Tag) -> dict[str, Any]:
    return {"TagKey": tag.key, "TagValues": sorted(tag.values)}


_SHAPES: Mapping[type[Resource], tuple[str, Callable[[Any], Json]]] = {
    Catalog: ("Catalog", lambda _: {}),
    Database: ("Database", lambda found: {"Name": found.name}),
    Table: ("Table", _table_shape),
    Columns: ("TableWithColumns", _columns_shape),
    Location: ("DataLocation", lambda found: {"ResourceArn": found.arn}),
    Tag: ("LFTag", _pair),
    TagPolicy: ("LFTagPolicy", _policy_shape),
}
