"""Writes a draft as YAML, with a comment beside everything that a person should look at."""

import sys
from collections.abc import Iterable
from textwrap import indent, wrap
from typing import Any

import yaml

from lakehouse.targets import words
from tools.lake.drafts import UNASSIGNED
from tools.lake.drafts.advice import REJECTED_RATIO, column_checks, ingestion_checks
from tools.lake.drafts.columns.column import Column
from tools.lake.drafts.draft import Draft
from tools.lake.drafts.yaml_types import has_map, type_keys

_WIDTH = 100
_NAME_MAX = 100
"""Characters of a name in a description, which has 255 bytes in all."""

_FRESHNESS = "hours without new records after which it is stale; slaProperties:"
_LATENCY = "- {property: latency, value: 24, unit: h}"


class _Inline(list[Any]):
    """A list on one line."""


class _InlineMapping(dict[str, Any]):
    """A mapping on one line."""


class _Dumper(yaml.SafeDumper):
    """Indents lists below their keys."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


_Dumper.add_representer(
    _Inline, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)
_Dumper.add_representer(
    _InlineMapping,
    lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True),
)


def contract_text(draft: Draft) -> str:
    """Return the YAML of a draft."""
    table = {"name": draft.name, "logicalType": "object", "physicalType": "table"}
    table["description"] = f"One row per record of {draft.name[:_NAME_MAX]}; a draft, say what that is."
    properties = "".join(_property(draft, column) for column in draft.columns)
    return (
        f"# Drafted by `lake new` from {draft.sample.rows:,} records of {_one_line(draft.sample.name)}.\n"
        "# Decide what is marked `check:`, describe each column, see that no example is personal, then set\n"
        "# `status: active`.\n"
        f"{_head(draft)}schema:\n{indent(_yaml([table]), '  ')}    properties:\n{indent(properties, ' ' * 6)}"
        f"{_comments([_FRESHNESS + chr(10) + _LATENCY])}customProperties:\n{indent(_custom(draft), '  ')}"
    )


def _head(draft: Draft) -> str:
    mapped = any(has_map(column.type) for column in draft.columns)
    title = draft.name.replace("_", " ").capitalize()
    head = {
        "apiVersion": "v3.2.0" if mapped else "v3.1.0",
        "kind": "DataContract",
        "id": f"{draft.domain}-{draft.name}".replace("_", "-"),
        "name": title,
        "version": "1.0.0",
        "status": "draft",
        "domain": draft.domain,
        "description": {"purpose": f"{title}: a draft, say what the data is for."},
    }
    unassigned = ["the team that answers for this data"] if draft.owner == UNASSIGNED else []
    return _yaml(head) + _comments(unassigned) + _yaml({"team": {"name": draft.owner}})


def _property(draft: Draft, column: Column) -> str:
    named = {"name": column.name, **type_keys(column.type)}
    named["description"] = f"{column.name[:_NAME_MAX]} of {draft.name[:_NAME_MAX]}; a draft, describe it."
    if column.required:
        named["required"] = True
    if column.name in draft.key.columns:
        position = draft.key.columns.index(column.name) + 1
        named |= {"primaryKey": True, "primaryKeyPosition": position}
    named["classification"] = "confidential" if column.personal else "internal"
    if column.examples:
        named["examples"] = _Inline(column.examples)
    if column.masking:
        named["customProperties"] = [{"property": "lake.masking", "value": column.masking.value}]
    first, newline, rest = _yaml([named]).partition("\n")
    return first + newline + indent(_comments(column_checks(draft, column)), "  ") + rest


def _custom(draft: Draft) -> str:
    ingestion: dict[str, Any] = {"mode": draft.mode.value, "format": draft.format.value}
    if draft.null_token:
        ingestion["nullToken"] = draft.null_token
    pieces: list[tuple[list[str], str, object]] = [
        ([], "layer", "silver"),
        (ingestion_checks(draft), "ingestion", _InlineMapping(ingestion)),
    ]
    if draft.part > 1:
        pieces.append(([], "part", draft.part))
    if draft.order_by:
        pieces.append(([], "order_by", _Inline([draft.order_by])))
    if partition := draft.growth.partition:
        pieces.append(([], "partition", _Inline([words.partition(partition)])))
    pieces.append(([draft.growth.check], "write", draft.growth.write.value))
    pieces.append(([], "quality_gate", _InlineMapping({"maxRejectedRatio": REJECTED_RATIO})))
    return "".join(
        _comments(checks) + _yaml([{"property": f"lake.{name}", "value": value}])
        for checks, name, value in pieces
    )


def _comments(checks: Iterable[str]) -> str:
    """Write checks as comments; what follows a line break in one is YAML, to be copied as it stands."""
    lines = []
    for check in checks:
        text, _, sample = check.partition("\n")
        lines += wrap(f"# check: {_one_line(text)}", _WIDTH, subsequent_indent="#   ", break_on_hyphens=False)
        lines += [f"#   {sample}"] if sample else []
    return "".join(f"{line}\n" for line in lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _yaml(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=sys.maxsize)
