"""Looks a failure up in the catalogue of causes, `causes.yaml`."""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Cause:
    """What a failure most likely comes from, and what to do about it."""

    name: str
    pattern: str
    """Regular expression, searched in `<step>: <what was found>`."""
    cause: str
    fix: str
    page: str
    """Where more is written: a page of this project and a heading in it."""


UNKNOWN = Cause(
    name="unknown",
    pattern="",
    cause="none of the known causes",
    fix="read the message, then the logs",
    page="docs/runbook.md#where-logs-are",
)


@cache
def catalogue() -> tuple[Cause, ...]:
    """Return every known cause, in the order in which they are tried."""
    text = Path(__file__).with_name("causes.yaml").read_text(encoding="utf-8")
    return tuple(Cause(**entry) for entry in yaml.safe_load(text))


def explain(evidence: str) -> Cause:
    """Return the likely cause of what was found, its texts filled in with what the pattern names."""
    for cause in catalogue():
        if match := re.search(cause.pattern, evidence, re.DOTALL):
            found = {name: value or "" for name, value in match.groupdict().items()}
            return replace(cause, cause=cause.cause.format(**found), fix=cause.fix.format(**found))
    return UNKNOWN
