"""What a person should look at in a column that was drafted."""

from collections.abc import Iterator

from lakehouse.model.fields import Decimal, Scalar, Type
from tools.cli.project import count
from tools.lake.drafts.columns.looks import look_of
from tools.lake.drafts.columns.profile import Profile

_FEW, _FEW_ROWS, _FEW_LENGTH = 12, 20, 40
"""Distinct values, repeats of each on average, and characters, within which texts look like a fixed list."""

_EPOCH = (1e9, 4e9)
"""Seconds since 1970 from 2001 to 2096."""
_TIME_WORDS = {"at", "ts", "time", "timestamp", "date", "created", "updated", "epoch", "on"}


def remarks(name: str, kind: Type, figures: Profile, null_token: str | None) -> Iterator[str]:
    """Yield what the values of a column leave open."""
    if not figures.values:
        yield "no value in the sample, so the type is not known"
    if isinstance(kind, Decimal):
        yield f"jobs reject numbers of more than {kind.scale} decimals; double takes any, but rounds"
    if kind in (Scalar.INT, Scalar.LONG) and _is_epoch(name, figures):
        yield "looks like seconds or milliseconds since 1970, which jobs do not read as timestamps"
    if kind is Scalar.TIMESTAMP:
        yield "no zone: if these are instants, have the source write one, as in 2026-01-31T09:30:00Z"
    if kind is Scalar.STRING:
        yield from _text_remarks(figures, null_token)


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


def _is_epoch(name: str, figures: Profile) -> bool:
    low, high = figures.low or 0, figures.high or 0
    scales = (1, 1_000, 1_000_000)
    timely = not _TIME_WORDS.isdisjoint(name.split("_"))
    return timely and any(_EPOCH[0] * scale <= low and high <= _EPOCH[1] * scale for scale in scales)
