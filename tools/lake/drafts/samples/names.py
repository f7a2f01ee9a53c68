"""Which columns of a sample can be in a contract, and what they are called there."""

from collections.abc import Collection, Sequence

from config.faults import InvalidInputError, nearest, one_of
from tools.lake.drafts.names import column_names
from tools.lake.drafts.samples.sample import Source


def kept_names(source: Source, names: Sequence[str], skip: Collection[str], place: str) -> dict[str, str]:
    """Return what the file calls the columns that are not skipped, by their names; one without is none.

    Args:
        source: The file.
        names: What it calls its columns.
        skip: Columns that are left out, as the file or the contract calls them.
        place: What the names are to the file, for messages.

    Raises:
        InvalidInputError: A name is there twice, no column has a name to be skipped, or none is left.
    """
    found = dict(zip(column_names(names), names, strict=True))
    faults = []
    for name in sorted({name for name in names if names.count(name) > 1}):
        fix = "rename one of them where the data is made: jobs find columns by their names"
        faults.append(source.fault(place, f"{name!r} {names.count(name)} times", "each name once", fix))
    known = {*found, *names}
    for name in sorted(set(skip) - known):
        faults.append(source.fault("--skip", name, one_of(names), nearest(name, known)))
    kept = {
        name: called for name, called in found.items() if called.strip() and not {name, called} & set(skip)
    }
    if not kept:
        faults.append(source.fault(place, "no column", "at least one", "take a file with records"))
    if faults:
        raise InvalidInputError(faults)
    return kept
