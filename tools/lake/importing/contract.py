"""A contract that was adopted, and its YAML."""

from dataclasses import dataclass, field
from textwrap import indent

from config.faults import Fault
from tools.lake.drafts.names import column_names, snake_case
from tools.lake.drafts.yaml_text import Inline, comments, one_line, yaml_text
from tools.lake.importing.columns import Columns
from tools.lake.importing.described import Described, Json, Noted
from tools.lake.importing.head import Wanted, custom_properties, head
from tools.lake.importing.keys import set_key, set_partition
from tools.lake.importing.rules import set_rules


@dataclass
class Contract:
    """One contract, and what is to be told of it."""

    table: Described
    where: str
    """Path of its file, relative to the project."""
    data: Json
    noted: Noted
    open: list[Fault] = field(default_factory=list)
    """What keeps it from being valid, for a person to answer."""

    @property
    def properties(self) -> list[Json]:
        """Its columns."""
        found: list[Json] = self.data["schema"][0]["properties"]
        return found


def contract_of(
    table: Described, name: str, where: str, *, domain: str, several: bool, wanted: Wanted
) -> Contract:
    """Return the contract of a table, as it is before anybody has checked it.

    Args:
        table: As it was found.
        name: Of the dataset.
        where: Path of the contract.
        domain: Of the dataset.
        several: Whether the document describes other tables, too.
        wanted: What the user said.

    Raises:
        InvalidInputError: The table has no column of a name that the user gave.
    """
    noted = Noted(
        [*(("", check) for check in table.checks), *table.columns],
        [*table.omitted],
    )
    columns = Columns(name, table.dialect, noted).adopted(table.table["properties"])
    keyed = set_key(table, columns, wanted.key, noted)
    set_partition(table, columns)
    object_ = _object(table.table, name)
    set_rules(columns, object_)
    _rename_targets(columns, object_)
    data = {
        **head(table, domain, name, several=several, wanted=wanted, noted=noted),
        "schema": [{**object_, "properties": columns}],
        "customProperties": custom_properties(table, wanted, keyed=keyed, noted=noted),
    }
    if _has_map(columns):
        data["apiVersion"] = "v3.2.0"
    return Contract(table, where, data, noted)


def _object(table: Json, name: str) -> Json:
    """Return the object of the schema without its columns; what it is called at the source is kept."""
    rest = {key: value for key, value in table.items() if key not in ("name", "properties", "logicalType")}
    called = rest.pop("physicalName", None) or (table["name"] if table["name"] != name else None)
    if called not in (None, name):
        customs = [*(rest.get("customProperties") or []), {"property": "physicalName", "value": called}]
        rest["customProperties"] = customs
    return {"name": name, "logicalType": "object", **rest}


def _rename_targets(columns: list[Json], table: Json) -> None:
    """Call datasets and columns that relationships point to as they are called here."""
    for holder in (table, *columns):
        for each in holder.get("relationships") or []:
            for key in ("from", "to"):
                if isinstance(each, dict) and key in each:
                    each[key] = _renamed(each[key])


def _renamed(target: object) -> object:
    if isinstance(target, list):
        return [_renamed(each) for each in target]
    if not isinstance(target, str):
        return target
    return ".".join(snake_case(part) or part for part in target.split("."))


def _has_map(node: object) -> bool:
    if isinstance(node, list):
        return any(map(_has_map, node))
    if not isinstance(node, dict):
        return False
    return node.get("logicalType") == "map" or any(map(_has_map, node.values()))


def dataset_names(tables: list[Described]) -> list[str]:
    """Return a name for each table of a document."""
    return column_names([table.table["name"] for table in tables])


def text_of(contract: Contract) -> str:
    """Return the YAML of a contract, with a comment beside everything that a person should look at."""
    data = dict(contract.data)
    [table] = data.pop("schema")
    customs = data.pop("customProperties")
    opened = [f"{each.path}: got {each.brief}; allowed: {each.allowed}; {each.fix}" for each in contract.open]
    told = [check for column, check in contract.noted.checks if column not in _placed(contract)]
    shown = [check if not column else f"{column}: {check}" for column, check in contract.noted.checks
             if check in told]  # fmt: skip
    rest = {key: value for key, value in table.items() if key != "properties"}
    properties = "".join(_property(contract, at, each) for at, each in enumerate(table["properties"]))
    return (
        f"# Adopted by `lake import` from {one_line(contract.table.where)}.\n"
        "# Decide what is marked `check:`, answer what is marked `open:`, then set `status: active`.\n"
        f"{comments(opened, 'open: ')}{comments(dict.fromkeys(shown))}"
        f"{comments(contract.noted.omitted, 'not taken over: ')}"
        f"{yaml_text(data)}schema:\n{indent(yaml_text([rest]), '  ')}    properties:\n"
        f"{indent(properties, ' ' * 6)}customProperties:\n{indent(yaml_text(customs), '  ')}"
    )


def _placed(contract: Contract) -> set[str]:
    """Return the names, at the source, of columns beside which checks stand."""
    return {part["name"] for part in contract.table.table["properties"]}


def _property(contract: Contract, at: int, column: Json) -> str:
    source = contract.table.table["properties"][at]["name"]
    checks = [check for name, check in contract.noted.checks if name == source]
    if isinstance(column.get("examples"), list):
        column = {**column, "examples": Inline(column["examples"])}
    first, newline, rest = yaml_text([column]).partition("\n")
    return first + newline + indent(comments(dict.fromkeys(checks)), "  ") + rest
