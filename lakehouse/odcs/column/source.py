"""What the source of a column calls it, and how it writes its values."""

from config.document import KeyPath
from lakehouse.model.fields import Scalar, Type
from lakehouse.model.source_formats import SourceFormat
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Property

MOMENTS = (Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ)
"""Types whose texts a source may write in its own way."""

_USUAL = {"yyyy-MM-dd", "uuuu-MM-dd"}
"""Formats of a date that jobs read without being told."""


def read_physical_name(part: Property, path: KeyPath, findings: Findings) -> str | None:
    """Return what the source calls a column or member; None if it calls it as the contract does."""
    name = part.get("physicalName", part["name"])
    if not name.strip():
        findings.add((*path, "physicalName"), name, "the name in the source", "write it, or remove the key")
    return None if name == part["name"] else name


def read_source_format(part: Property, kind: Type, path: KeyPath, findings: Findings) -> str | None:
    """Return the pattern by which texts of a column are read as dates or timestamps; None: ISO 8601."""
    text = part.get("logicalTypeOptions", {}).get("format")
    if kind not in MOMENTS or text is None or (kind is Scalar.DATE and text in _USUAL):
        return None
    time, zone = kind is not Scalar.DATE, kind is Scalar.TIMESTAMPTZ
    problem = SourceFormat(str(text)).problem(time=time, zone=zone)
    if problem is not None:
        fix = "write it as Java's DateTimeFormatter does, as in dd.MM.yyyy"
        findings.add((*path, "logicalTypeOptions", "format"), text, problem, fix)
        return None
    return str(text)
