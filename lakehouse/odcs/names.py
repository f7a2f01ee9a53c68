"""Names that every system on the way accepts: Kinesis, S3, Glue, Spark, Athena."""

import re
from collections.abc import Sequence

from config.document import KeyPath
from lakehouse.layout.paths import INGEST_DATE, INGEST_HOUR
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Property

NAME_MAX = 255
"""Characters of the name of a column: https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html"""

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

RESERVED = {INGEST_DATE, INGEST_HOUR}
"""Partition columns of every bronze table."""


def check_names(parts: Sequence[Property], path: KeyPath, findings: Findings) -> None:
    """Check the names of columns or members, which differ from one another."""
    seen: set[str] = set()
    for at, part in enumerate(parts):
        here = (*path, at, "name")
        check_name(part["name"], here, findings)
        if part["name"] in seen:
            findings.add(here, part["name"], "each name once", "rename or remove one of them")
        seen.add(part["name"])


def check_name(name: str, path: KeyPath, findings: Findings) -> None:
    """Note a fault unless the name is snake_case."""
    if not NAME.fullmatch(name):
        findings.add(path, name, "snake_case: lower-case letters, digits, single underscores", "rename it")
    elif len(name) > NAME_MAX:
        allowed = f"at most {NAME_MAX} characters, not {len(name)}"
        findings.add(path, name, allowed, "shorten it; `physicalName` keeps what the source calls it")
