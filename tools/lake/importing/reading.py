"""Tells what kind of document a file is by its content, and reads the tables that it describes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from config.document import Document, read
from config.faults import Fault, InvalidInputError
from tools.lake.importing.described import Described, Json, refusal
from tools.lake.importing.formats import avro, dbt, json_schema, odcs

GLUE = "glue:"
"""Begins the name of a table of the Glue Data Catalog, `glue:DATABASE.TABLE`."""

_ALLOWED = (
    "an ODCS 3.x document, a JSON Schema, an Avro schema, a dbt properties file, or glue:DATABASE.TABLE"
)

_Reader = Callable[[Any, str], list[Described]]


def read_tables(source: str) -> list[Described]:
    """Return the tables that a document describes; at least one.

    Args:
        source: Path of a file, or `glue:DATABASE.TABLE`.

    Raises:
        InvalidInputError: It is of no kind that can be read, or too little of it; holds every fault.
    """
    if source.startswith(GLUE):
        from tools.lake.importing.formats.glue import read_glue  # noqa: PLC0415 (asks AWS)

        tables = read_glue(source)
    else:
        content = _content(Path(source))
        tables = _reader(content, source)(content, source)
    faults = [fault for table in tables for fault in _faults(table)]
    if not tables:
        faults.append(Fault(source, "document", "no table", "at least one", "take one that has a table"))
    if faults:
        raise InvalidInputError(faults)
    return tables


def _content(path: Path) -> Any:
    """Return what a YAML or JSON file holds; a list where it is one."""
    try:
        if path.read_text(encoding="utf-8-sig").lstrip().startswith("["):
            return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        document: Document = read(path, path.parent)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        got = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise refusal(str(path), "file", got, _ALLOWED, "name a file that can be read") from error
    return document.data


def _reader(content: Any, source: str) -> _Reader:
    if isinstance(content, dict):
        if "dataContractSpecification" in content:
            fix = "convert it: datacontract export odcs FILE"
            got = "a document of the Data Contract Specification"
            raise refusal(source, "dataContractSpecification", got, _ALLOWED, fix)
        if content.get("kind") == "DataContract" or str(content.get("apiVersion", "")).startswith(
            ("v2", "v3")
        ):
            return odcs.read_odcs
        if any(isinstance(content.get(key), list) for key in dbt.SECTIONS):
            return dbt.read_dbt
        if content.get("type") == "record" and isinstance(content.get("fields"), list):
            return avro.read_avro
        if "$schema" in content or "properties" in content or "$ref" in content:
            return json_schema.read_json_schema
    if isinstance(content, list) and any(
        isinstance(each, dict) and each.get("type") == "record" for each in content
    ):
        return avro.read_avro
    got = (
        f"keys {', '.join(map(str, [*content][:5]))}" if isinstance(content, dict) else type(content).__name__
    )
    raise refusal(source, "document", got, _ALLOWED, "name a document of one of these kinds")


def _faults(table: Described) -> Iterator[Fault]:
    """Find what no contract can be made of."""
    name = table.table.get("name")
    if not isinstance(name, str) or not name.strip():
        yield Fault(table.where, "schema", f"a table of name {name!r}", "a name", "name it")
    if not table.table.get("properties"):
        got = f"table {name} without columns"
        yield Fault(table.where, f"{name}.properties", got, "at least one column", "list its columns")
    yield from _nameless(table.table, str(name), table.where)


def _nameless(node: Json, place: str, where: str) -> Iterator[Fault]:
    """Find columns and members that have no name, at any depth."""
    for at, part in enumerate(node.get("properties") or []):
        name = part.get("name")
        if not isinstance(name, str) or not name.strip():
            yield Fault(where, f"{place}.properties[{at}]", f"a name of {name!r}", "a name", "name it")
        yield from _nameless(part, f"{place}.{name}", where)
    for key, inner in (("items", node.get("items")), *(node.get("map") or {}).items()):
        if isinstance(inner, dict):
            yield from _nameless(inner, f"{place}.{key}", where)
