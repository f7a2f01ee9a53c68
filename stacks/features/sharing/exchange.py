"""What the two sides of a share know of each other: names, by the rule that both keep."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Self

from config.naming import Naming
from config.settings import Settings
from lakehouse.access.reading import Reading, readings
from lakehouse.model.dataset import Dataset, Lake
from stacks.features.sharing.settings import AgreementSettings

_DIGITS = 12


@dataclass(frozen=True)
class Shared:
    """A table that one lake reads of another one's account."""

    dataset: Dataset
    database: str
    """Where it is, and where the link to it is: the same name in both accounts."""
    reading: Reading
    """Columns and rows that are shared."""
    reader: str
    """The environment that reads it."""

    @classmethod
    def of(cls, lake: Lake, entry: AgreementSettings, *, owner: Naming, reader: str) -> Iterator[Self]:
        """Yield what an entry of the settings shares, without datasets that are not deployed."""
        for dataset in lake.datasets:
            reading = readings(dataset, lake.access).get(entry.persona)
            if dataset.id in entry.datasets and reading is not None and reading.columns:
                yield cls(dataset, owner.database(dataset.layer, dataset.domain), reading, reader)

    @property
    def filter_name(self) -> str:
        """Name of the data cells filter, which says what it lets through: a filter is never changed."""
        digest = sha256(repr((self.reading.columns, self.reading.rows)).encode()).hexdigest()[:_DIGITS]
        return f"{self.reader}-reads-{digest}"


def owner_of(settings: Settings, entry: AgreementSettings) -> Naming:
    """Names in the environment whose tables an entry of `reads` is about."""
    return replace(settings.naming, environment=entry.environment, account=entry.account, masking_key_of=None)
