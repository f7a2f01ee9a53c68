"""Compares what was found with what the contract says of its columns."""

from collections import Counter
from collections.abc import Iterable, Iterator

from lakehouse_etl.contract.declared import Declared
from lakehouse_etl.personal.findings import Finding


def undeclared(declared: Declared, found: Iterable[Finding]) -> list[Finding]:
    """Return the findings in columns that are neither classified as personal data nor said to be none."""
    return [each for each in found if not _is_declared(declared, each)]


def by_column(found: Iterable[Finding]) -> Counter[str]:
    """Return how many kinds of personal data each column holds."""
    return Counter(each.column for each in found)


def _is_declared(declared: Declared, finding: Finding) -> bool:
    paths = set(_upwards(finding.column))
    if not paths.isdisjoint(declared.guarded):
        return True
    return any(finding.kind in declared.looks_like.get(path, ()) for path in paths)


def _upwards(path: str) -> Iterator[str]:
    """Yield a path and those of what it is a member of."""
    while path:
        yield path
        path = path.rpartition(".")[0]
