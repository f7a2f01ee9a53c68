"""Which kinds of personal data a sample of a column holds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from lakehouse_etl.personal.forms import FORMS, Form
from lakehouse_etl.personal.names import KINDS, kind_of, likely

DOUBT = 0.001
"""How likely it may be that what passes does so by chance, as one in ten numbers has a card's check digit."""

_LONGEST = 2000
"""Characters of a text that are looked at."""

_COUNTED = 500
"""Candidates, of which as large a share passes, that stand for more."""

_BY_NAME = 0.5
"""Share of values that must look like what the name of their column says."""


@dataclass(frozen=True)
class Finding:
    """Personal data in one column; never a value of it."""

    column: str
    """Path of the column as the contract names it, or as the source does where the contract does not."""
    kind: str
    """One of `names.KINDS`."""
    share: float
    """Of the sampled values that are not null."""
    samples: int
    """Sampled values."""


def findings(column: str, texts: Sequence[str], doubt: float = DOUBT) -> list[Finding]:
    """Return the kinds of personal data that values of a column hold, by the values and by its name.

    Args:
        column: Its path; the last part of it is its name.
        texts: Its values that are not null, as texts.
        doubt: The most likely that what is found may be chance.
    """
    if not texts:
        return []
    counted = Counter(text[:_LONGEST] for text in texts)
    held = _held(counted, doubt)
    named = kind_of(column.rpartition(".")[2])
    if named and named not in held:
        fitting = likely(named, counted.elements())
        if fitting >= _BY_NAME * len(texts):
            held[named] = fitting
    return [
        Finding(column, kind, round(held[kind] / len(texts), 4), len(texts)) for kind in KINDS if kind in held
    ]


def _held(counted: Counter[str], doubt: float) -> dict[str, int]:
    """Return by kind how many of the texts hold it."""
    with_digits = [text for text in counted if any(map(str.isdigit, text))]
    found: dict[str, set[str]] = {}
    for form in FORMS:
        texts = [text for text in counted if form.needs in text] if form.needs else with_digits
        holding = _holding(form, texts, doubt)
        if holding:
            found.setdefault(form.kind, set()).update(holding)
    return {kind: sum(counted[text] for text in texts) for kind, texts in found.items()}


def _holding(form: Form, texts: Sequence[str], doubt: float) -> list[str]:
    """Return the texts that hold something of a form, none if that may be chance."""
    passing, candidates, holding = set(), set(), []
    for text in texts:
        passed = False
        for candidate, passes in form.found(text):
            candidates.add(candidate)
            if passes:
                passing.add(candidate)
                passed = True
        if passed:
            holding.append(text)
    chance = _chance(len(candidates), len(passing), form.chance)
    return holding if round(chance, 9) <= doubt else []


def _chance(candidates: int, passing: int, each: float) -> float:
    """Return how likely at least so many of the candidates pass by chance (the binomial's upper tail)."""
    if not passing:
        return 1.0
    if candidates > _COUNTED:  # more than floats take, and than any doubt needs
        candidates, passing = _COUNTED, passing * _COUNTED // candidates
    return sum(
        comb(candidates, number) * each**number * (1 - each) ** (candidates - number)
        for number in range(passing, candidates + 1)
    )
