"""What a person should look at in a column that was drafted."""

from collections.abc import Iterator

from lakehouse.model.fields import Decimal, Scalar, Type
from tools.cli.project import count
from tools.lake.drafts.columns.looks import look_of
from tools.lake.drafts.columns.profile import Profile
from tools.lake.drafts.columns.scalars import Guess

_FEW, _FEW_ROWS, _FEW_LENGTH = 12, 20, 40
"""Distinct values, repeats of each on average, and characters, within which texts look like a fixed list."""

_EPOCHS = {"epoch_second": 1, "epoch_millis": 1_000}
"""Numbers of seconds and milliseconds, by how many make a second."""

_FROM, _TO = 1e9, 4e9
"""Seconds since 1970 from 2001 to 2096."""
_TIME_WORDS = {"at", "ts", "time", "timestamp", "date", "created", "updated", "epoch", "on"}


def remarks(name: str, found: Guess, figures: Profile, null_token: str | None) -> Iterator[str]:
    """Yield what the values of a column leave open."""
    kind = found.type
    if not figures.values:
        yield "no value in the sample, so the type is not known"
    if isinstance(kind, Decimal):
        yield f"jobs reject numbers of more than {kind.scale} decimals; double takes any, but rounds"
    if found.written in _EPOCHS:
        unit = "seconds" if _EPOCHS[found.written] == 1 else "milliseconds"
        yield f"read as {unit} since 1970, by size and name; if they are none, use long without a format"
    elif found.written is not None:
        yield f"jobs read {found.written} and no other form; is every text written so?"
    if kind is Scalar.TIMESTAMP:
        yield "no zone: if these are instants, have the source write one, as in 2026-01-31T09:30:00Z"
    if kind is Scalar.STRING:
        yield from _text_remarks(figures, null_token)


def epoch_of(name: str, figures: Profile) -> str | None:
    """Return how whole numbers count from 1970, if their name and size say that they do."""
    low, high = figures.low or 0, figures.high or 0
    if not figures.values or _TIME_WORDS.isdisjoint(name.split("_")):
        return None
    scales = _EPOCHS.items()
    return next((epoch for epoch, scale in scales if _FROM * scale <= low and high <= _TO * scale), None)


def allowed_values(kind: Type, figures: Profile) -> tuple[str, ...]:
    """Return the values of a text that looks like one of a fixed list, sorted; nothing for any other."""
    few = figures.distinct <= _FEW and figures.values >= _FEW_ROWS * figures.distinct
    short = figures.longest <= _FEW_LENGTH
    return tuple(sorted(figures.texts)) if kind is Scalar.STRING and figures.values and few and short else ()


def _text_remarks(figures: Profile, null_token: str | None) -> Iterator[str]:
    for token, times in figures.tokens.items():
        if token == null_token:
            yield f"{token!r} becomes null in {count(times, 'record')}; is it never a value?"
        else:
            yield f"{token!r} is a value in {count(times, 'record')}; does it stand for null (nullToken)?"
    if look := look_of(figures):
        yield f"{look}; kept as text, so that nothing is rejected"
