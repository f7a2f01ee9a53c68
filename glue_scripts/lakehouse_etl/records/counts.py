"""Where the records of a run ended, in figures that add up."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lakehouse_etl.contract.reasons import Breach


@dataclass(frozen=True)
class Counts:
    """Records of a run; each is in exactly one of accepted, rejected and superseded."""

    records_in: int = 0
    accepted: int = 0
    rejected: int = 0
    superseded: int = 0

    def __post_init__(self) -> None:
        """Refuse figures that do not add up: records were lost or counted twice."""
        if self.records_in != self.accepted + self.rejected + self.superseded:
            raise ArithmeticError(
                f"{self.records_in} records in, but {self.accepted} accepted + {self.rejected} rejected + "
                f"{self.superseded} superseded; nothing was committed"
            )

    def outdone(self, older: int) -> "Counts":
        """Return the counts after `older` of the accepted turned out to be in the table already."""
        return replace(self, accepted=self.accepted - older, superseded=self.superseded + older)

    @property
    def rejected_ratio(self) -> float:
        """Rejected records by records in."""
        return self.rejected / self.records_in if self.records_in else 0.0


def reasons_of(broken: Mapping[Breach, int]) -> Mapping[str, int]:
    """Return the number of rejected records by reason code."""
    reasons: dict[str, int] = defaultdict(int)
    for breach, records in broken.items():
        if records:
            reasons[breach.reason] += records
    return dict(sorted(reasons.items()))
