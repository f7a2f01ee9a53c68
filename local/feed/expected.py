"""What a silver table must hold after a run over some samples, from how the samples were made."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.feed.samples import Counts
from tools.records.sample import Row, Sample


@dataclass(frozen=True)
class Expected:
    """What a table must hold after one run over some samples, and what the run must report."""

    rows: Mapping[str, Row]
    """The winning version of each key, unmasked."""
    records_in: int
    accepted: int
    """Keys that the run added or replaced."""
    rejected: Mapping[str, int]
    """Number of rejected records by reason."""

    @property
    def superseded(self) -> int:
        """Valid records that lost against a newer version or repeat one."""
        return self.records_in - self.accepted - sum(self.rejected.values())

    @property
    def counts(self) -> Counts:
        """The figures alone."""
        return Counts(len(self.rows), self.rejected, self.records_in, self.accepted)


def expect(
    samples: Iterable[Sample], *, key: str, clock: str, before: Mapping[str, Row] | None = None
) -> Expected:
    """Tell what a run over samples must do to the table that a former run left.

    `key` is the column of the key; of two versions that with the greater `clock` wins.
    """
    rows, changed, rejected, records = dict(before or {}), set(), Counter[str](), 0
    for sample in samples:
        records += 1
        name = sample.row[key]
        if sample.reason is not None:
            rejected[sample.reason] += 1
        elif name not in rows or rows[name][clock] < sample.row[clock]:
            rows[name] = sample.row
            changed.add(name)
    return Expected(rows, records, len(changed), rejected)
