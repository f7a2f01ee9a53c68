"""What a contract says of its dataset as a whole: where it comes from, whose it is, how it arrives."""

import re
from dataclasses import dataclass
from typing import Any

from lakehouse.model.dataset import Format, Mode
from lakehouse.odcs.head import DESCRIPTION_MAX
from tools.lake.drafts import UNASSIGNED
from tools.lake.drafts.advice import REJECTED_RATIO
from tools.lake.drafts.yaml_text import InlineMapping
from tools.lake.importing.described import Described, Json, Noted

_NUMBERS = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")

_FORMATS = {"csv": Format.CSV, "json": Format.JSON, "ndjson": Format.JSON, "jsonl": Format.JSON,
            "parquet": Format.PARQUET}  # fmt: skip
_STREAMS = ("kafka", "kinesis", "pubsub", "eventhubs")

_NOT_KEPT = ("schema", "status", "apiVersion", "kind", "id", "name", "version", "domain", "description",
             "team", "customProperties")  # fmt: skip
"""Keys that are written anew; the others of a document stay as they are."""


@dataclass(frozen=True)
class Wanted:
    """What the user said, which counts before the document."""

    domain: str | None = None
    owner: str | None = None
    mode: Mode | None = None
    format: Format | None = None
    key: tuple[str, ...] = ()


def head(table: Described, domain: str, name: str, *, several: bool, wanted: Wanted, noted: Noted) -> Json:
    """Return the keys of a contract before its schema.

    Args:
        table: As it was found.
        domain: Of the dataset.
        name: Of the dataset.
        several: Whether the document describes other tables, too, so that its id is no longer unique.
        wanted: What the user said.
        noted: What is told.
    """
    given = table.head
    id_ = str(given.get("id") or f"{domain}-{name}")
    title = name.replace("_", " ").capitalize()
    return {
        "apiVersion": "v3.2.0" if given.get("apiVersion") == "v3.2.0" else "v3.1.0",
        "kind": "DataContract",
        "id": f"{id_}-{name}".replace("_", "-") if several else id_,
        "name": title if several or not given.get("name") else given["name"],
        "version": _version(given.get("version"), noted),
        "status": "draft",
        "domain": domain,
        "description": _description(given, table.table, title, noted),
        "team": _team(given.get("team"), wanted.owner, noted),
        **{key: value for key, value in given.items() if key not in _NOT_KEPT},
    }


def _version(given: Any, noted: Noted) -> str:
    found = _NUMBERS.fullmatch(str(given).strip())
    version = ".".join(part or "0" for part in found.groups()) if found else "1.0.0"
    if version != given:
        noted.check("", f"version {given!r} is written as {version}, three numbers")
    return version


def _description(given: Json, table: Json, title: str, noted: Noted) -> Json:
    found = given.get("description")
    texts = dict(found) if isinstance(found, dict) else {"purpose": found} if found else {}
    purpose = " ".join(str(texts.get("purpose") or table.get("description") or "").split())
    if not purpose:
        noted.check("", "say what the data is for")
        purpose = f"{title}: a draft, say what the data is for."
    if len(purpose) > DESCRIPTION_MAX:
        noted.check("", f"its purpose is cut to {DESCRIPTION_MAX} characters")
    return {**texts, "purpose": purpose[:DESCRIPTION_MAX]}


def _team(given: Any, owner: str | None, noted: Noted) -> Json:
    team = dict(given) if isinstance(given, dict) else {}
    if isinstance(given, list):
        team["members"] = given
    name = owner or team.get("name")
    if not name:
        noted.check("", "the team that answers for this data is not said")
    return {"name": name or UNASSIGNED, **{key: value for key, value in team.items() if key != "name"}}


def custom_properties(table: Described, wanted: Wanted, *, keyed: bool, noted: Noted) -> list[Json]:
    """Return those of the document, and what the lake must know beside."""
    found = list(table.head.get("customProperties", []))
    names = {each.get("property") for each in found}
    layer: Json = {"property": "lake.layer", "value": "silver"}
    own: list[Json] = [layer] if "lake.layer" not in names else []
    if {"property": "lake.layer", "value": "gold"} in found:
        return found
    if "lake.ingestion" not in names:
        own.append({"property": "lake.ingestion", "value": _ingestion(table, wanted, noted)})
    if not keyed and "lake.write" not in names:
        noted.check("", "no key: each record is a row, equal ones too; a key would replace and drop them")
        own.append({"property": "lake.write", "value": "append"})
    if own and "lake.quality_gate" not in names:
        gate = InlineMapping({"maxRejectedRatio": REJECTED_RATIO})
        own.append({"property": "lake.quality_gate", "value": gate})
    return [*found, *own]


def _ingestion(table: Described, wanted: Wanted, noted: Noted) -> Json:
    servers = table.head.get("servers", [])
    streamed = any(each.get("type") in _STREAMS for each in servers)
    formats = [_FORMATS[str(each.get("format")).lower()] for each in servers
               if str(each.get("format")).lower() in _FORMATS]  # fmt: skip
    mode = wanted.mode or (Mode.STREAM if streamed else Mode.FILES)
    format_ = wanted.format or (formats[0] if formats and not streamed else None)
    if wanted.mode is None and not servers:
        noted.check("", "the document does not say how records arrive; files, or a stream?")
    if format_ is None:
        format_ = Format.JSON
        noted.check("", "the document names no format that jobs read; JSON lines, CSV or Parquet?")
    return InlineMapping({"mode": mode.value, "format": format_.value})
