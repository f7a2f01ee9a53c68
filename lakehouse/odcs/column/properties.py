"""The `lake.*` custom properties of a column."""

import re

from config.document import KeyPath
from config.faults import nearest, one_of
from lakehouse.model.fields import PERSONAL_KINDS, Declassification, NotPersonal, Scalar, Type, leaf
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Property

MASKING = "lake.masking"
_DECLASSIFIED = "lake.declassified"
_NOT_PERSONAL = "lake.not_personal"
SUBJECT = "lake.subject"
OF_MEMBERS = (MASKING, SUBJECT)
"""Properties that members of objects have, too."""

_KNOWN = (*OF_MEMBERS, _DECLASSIFIED, _NOT_PERSONAL)
_KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_IDENTIFYING = (Scalar.STRING, Scalar.INT, Scalar.LONG)


def check_properties(column: Property, path: KeyPath, findings: Findings) -> None:
    """Refuse properties of our own that no column has, and those that stand there twice."""
    names = [custom["property"] for custom in column.get("customProperties", [])]
    for at, name in enumerate(names):
        here = (*path, "customProperties", at, "property")
        if name.startswith("lake.") and name not in _KNOWN:
            findings.add(here, name, f"{one_of(_KNOWN)} on a column", nearest(name, _KNOWN))
        elif name in _KNOWN and name in names[:at]:
            findings.add(here, name, "each property once", "remove one of them")


def read_declassified(column: Property, path: KeyPath, findings: Findings) -> Declassification | None:
    """Return why a column may republish values under a weaker classification than theirs."""
    value, here = custom_value(column, _DECLASSIFIED, path)
    if value is None:
        return None
    match value:
        case {"from": [_, *_] as sources, "reason": str(reason), **others} if (
            not others and reason.strip() and all(isinstance(source, str) for source in sources)
        ):
            return Declassification(tuple(sources), reason.strip())
    allowed = "{ from: [<domain>/<dataset>.<column>, …], reason: <text> }"
    findings.add(here, value, allowed, "name the columns whose values those are, and tell why")
    return None


def read_not_personal(column: Property, path: KeyPath, findings: Findings) -> NotPersonal | None:
    """Return why values of a column look like personal data, and are none."""
    value, here = custom_value(column, _NOT_PERSONAL, path)
    if value is None:
        return None
    match value:
        case {"looks_like": [_, *_] as kinds, "reason": str(reason), **others} if (
            not others and reason.strip() and all(kind in PERSONAL_KINDS for kind in kinds)
        ):
            return NotPersonal(tuple(kinds), reason.strip())
    allowed = f"{{ looks_like: [<kind>, …], reason: <text> }}; kinds: {one_of(PERSONAL_KINDS)}"
    findings.add(here, value, allowed, "name what the values look like, and tell what they are")
    return None


def read_subject(column: Property, kind: Type, path: KeyPath, findings: Findings) -> str | None:
    """Return by which kind of identifier the values tell whose data a record is."""
    value, here = custom_value(column, SUBJECT, path)
    if value is None:
        return None
    if not isinstance(value, str) or not _KIND.fullmatch(value):
        fix = "name the kind of identifier as every dataset does"
        findings.add(here, value, "a name in snake_case, such as customer", fix)
        return None
    if leaf(kind) not in _IDENTIFYING:
        fix = "put it on the column or member that holds the identifier"
        findings.add(here, value, "lake.subject on texts and whole numbers", fix)
    return value


def custom_value(column: Property, name: str, path: KeyPath) -> tuple[object, KeyPath]:
    """Return the value of a custom property, None if it is not there, and its place in the document."""
    for at, custom in enumerate(column.get("customProperties", [])):
        if custom["property"] == name:
            return custom["value"], (*path, "customProperties", at, "value")
    return None, path
