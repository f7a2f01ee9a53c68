"""The tables that templates make, with their columns and where their files are."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from config.naming import SHARED_CELLS
from tools.assembly.assembly import Assembly, Resource


@dataclass(frozen=True)
class CatalogTable:
    """A table of the Glue Data Catalog."""

    database: str
    name: str
    location: str
    """`s3://` address, without a slash at its end."""
    columns: tuple[str, ...]
    """Partition keys included; of a link those that are shared."""
    owner: str = ""
    """The account to whose table of this name it is a link; empty: it is none."""
    shared: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Of a link, what is shared through it, as `config.naming.SHARED_CELLS` tells."""

    def __str__(self) -> str:
        """`database.table`."""
        return f"{self.database}.{self.name}"

    @property
    def title(self) -> str:
        """`database.table`, and whose it is if it is a link."""
        return f"{self} of {self.owner}" if self.owner else str(self)


def tables(assembly: Assembly) -> list[CatalogTable]:
    """Return every table of the templates, sorted by its name."""
    found = [
        *map(_glue, assembly.of("AWS::Glue::Table")),
        *map(_iceberg, assembly.of("Custom::IcebergTable")),
    ]
    return sorted(found, key=str)


def _glue(resource: Resource) -> CatalogTable:
    table: Mapping[str, Any] = resource.properties["TableInput"]
    if target := table.get("TargetTable"):
        shared = resource.stack.resources[resource.id]["Metadata"][SHARED_CELLS]
        names = resource.properties["DatabaseName"], table["Name"]
        return CatalogTable(*names, "", tuple(shared["columns"]), target["CatalogId"], shared)
    storage = table["StorageDescriptor"]
    columns = [*storage["Columns"], *table.get("PartitionKeys", [])]
    return CatalogTable(
        database=resource.properties["DatabaseName"],
        name=table["Name"],
        location=storage["Location"].rstrip("/"),
        columns=tuple(each["Name"] for each in columns),
    )


def _iceberg(resource: Resource) -> CatalogTable:
    given = resource.properties
    fields = json.loads(given["Schema"])["fields"]
    names = tuple(field["name"] for field in fields)
    return CatalogTable(given["Database"], given["Table"], given["Location"].rstrip("/"), names)


def governed(assembly: Assembly) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each database and table that is put under Lake Formation, and how its resource says so."""
    for resource in assembly.of("Custom::GovernedTables"):
        for document in json.loads(resource.properties["Governed"]):
            yield document, resource.properties
