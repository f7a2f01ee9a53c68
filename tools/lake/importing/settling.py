"""Sets aside what the lake refuses and can do without; what is left is for a person to answer.

What is refused, the checks of contracts say: there is no second list of what the lake takes.
"""

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.faults import Fault, InvalidInputError
from lakehouse.access.load import load_access
from lakehouse.odcs.lake.load import CONTRACTS, load_lake
from tools.cli.project import place
from tools.lake.importing.contract import Contract, text_of

_OPTIONAL_ITEMS = ("quality", "relationships", "roles", "slaProperties", "servers", "support", "tags",
                   "authoritativeDefinitions", "synonyms", "transformSourceObjects", "members")  # fmt: skip
"""Lists of a contract any item of which it can do without."""

_OPTIONAL_KEYS = ("logicalTypeOptions", "enum", "semanticType", "encryptedName", "unique", "partitioned",
                  "examples", "price", "slaDefaultElement")  # fmt: skip
"""Keys of a contract that it can do without; of options, the one that is at fault."""

_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")
_RULE = "quality rule "
_RELATIONSHIP = "relationships of "
_PARTITION = "lake.partition"
_OF_TEXTS = ("allowed", "pattern")
"""Rules that only texts can satisfy, as the checks of a column call them."""
_COLUMN = re.compile(r"schema\[0\]\.properties\[(\d+)\]")
_GONE = object()


def settle(contracts: Sequence[Contract], root: Path) -> None:
    """Check contracts as parts of the project, and set aside what each can do without, until none is left.

    Args:
        contracts: They are changed; what keeps one from being valid is in its `open` afterwards.
        root: Folder of the project.
    """
    by_place = {each.where: each for each in contracts}
    while True:
        found = [(by_place.get(place(fault)[0]), fault) for fault in _faults(contracts, root)]
        told = [(each, fault) for each, fault in found if each and _set_aside(each.data, fault)]
        for contract, fault in told:
            is_key = fault.got == _steps(fault.path)[-1]
            allowed = "keys of the standard" if is_key else fault.allowed
            contract.noted.omit(_place(contract, fault.path), f"got {fault.brief}; allowed: {allowed}")
            _prune(contract.data)
        if not told:
            for each in contracts:
                each.open = [fault for contract, fault in found if contract is each]
            return


def _faults(contracts: Sequence[Contract], root: Path) -> Sequence[Fault]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / CONTRACTS, Path(folder, CONTRACTS))
        for each in contracts:
            path = Path(folder, each.where)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text_of(each), encoding="utf-8")
        try:
            load_lake(Path(folder), load_access(root))
        except InvalidInputError as error:
            return error.faults
    return ()


def _set_aside(data: Any, fault: Fault) -> bool:
    """Take out what a fault is about; returns whether the contract can do without it."""
    path = fault.path
    if path.startswith(_RULE):
        return _without_rule(data, path.removeprefix(_RULE))
    if path.startswith(_RELATIONSHIP):
        return _without_relationship(data, path.removeprefix(_RELATIONSHIP).split(", "))
    if _PARTITION in path:
        return _without_partition(data)
    if fault.got in _OF_TEXTS and (found := _COLUMN.fullmatch(path)):
        return _without_texts(data["schema"][0]["properties"][int(found[1])])
    return _without_part(data, _steps(path), fault.got)


def _without_part(data: Any, steps: list[str | int], got: object) -> bool:
    """Take out the first thing on the way that is optional: an item of a list, or a key."""
    for at, step in enumerate(steps):
        inside = steps[at + 1 :]
        if step in _OPTIONAL_ITEMS and inside:
            holder, number = _at(data, steps[: at + 1]), inside[0]
            if isinstance(holder, list) and isinstance(number, int) and number < len(holder):
                holder[number] = _GONE
                return True
        elif step in (*_OPTIONAL_KEYS, *_OPTIONAL_ITEMS):
            return _without_key(_at(data, steps[:at]), str(step), inside)
    # The standard's schema names a key that it does not know as what was found there.
    return got == steps[-1] and _without_key(_at(data, steps[:-1]), str(steps[-1]), [])


def _steps(path: str) -> list[str | int]:
    return [int(part[1:-1]) if part[0] == "[" else part for part in _STEP.findall(path)]


def _place(contract: Contract, path: str) -> str:
    """Return a place in the words of the document: columns by what it calls them."""
    found = _COLUMN.match(path)
    if found is None:
        return path.removeprefix("schema[0].")
    source: str = contract.table.table["properties"][int(found[1])]["name"]
    return source + path[found.end() :]


def _without_key(holder: Any, key: str, rest: Sequence[str | int]) -> bool:
    if not isinstance(holder, dict) or key not in holder:
        return False
    if key == "logicalTypeOptions" and rest and isinstance(holder[key], dict):
        return holder[key].pop(rest[0], _GONE) is not _GONE
    del holder[key]
    return True


def _at(data: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        match data, step:
            case dict(), str() if step in data:
                data = data[step]
            case list(), int() if step < len(data):
                data = data[step]
            case _:
                return None
    return data


def _holders(data: Any) -> list[Any]:
    [table] = data["schema"]
    return [table, *table["properties"]]


def _without_rule(data: Any, name: str) -> bool:
    for holder in _holders(data):
        for at, rule in enumerate(holder.get("quality", [])):
            if isinstance(rule, dict) and name in (rule.get("name"), rule.get("id")):
                holder["quality"][at] = _GONE
                return True
    return False


def _without_texts(column: Any) -> bool:
    """Take the rules that only texts can satisfy from a column of another type."""
    found = column.pop("enum", None) is not None
    found |= column.get("logicalTypeOptions", {}).pop("pattern", None) is not None
    for at, rule in enumerate(column.get("quality", [])):
        if isinstance(rule, dict) and not {"validValues", "pattern"}.isdisjoint(rule.get("arguments", {})):
            column["quality"][at] = _GONE
            found = True
    return found


def _without_relationship(data: Any, columns: Sequence[str]) -> bool:
    table, *properties = _holders(data)
    for at, each in enumerate(table.get("relationships", [])):
        given = each.get("from", []) if isinstance(each, dict) else []
        names = given if isinstance(given, list) else [given]
        if [str(name).rpartition(".")[2] for name in names] == [*columns]:
            table["relationships"][at] = _GONE
            return True
    for column in properties:
        if [column["name"]] == [*columns] and column.get("relationships"):
            del column["relationships"]
            return True
    return False


def _without_partition(data: Any) -> bool:
    found = [column for column in _holders(data)[1:] if column.pop("partitioned", None)]
    for column in found:
        column.pop("partitionKeyPosition", None)
    return bool(found)


def _prune(node: Any) -> None:
    """Drop what was taken out of lists, and lists and options that are empty by that."""
    if isinstance(node, list):
        node[:] = [each for each in node if each is not _GONE]
        for each in node:
            _prune(each)
    if isinstance(node, dict):
        for key in [*node]:
            _prune(node[key])
            if node[key] in ([], {}) and key in (*_OPTIONAL_ITEMS, *_OPTIONAL_KEYS):
                del node[key]
