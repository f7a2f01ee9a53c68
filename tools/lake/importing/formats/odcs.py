"""Documents of the Open Data Contract Standard, versions 3.x, whoever wrote them."""

from typing import Any

from tools.lake.importing.described import Described, Json, refusal
from tools.lake.importing.physical_types import dialect_of

_LISTS = {
    "customProperties", "quality", "relationships", "enum", "properties", "roles", "servers",
    "slaProperties", "support", "authoritativeDefinitions", "synonyms", "members", "tags", "examples",
}  # fmt: skip
_LISTS_OF_TEXTS = {"tags", "examples", "transformSourceObjects"}
_MAPPINGS = {"logicalTypeOptions", "items", "map", "price"}


def read_odcs(content: Json, where: str) -> list[Described]:
    """Return the tables of a document.

    Raises:
        InvalidInputError: It is of another version, or describes no table.
    """
    version = str(content.get("apiVersion", "v3.0.2"))
    if not version.startswith("v3."):
        fix = "convert it to version 3"
        raise refusal(where, "apiVersion", version, "v3.0.x, v3.1.0, v3.2.0", fix)
    omitted: list[str] = []
    formed: Json = _formed(content, "", omitted)
    schema = formed.pop("schema", None)
    if not (schema and isinstance(schema, list) and all(isinstance(each, dict) for each in schema)):
        raise refusal(where, "schema", schema or "nothing", "a list of tables", "add the tables")
    kinds = {dialect_of(each.get("type")) for each in formed.get("servers", [])}
    [dialect] = kinds if len(kinds) == 1 else [None]
    return [Described(where, formed, table, dialect, omitted=tuple(omitted)) for table in schema]


def _formed(node: Any, place: str, omitted: list[str]) -> Any:
    """Return a part of a document without keys of no value, and without values of a form that none may have.

    What is dropped for its form is noted, so that one such value hides nothing of what stands beside it.
    """
    if isinstance(node, list):
        return [_formed(each, f"{place}[{at}]", omitted) for at, each in enumerate(node)]
    if not isinstance(node, dict):
        return node
    found = {}
    for key, value in node.items():
        if value is None and key != "value":
            continue
        here = f"{place}.{key}".removeprefix(".")
        if value is not None and not _has_form(str(key), value):
            omitted.append(f"{here}: got {type(value).__name__}; allowed: {_form(str(key))}")
            continue
        found[key] = _formed(value, here, omitted)
    return found


def _has_form(key: str, value: Any) -> bool:
    if key in _MAPPINGS:
        return isinstance(value, dict)
    if key not in _LISTS:
        return True
    texts = key in _LISTS_OF_TEXTS
    return isinstance(value, list) and (texts or all(isinstance(each, dict) for each in value))


def _form(key: str) -> str:
    return "a mapping" if key in _MAPPINGS else "a list of mappings"
