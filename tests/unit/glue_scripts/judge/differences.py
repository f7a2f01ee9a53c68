"""Where the judge and the Spark judge differ, with records that show it: there the Spark judge is wrong."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.unit.glue_scripts.records.fuzz import Verdict
from tests.unit.glue_scripts.truth import agree

UNKNOWN_FIELD = "unknown_field: expected only fields of the contract (policy unknownFields: reject)"


@dataclass(frozen=True)
class Case:
    """A record that the two judge otherwise."""

    text: str
    """A line of JSON, or a record of CSV."""
    names: frozenset[str]
    """Of the fields and their members."""
    spark: Verdict
    judge: Verdict | None
    """None: the line is several records."""

    @property
    def rules(self) -> tuple[str, str]:
        """Rules that the record breaks, shortened to reason and field; empty where it breaks none."""
        found = (self.spark.rule, self.judge and self.judge.rule)
        return tuple((rule or "").partition(": expected")[0] for rule in found)  # type: ignore[return-value]

    def members(self) -> list[str]:
        """Names of members; in a text inside of a text quotes are doubled or escaped."""
        return re.findall(r'"([^"\\]*)[\\"]*"\s*:', self.text)

    @property
    def differing(self) -> set[str] | None:
        """Fields of which both have other values; None unless both took the same version of the record."""
        judge, spark = self.judge, self.spark
        if judge is None or judge.values is None or spark.values is None:
            return None
        if judge.record_hash != spark.record_hash:
            return None
        ours, theirs = judge.values, spark.values
        return {name for name in theirs if not agree({name: ours[name]}, {name: theirs[name]})}


@dataclass(frozen=True)
class Difference:
    """One way in which the Spark judge is wrong."""

    name: str
    explains: Callable[[Case], bool]
    records: tuple[str, ...] = ()
    """Lines of JSON that show it, where unknown fields are rescued."""
    rejected: tuple[str, ...] = ()
    """Likewise, where they are rejected."""


def same(spark: Verdict, judge: Verdict) -> bool:
    """Whether two verdicts are the same."""
    if spark.values is None or judge.values is None:
        return (spark.rule, spark.raw, spark.values) == (judge.rule, judge.raw, judge.values)
    versions = (spark.record_hash, spark.rescued) == (judge.record_hash, judge.rescued)
    return versions and agree(judge.values, spark.values)


def _another_case(case: Case) -> bool:
    lowered = {name.lower() for name in case.names}
    return any(key not in case.names and key.lower() in lowered for key in case.members())


def _unknown_inside(case: Case) -> bool:
    return case.judge is not None and case.judge.rule == UNKNOWN_FIELD and case.spark.rule != UNKNOWN_FIELD


def _broken_characters(case: Case) -> bool:
    if case.judge is None or case.rules != ("not_utf8", "not_utf8"):
        return False
    one = [re.sub("\ufffd+", "\ufffd", raw or "") for raw in (case.spark.raw, case.judge.raw)]
    return one[0] == one[1]


def _digits(case: Case) -> bool:
    if case.differing is None or not case.differing <= {"id", "note", "lines"}:
        return False
    theirs, ours = _texts(case.spark), _texts(case.judge)
    return [_loaded(text) for text in theirs] == [_infinite(_loaded(text)) for text in ours]


def _texts(verdict: Verdict | None) -> list[str | None]:
    """What may hold numbers as texts."""
    if verdict is None or verdict.values is None:
        return []
    skus = [line and line["sku"] for line in verdict.values["lines"] or ()]
    return [verdict.rescued, verdict.values["id"], verdict.values.get("note"), *skus]


def _loaded(text: str | None) -> Any:
    if text is None or not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text, parse_int=float, object_pairs_hook=list)
    except ValueError:
        return text


def _infinite(value: Any) -> Any:
    """As Spark writes a number beyond double."""
    if isinstance(value, list | tuple):
        return type(value)(map(_infinite, value))
    infinite = isinstance(value, float) and math.isinf(value)
    return f"{'-' * (value < 0)}Infinity" if infinite else value


def _odd_names(case: Case) -> bool:
    if case.differing != set() or not case.judge or not case.judge.rescued or not case.spark.rescued:
        return False
    theirs, ours = json.loads(case.spark.rescued), json.loads(case.judge.rescued)
    odd = {name for name in ours if re.search("['?*]|^$", name)}
    return bool(odd) and all(theirs[name] == ours[name] for name in ours.keys() - odd)


def _is(spark: str, judge: str) -> Callable[[Case], bool]:
    return lambda case: case.rules == (spark, judge)


def _any_of(*rules: tuple[str, str]) -> Callable[[Case], bool]:
    return lambda case: case.rules in rules


_IN_CSV = ("repeated_key: lines", "wrong_type: lines")

DEEP = "[" * 600 + "]" * 600

DIFFERENCES = (
    Difference(
        "objects back to back, or in an array, are as many records",
        lambda case: case.judge is None and case.rules[0] == "malformed_json",
        ('{"id": "a"}{"id": "b"}', '[{"id": "a"}, {"id": "b"}]'),
        ('{"id": "a"} {"id": "b"}',),
    ),
    Difference(
        "a name of another case stands for a field or a member",
        _another_case,
        (
            '{"ID": "a"}',
            '{"id": "a", "Count": 3}',
            '{"id": "a", "lines": [{"SKU": "x"}]}',
            '{"Id": "a", "ID": "b"}',
        ),
        ('{"id": "a", "Count": 3}',),
    ),
    Difference(
        "what the contract does not name is unknown inside structs, too",
        _unknown_inside,
        (),
        ('{"id": "a", "lines": [{"sku": "x", "y": 1}]}', '{"id": "a", "lines": "[{\\"y\\": 1}]"}'),
    ),
    Difference(
        "a broken character is as many as Python takes it for; only the text in quarantine shows that",
        _broken_characters,
    ),
    Difference(
        "numbers in texts are those that came where a double is another one",
        _digits,
        (
            '{"id": "a", "x": 1e999}',
            '{"id": "a", "x": [-1e-400, 0.30000000000000004441]}',
            '{"id": "a", "x": {"y": 100000000000000000000.5}}',
            '{"id": "a", "note": {"y": 1.0000000000000001, "y": 1e999}}',
            '{"id": "a", "lines": [{"sku": [1.0000000000000001]}]}',
        ),
    ),
    Difference(
        "rescued values keep their types whatever their names",
        _odd_names,
        ('{"id": "a", "*": 2, "it\'s": [1], "": []}',),
    ),
    Difference(
        "a number with an exponent may be too great for a decimal",
        _any_of(("wrong_type: price", "overflow: price"), ("wrong_type: wide", "overflow: wide")),
        ('{"id": "a", "price": 1e999}', '{"id": "a", "wide": -1e999}'),
    ),
    Difference(
        "decimals have the digits that came, however many, and in nested values",
        _any_of(
            ("wrong_type: wide", ""),
            ("wrong_type: price", ""),
            ("", "wrong_type: prices"),
            ("overflow: price", "wrong_type: price"),
            ("overflow: wide", "wrong_type: wide"),
        ),
        (
            '{"id": "a", "prices": [1.0000000000000001]}',
            '{"id": "a", "wide": 12345678901234567890.1234, "extra": {"wide": 1}}',
            '{"id": "a", "wide": "1234567890123456.5e1"}',
            '{"id": "a", "price": "9999.9999999999999999999"}',
        ),
    ),
    Difference(
        "a text is no number, whatever its letters",
        _any_of(*((f"overflow: {name}", f"wrong_type: {name}") for name in ("ratio", "weight"))),
        ('{"id": "a", "ratio": "\\"Infinity\\""}', '{"id": "a", "weight": "\\"-Infinity\\""}'),
    ),
    Difference(
        "the end of a text is its end, and before a line feed at most",
        _is("", "pattern_mismatch: code"),
        ('{"id": "a", "code": "abc\\r"}', '{"id": "a", "code": "abc\\u2028"}'),
    ),
    Difference(
        "what is nested five hundred times is malformed",
        lambda case: case.rules[1] == "malformed_json" and case.text.count("[") > 500,
        (f'{{"id": "a", "x": {DEEP}}}',),
    ),
    Difference(
        "half a character in a text of JSON makes it none",
        lambda case: "\\\\ud8" in case.text and case.rules[1] == "wrong_type: lines",
        ('{"id": "a", "lines": "[{\\"sku\\": \\"\\\\ud800\\"}]"}',),
    ),
    Difference(
        "a nested value in a text of CSV has each key once, and no number where a text should be",
        lambda case: not case.text.startswith("{") and case.rules[1] in _IN_CSV,
    ),
    Difference(
        "a number stands where a text should, whatever else is wrong with a nested value",
        lambda case: case.rules == ("wrong_type: lines", "wrong_type: lines"),
        ('{"id": "a", "lines": [{"sku": 1.5}, 7]}',),
    ),
)
"""JSON differs in all of these, CSV in some."""


def explanation(case: Case) -> str | None:
    """The name of the first difference that explains a case, None if none does."""
    return next((each.name for each in DIFFERENCES if each.explains(case)), None)
