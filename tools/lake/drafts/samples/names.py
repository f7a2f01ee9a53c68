"""Which columns of a sample can be in a contract."""

import shlex
from collections.abc import Collection, Sequence

from config.faults import Fault, InvalidInputError, nearest, one_of
from lakehouse.odcs.names import NAME, RESERVED
from tools.lake.drafts.samples.sample import Source


def kept_names(source: Source, names: Sequence[str], skip: Collection[str], place: str) -> list[str]:
    """Return the names that are not skipped.

    Raises:
        InvalidInputError: one of them is no name for a column, or no column has a name to be skipped.
    """
    kept = [name for name in names if name not in skip]
    faults = [fault for name in kept if (fault := _fault(source, name, names.count(name), place))]
    for name in set(skip) - set(names):
        faults.append(source.fault("--skip", name, one_of(names), nearest(name, names)))
    if not kept:
        faults.append(source.fault(place, "no column", "at least one", "take a file with records"))
    if faults:
        raise InvalidInputError(faults)
    return kept


def _fault(source: Source, name: str, times: int, place: str) -> Fault | None:
    fix = "rename it where the data is made, because jobs map columns by name; or leave it out: --skip"
    if not NAME.fullmatch(name):
        allowed = "snake_case: lower-case letters, digits, single underscores"
        return source.fault(place, name, allowed, f"{fix} {shlex.quote(name)}")
    if times > 1 or name in RESERVED:
        return source.fault(place, name, f"each name once, and not {one_of(RESERVED)}", f"{fix} {name}")
    return None
