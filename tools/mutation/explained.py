"""Mutants that no test can kill, each with the reason."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from tools.mutation.mutants import Mutant


@dataclass(frozen=True)
class Explanation:
    """One entry of the file: a change inside a function of a group, wherever its module is."""

    group: str
    function: str
    before: str
    after: str
    reason: str

    def fits(self, mutant: Mutant) -> bool:
        """Whether it is about this mutant of its group."""
        return (self.function, self.before, self.after) == (mutant.function, mutant.before, mutant.after)


def read_explanations(path: Path) -> list[Explanation]:
    """Read the file: by group and function, a list of `before`, `after` and `reason`.

    Raises:
        KeyError: An entry lacks one of them.
        ValueError: A reason is empty.
    """
    document = yaml.safe_load(path.read_text()) or {}
    found = [
        Explanation(group, function, each["before"], each["after"], each["reason"].strip())
        for group, functions in document.items()
        for function, entries in functions.items()
        for each in entries
    ]
    for each in found:
        if not each.reason:
            raise ValueError(
                f"{path}: {each.function}: got no reason; say why no test can tell the difference"
            )
    return found
