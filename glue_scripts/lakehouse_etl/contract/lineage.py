"""How a job tells of its runs."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Lineage:
    """How runs are called in events about them, and where the events go."""

    namespace: str
    """Of the jobs: project and environment."""
    catalog: str
    """Of the tables: Glue's catalog, as OpenLineage names it."""
    events: Mapping[str, str]
    """URI below which the events of a layer's runs lie."""


NOWHERE = Lineage("", "", {})
