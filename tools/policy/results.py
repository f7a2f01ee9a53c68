"""What one check found in one environment, and what of it was accepted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Found:
    """A finding: which rule, and where."""

    rule: str
    where: str
    message: str = ""


@dataclass(frozen=True, order=True)
class Accepted:
    """A finding that stands, and why."""

    rule: str
    where: str
    """As it was written: the construct or the pattern."""
    reason: str


@dataclass(frozen=True)
class Result:
    """Everything about one check."""

    check: str
    raw: int
    open: Sequence[Found]
    accepted: Sequence[Accepted]
    stale: Sequence[Accepted]
    """What was accepted and was not found."""

    @property
    def passed(self) -> bool:
        """Whether nothing is open, and nothing accepted in vain."""
        return not self.open and not self.stale


def judge(
    check: str,
    found: Iterable[Found],
    accepted: Iterable[Accepted],
    covers: Callable[[Accepted, Found], bool],
) -> Result:
    """Compare what was found with what was accepted."""
    everything, stands = sorted(set(found)), sorted(set(accepted))
    by_rule: dict[str, list[Accepted]] = {}
    for each in stands:
        by_rule.setdefault(each.rule, []).append(each)
    used: set[Accepted] = set()
    still = []
    for one in everything:
        matching = [each for each in by_rule.get(one.rule, []) if covers(each, one)]
        used.update(matching)
        if not matching:
            still.append(one)
    return Result(check, len(everything), still, sorted(used), [each for each in stands if each not in used])
