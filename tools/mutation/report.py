"""Tells people what became of the mutants of a group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutation.explained import Explanation
from tools.mutation.mutants import Mutant


@dataclass(frozen=True)
class Report:
    """What became of the mutants of a group."""

    group: str
    mutants: Sequence[Mutant]
    killed: frozenset[int]
    """Numbers of the mutants that a test noticed."""
    explanations: Sequence[Explanation]
    seconds: float

    @property
    def survivors(self) -> list[Mutant]:
        """Mutants that no test noticed."""
        return [mutant for number, mutant in enumerate(self.mutants) if number not in self.killed]

    @property
    def unexplained(self) -> list[Mutant]:
        """Survivors that no entry is about."""
        return [
            mutant for mutant in self.survivors if not any(each.fits(mutant) for each in self.explanations)
        ]

    @property
    def stale(self) -> list[Explanation]:
        """Entries that are about no survivor."""
        left = self.survivors
        return [each for each in self.explanations if not any(each.fits(mutant) for mutant in left)]

    @property
    def score(self) -> float:
        """Percent of all mutants that a test noticed; an explained one counts as a survivor."""
        return 100 * len(self.killed) / len(self.mutants)

    def lines(self, root: Path) -> Iterator[str]:
        """Return a line per module, per survivor that is not explained, and per entry that fits none."""
        for path in dict.fromkeys(mutant.path for mutant in self.mutants):
            numbers = [number for number, mutant in enumerate(self.mutants) if mutant.path == path]
            killed = len(self.killed.intersection(numbers))
            yield f"  {path.relative_to(root)}: {killed} of {len(numbers)} killed"
        for mutant in self.unexplained:
            where = f"{mutant.path.relative_to(root)}:{mutant.line} {mutant.function}"
            yield f"survived  {where}\n    before: {mutant.before}\n    after:  {mutant.after}"
        for each in self.stale:
            yield f"explained in vain  {each.function}\n    before: {each.before}\n    after:  {each.after}"
        explained = len(self.survivors) - len(self.unexplained)
        yield (
            f"{self.group}: {len(self.killed)} of {len(self.mutants)} mutants killed ({self.score:.1f} %),"
            f" {explained} explained, {len(self.unexplained)} not, {self.seconds:.0f} s"
        )
