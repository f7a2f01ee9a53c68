"""The table that a template asks for."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from shared.errors import TerminalError

Json = dict[str, Any]

_TEXTS = ("Database", "Table", "Location")
_DOCUMENTS = ("Schema", "PartitionSpec", "Properties")
_DOC_MAX = 255
"""Longest comment of a column, on one line:
https://docs.aws.amazon.com/glue/latest/webapi/API_IcebergStructField.html"""

FORMAT_VERSION = "format-version"


@dataclass(frozen=True)
class Wanted:
    """One Iceberg table, in the terms of the Iceberg specification."""

    database: str
    table: str
    location: str
    """S3 URI without a slash at its end."""
    schema: Json
    """Its field ids hold only within this request; an existing table keeps its own."""
    partition_spec: Json
    properties: Mapping[str, str]
    """Table properties without the format version; the description is the property `comment`."""
    format_version: str

    @property
    def physical_id(self) -> str:
        """Id of the custom resource."""
        return f"{self.database}.{self.table}"

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> Self:
        """Read the resource's properties.

        Raises:
            TerminalError: They are incomplete or malformed; the message names every fault.
        """
        faults = [f"{name}: got nothing; allowed: text" for name in _TEXTS if not properties.get(name)]
        documents = {}
        for name in _DOCUMENTS:
            try:
                documents[name] = json.loads(properties[name])
            except (KeyError, TypeError, ValueError) as error:
                faults.append(f"{name}: got {error!r}; allowed: a JSON document")
        if not faults:
            faults = list(_structure_faults(documents["Schema"], documents["PartitionSpec"]))
        if faults:
            raise TerminalError("; ".join(faults) + "; fix: deploy what the lake's own code synthesizes")
        table_properties = {**documents["Properties"]}
        if description := " ".join(str(properties.get("Description") or "").split()):
            table_properties["comment"] = description
        return cls(
            database=properties["Database"],
            table=properties["Table"],
            location=properties["Location"].rstrip("/"),
            schema={
                **documents["Schema"],
                "fields": [_short(field) for field in documents["Schema"]["fields"]],
            },
            partition_spec=documents["PartitionSpec"],
            format_version=table_properties.pop(FORMAT_VERSION, "2"),
            properties=table_properties,
        )


def _structure_faults(schema: Json, spec: Json) -> Iterator[str]:
    try:
        columns = {field["id"] for field in schema["fields"] if {"name", "type", "required"} <= field.keys()}
        named = {*schema.get("identifier-field-ids", ()), *(field["source-id"] for field in spec["fields"])}
    except (KeyError, TypeError, AttributeError) as error:
        yield f"Schema or PartitionSpec: lacks {error}"
        return
    if len(columns) != len(schema["fields"]):
        yield "Schema: got a column without name, type or required, or two with one id"
    if unknown := named - columns:
        yield f"Schema or PartitionSpec: got column ids {sorted(unknown)} that no column has"


def _short(field: Json) -> Json:
    doc = " ".join((field.get("doc") or "").split())
    doc = doc.encode()[:_DOC_MAX].decode(errors="ignore")
    return {**{key: value for key, value in field.items() if key != "doc"}, **({"doc": doc} if doc else {})}
