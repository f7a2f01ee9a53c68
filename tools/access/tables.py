"""The tables that templates make, with their columns and where their files are."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.assembly.assembly import Assembly, Resource


@dataclass(frozen=True)
class CatalogTable:
    """A table of the Glue Data Catalog."""

    database: str
    name: str
    location: str
    """`s3://` address, without a slash at its end."""
    columns: tuple[str, ...]
    """Partition keys included."""

    def __str__(self) -> str:
        """`database.table`."""
        return f"{self.database}.{self.name}"


def tables(assembly: Assembly) -> list[CatalogTable]:
    """Return every table of the templates, sorted by its name."""
    found = [
        *map(_glue, assembly.of("AWS::Glue::Table")),
        *map(_iceberg, assembly.of("Custom::IcebergTable")),
    ]
    return sorted(found, key=str)


def _glue(resource: Resource) -> CatalogTable:
    table: Mapping[str, Any] = resource.properties["TableInput"]
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
