"""Where a contract has its `lake.*` properties."""

from config.document import KeyPath
from lakehouse.odcs.findings import Findings


def property_names(findings: Findings) -> list[str]:
    """Return the names of the custom properties, in the order in which they are written."""
    customs = findings.document.data.get("customProperties", [])
    return [custom.get("property") for custom in customs] if isinstance(customs, list) else []


def property_place(findings: Findings, name: str) -> KeyPath:
    """Return the path to the value of a custom property; to where it would be, if there is none."""
    names = property_names(findings)
    return ("customProperties", names.index(name), "value") if name in names else ("customProperties", name)
