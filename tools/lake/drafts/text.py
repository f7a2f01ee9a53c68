"""Writes a draft as YAML, with a comment beside everything that a person should look at."""

from dataclasses import fields
from textwrap import indent
from typing import Any

from lakehouse.model.dialect import USUAL, Dialect
from lakehouse.targets import words
from tools.lake.drafts import UNASSIGNED
from tools.lake.drafts.advice import REJECTED_RATIO, column_checks, ingestion_checks, write_checks
from tools.lake.drafts.columns.column import Column
from tools.lake.drafts.draft import Draft
from tools.lake.drafts.yaml_text import Inline, InlineMapping, comments, one_line, yaml_text
from tools.lake.drafts.yaml_types import has_map, type_keys

_NAME_MAX = 100
"""Characters of a name in a description, which has 255 bytes in all."""

_FRESHNESS = "hours without new records after which it is stale; slaProperties:"
_LATENCY = "- {property: latency, value: 24, unit: h}"


def contract_text(draft: Draft) -> str:
    """Return the YAML of a draft."""
    table = {"name": draft.name, "logicalType": "object", "physicalType": "table"}
    table["description"] = f"One row per record of {draft.name[:_NAME_MAX]}; a draft, say what that is."
    properties = "".join(_property(draft, column) for column in draft.columns)
    schema = f"schema:\n{indent(yaml_text([table]), '  ')}    properties:\n{indent(properties, ' ' * 6)}"
    return (
        f"# Drafted by `lake new` from {draft.sample.rows:,} records of {one_line(draft.sample.name)}.\n"
        "# Decide what is marked `check:`, describe each column, see that no example is personal, then set\n"
        "# `status: active`.\n"
        f"{_head(draft)}{schema}{comments([_FRESHNESS + chr(10) + _LATENCY])}"
        f"customProperties:\n{indent(_custom(draft), '  ')}"
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
    return yaml_text(head) + comments(unassigned) + yaml_text({"team": {"name": draft.owner}})


def _property(draft: Draft, column: Column) -> str:
    called = {} if column.source is None else {"physicalName": column.source}
    named: dict[str, Any] = {"name": column.name, **called, **type_keys(column.type)}
    if column.written is not None:
        named["logicalTypeOptions"] = {"format": column.written}
    named["description"] = f"{column.name[:_NAME_MAX]} of {draft.name[:_NAME_MAX]}; a draft, describe it."
    if column.required:
        named["required"] = True
    if column.name in draft.key.columns:
        position = draft.key.columns.index(column.name) + 1
        named |= {"primaryKey": True, "primaryKeyPosition": position}
    named["classification"] = "confidential" if column.personal else "internal"
    if column.examples:
        named["examples"] = Inline(column.examples)
    if column.masking:
        named["customProperties"] = [{"property": "lake.masking", "value": column.masking.method.value}]
    first, newline, rest = yaml_text([named]).partition("\n")
    return first + newline + indent(comments(column_checks(draft, column)), "  ") + rest


def _custom(draft: Draft) -> str:
    ingestion: dict[str, Any] = {"mode": draft.mode.value, "format": draft.format.value}
    if draft.sample.dialect != USUAL:
        ingestion["dialect"] = InlineMapping(_dialect(draft.sample.dialect))
    if draft.null_token:
        ingestion["nullToken"] = draft.null_token
    pieces: list[tuple[list[str], str, object]] = [
        ([], "layer", "silver"),
        (ingestion_checks(draft), "ingestion", InlineMapping(ingestion)),
    ]
    if draft.part > 1:
        pieces.append(([], "part", draft.part))
    if draft.order_by:
        pieces.append(([], "order_by", Inline([draft.order_by])))
    if partition := draft.growth.partition:
        pieces.append(([], "partition", Inline([words.partition(partition)])))
    pieces.append((write_checks(draft), "write", draft.growth.write.value))
    pieces.append(([], "quality_gate", InlineMapping({"maxRejectedRatio": REJECTED_RATIO})))
    return "".join(
        comments(checks) + yaml_text([{"property": f"lake.{name}", "value": value}])
        for checks, name, value in pieces
    )


def _dialect(dialect: Dialect) -> dict[str, Any]:
    """Return what is unlike the usual, as contracts say it."""
    unlike = {each.name: getattr(dialect, each.name) for each in fields(dialect)}
    return {_camel(name): value for name, value in unlike.items() if value != getattr(USUAL, name)}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
