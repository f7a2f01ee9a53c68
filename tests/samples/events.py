"""Events that a domain's samples make, found by the domain's folder, and rules of contracts told anew."""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from config.load import PROJECT_ROOT
from local.feed.expected import Expected
from tools.records.sample import Sample

CONTRACTS = PROJECT_ROOT / "contracts"


@dataclass(frozen=True)
class Events:
    """Events of one dataset; the module `events` of a domain's folder has them as `EVENTS`."""

    dataset: str
    make: Callable[..., list[Sample]]
    expect: Callable[..., Expected]
    key: str


def every_event() -> list[Events]:
    """Events of each domain that has contracts and makes any."""
    folders = sorted(path.parent for path in Path(__file__).parent.glob("*/events.py"))
    there = [folder.name for folder in folders if (CONTRACTS / folder.name).is_dir()]
    return [importlib.import_module(f"tests.samples.{name}.events").EVENTS for name in there]


def contract(dataset: str) -> dict[str, dict[str, Any]]:
    """Properties of a contract by name."""
    document = yaml.safe_load((CONTRACTS / f"{dataset}.odcs.yaml").read_text())
    return {found["name"]: found for found in document["schema"][0]["properties"]}


def faults(row: dict[str, Any], properties: dict[str, dict[str, Any]]) -> list[str]:
    """What the contract objects to in a parsed record, told in a few lines for these two contracts alone."""
    found = []
    for name, rule in properties.items():
        value, options = row.get(name), rule.get("logicalTypeOptions", {})
        arguments = [check["arguments"] for check in rule.get("quality", []) if check.get("mustBe") == 0]
        allowed = [each["validValues"] for each in arguments if "validValues" in each]
        if value is None:
            found += [f"{name} missing"] * bool(rule.get("required"))
        elif isinstance(value, str):
            found += [f"{name} pattern"] * (not re.search(options.get("pattern", ""), value))
            found += [f"{name} length"] * (
                not options.get("minLength", 0) <= len(value) <= options.get("maxLength", 999)
            )
            found += [f"{name} not allowed"] * any(value not in values for values in allowed)
            found += [f"{name} type"] * (rule["logicalType"] == "timestamp" and not is_instant(value))
        elif isinstance(value, int | float):
            found += [f"{name} range"] * (
                not options.get("minimum", 0) <= value <= options.get("maximum", 1e9)
            )
            found += [f"{name} type"] * (rule["logicalType"] == "string")
        else:
            found.append(f"{name} type")
        found += [f"{name} type"] * (rule["logicalType"] in ("integer", "number") and isinstance(value, str))
    return found


def is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
