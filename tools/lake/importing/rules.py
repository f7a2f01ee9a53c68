"""Quality rules of other contracts, in the words of the standard as it is today."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tools.lake.importing.described import Json

_METRICS = {
    "nullCheck": "nullValues", "nullValues": "nullValues", "missingValues": "missingValues",
    "duplicateCount": "duplicateValues", "duplicateValues": "duplicateValues",
    "uniqueCheck": "duplicateValues", "unique": "duplicateValues", "rowCount": "rowCount",
    "countCheck": "rowCount", "validValues": "invalidValues", "invalidValues": "invalidValues",
}  # fmt: skip
"""By what version 3.0 called `rule`, and its examples have."""

_TABLE = re.compile(r"\$?\{(?:object|table|model|schema)\}")
_COLUMN = re.compile(r"\$?\{(?:property|column|field)\}")


def set_rules(columns: Sequence[Json], table: Json) -> None:
    """Bring the rules of a table and of its columns into today's form, each with a name of its own."""
    names: set[str] = set()
    for holder, column in [(table, None), *((column, column["name"]) for column in columns)]:
        if "quality" in holder:
            rules = [_rule(each, column) for each in holder["quality"]]
            holder["quality"] = list(_named(rules, names))


def _rule(quality: Json, column: str | None) -> Json:
    rule = dict(quality)
    if "rule" in rule:
        rule.setdefault("metric", _METRICS.get(str(rule["rule"]), rule["rule"]))
        del rule["rule"]
    if "validValues" in rule:
        given = rule.get("arguments")
        others = given if isinstance(given, dict) else {}
        rule["arguments"] = {**others, "validValues": rule.pop("validValues")}
        rule.setdefault("mustBe", 0)
    if isinstance(rule.get("query"), str):
        query = _TABLE.sub("${object}", rule["query"])
        rule["query"] = _COLUMN.sub("${property}" if column else "${object}", query).strip().rstrip(";")
    return rule


def _named(rules: Sequence[Json], names: set[str]) -> Iterator[Json]:
    for rule in rules:
        name: Any = str(rule.get("name") or rule.get("id") or "")
        if rule.get("type") == "sql" and not name:
            name = "sql"
        number, stem = 1, name
        while name and name in names:
            number += 1
            name = f"{stem}_{number}"
        names |= {name} if name else set()
        yield rule if name in ("", rule.get("name"), rule.get("id")) else {**rule, "name": name}
