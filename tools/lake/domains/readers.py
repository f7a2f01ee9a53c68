"""Why a domain cannot go: contracts of other domains that need it."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from config.faults import Fault
from lakehouse.access.load import load_access
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.odcs.lake.load import load_lake
from tools.cli.project import CONTRACTS


def reasons_to_stay(lake: Lake, domain: str, going: Iterable[str] = ()) -> list[Fault]:
    """Return every place where a contract of a domain that stays needs one of this domain."""
    gone = {domain, *going}
    return [
        fault for dataset in lake.datasets if dataset.domain not in gone for fault in _needs(dataset, domain)
    ]


def readers(lake: Lake, domain: str) -> list[str]:
    """Return the datasets of other domains that need this domain."""
    others = (dataset for dataset in lake.datasets if dataset.domain != domain)
    return [dataset.id for dataset in others if any(_needs(dataset, domain))]


def check_rest(project: Path, domain: str) -> None:
    """Load the contracts as they would be without a domain.

    Raises:
        InvalidInputError: They would not be valid.
    """
    with tempfile.TemporaryDirectory() as folder:
        ignored = shutil.ignore_patterns(domain)

        def ignore(where: str, names: list[str]) -> set[str]:
            return ignored(where, names) if Path(where) == project / CONTRACTS else set()

        shutil.copytree(project / CONTRACTS, Path(folder, CONTRACTS), ignore=ignore)
        load_lake(Path(folder), load_access(project))


def _needs(dataset: Dataset, domain: str) -> Iterator[Fault]:
    allowed = f"nothing of {domain}, as long as that is to go"
    for id_ in dataset.inputs:
        if _is_of(id_, domain):
            yield Fault(dataset.source, "sql", id_, allowed, "change the product, or remove it first")
    for relationship in dataset.relationships:
        if _is_of(relationship.target, domain):
            got = f"{', '.join(relationship.columns)} → {relationship.target}"
            yield Fault(dataset.source, "relationships", got, allowed, "remove the relationship first")


def _is_of(id_: str, domain: str) -> bool:
    return id_.partition("/")[0] == domain
