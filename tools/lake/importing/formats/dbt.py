"""Properties files of dbt (`schema.yml`), https://docs.getdbt.com/reference/configs-and-properties."""

from collections.abc import Iterator
from typing import Any

from tools.lake.importing.described import Described, Json
from tools.lake.importing.formats.forms import DBT, check_form

SECTIONS = ("models", "sources", "seeds", "snapshots")
"""Keys of a file that describe tables."""


def read_dbt(content: Json, where: str) -> list[Described]:
    """Return a table for each model, seed, snapshot and table of a source that names columns.

    Raises:
        InvalidInputError: It is no properties file.
    """
    check_form(content, DBT, where)
    return [_table(each, where) for each in _tables(content) if each.get("columns")]


def _tables(content: Json) -> Iterator[Json]:
    for section in SECTIONS:
        for each in content.get(section) or []:
            yield from each.get("tables") or [] if section == "sources" else [each]


def _table(model: Json, where: str) -> Described:
    checks, omitted = [], [f"{name}: dbt's test of the table" for name, _ in _tests(model)]
    properties = []
    unique: set[str] = set()
    for each in model["columns"]:
        part, untaken = _column(each)
        properties.append(part)
        omitted += untaken
    for constraint in model.get("constraints") or []:
        if constraint.get("type") == "primary_key":
            unique |= set(constraint.get("columns") or [])
    for part in properties:
        if part["name"] in unique:
            part["primaryKey"] = True
    if any("physicalType" not in part for part in properties):
        checks.append("dbt names no `data_type` of some columns; they are texts until you say otherwise")
    table: Json = {"name": str(model.get("name") or ""), "properties": properties}
    if model.get("description"):
        table["description"] = model["description"]
    return Described(where, {}, table, None, tuple(checks), (), tuple(omitted))


_CONSTRAINTS = {"primary_key": "primaryKey", "not_null": "required", "unique": "unique"}
_TESTS = {"not_null": "required", "unique": "unique"}


def _column(column: Json) -> tuple[Json, list[str]]:
    """Return a column as a property, and what dbt tests of it that no contract says."""
    part: Json = {"name": column.get("name")}
    untaken = []
    if column.get("data_type"):
        part["physicalType"] = str(column["data_type"])
    if column.get("description"):
        part["description"] = column["description"]
    constraints = [_CONSTRAINTS.get(str(each.get("type"))) for each in column.get("constraints") or []]
    part |= {key: True for key in constraints if key}
    for name, arguments in _tests(column):
        found = {_TESTS[name]: True} if name in _TESTS else _rule(name, arguments)
        part |= found
        untaken += [] if found else [f"{part['name']}: dbt's test {name}"]
    return part, untaken


def _rule(name: str, arguments: Json) -> Json:
    values = arguments.get("values")
    if name == "accepted_values" and values and all(isinstance(each, str) for each in values):
        return {"enum": [{"value": each} for each in values]}
    if name == "relationships" and "to" in arguments and "field" in arguments:
        return {"relationships": [{"to": f"{_referred(arguments['to'])}.{arguments['field']}"}]}
    return {}


def _tests(holder: Json) -> Iterator[tuple[str, Json]]:
    """Yield the tests of a model or column, each with its arguments."""
    for test in [*(holder.get("tests") or []), *(holder.get("data_tests") or [])]:
        if isinstance(test, str):
            yield test, {}
        elif isinstance(test, dict) and test:
            name, arguments = next(iter(test.items()))
            found: Json = dict(arguments) if isinstance(arguments, dict) else {}
            yield str(name), {**found, **(found.get("arguments") or {})}


def _referred(to: Any) -> str:
    """Return the name in `ref('customers')` or `source('shop', 'customers')`."""
    return str(to).rstrip(" )").rpartition("(")[2].split(",")[-1].strip(" '\"")
