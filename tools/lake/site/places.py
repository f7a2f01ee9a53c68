"""Where the data of a dataset lives in one environment, and how to ask for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.naming import Naming
from lakehouse.model.dataset import Dataset
from tools.lake import derived

_NOTES = {
    "stream": "producers put one record after the other here",
    "drop files into": "plain files, or compressed ones that end in .gz",
    "bronze table": "records as they came, by hour of arrival; every column is a string",
    "silver table": "records that keep the contract",
    "quarantine table": "records that break the contract, each with the reason",
    "gold table": "the product, replaced as a whole by each run",
    "quality results": "what each run of the domain measured",
    "runs": "when each run of the domain started and ended, and what it did",
    "pipeline": "the state machine that runs the jobs of the domain",
}


@dataclass(frozen=True)
class Place:
    """Something in AWS that has a name."""

    label: str
    name: str
    note: str
    location: str
    """S3 URI of a table's files; empty for what has none of its own."""


def places(subject: derived.Subject) -> Iterator[Place]:
    """Yield the places in the order in which data passes them."""
    dataset, naming = subject.dataset, subject.naming
    locations = {
        f"{layer} table": f"s3://{naming.bucket(layer)}/{dataset.id}/" for layer in derived.layers(dataset)
    }
    for label, name in derived.places(subject).items():
        yield Place(label.capitalize(), name, _NOTES.get(label, ""), locations.get(label, ""))


def example_query(dataset: Dataset, naming: Naming) -> str:
    """Return a query for Athena; quotes keep names apart from reserved words."""
    return f'SELECT *\nFROM "{naming.database(dataset.layer, dataset.domain)}"."{dataset.name}"\nLIMIT 10'
