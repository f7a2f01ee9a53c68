"""Texts that follow the rules of a column, readable where the rules leave room."""

import random
import re
from collections.abc import Iterator
from string import ascii_lowercase, digits

from rstr import Rstr

from lakehouse.model.fields import Checks

_WORDS = (
    "amber", "birch", "coral", "dünen", "ember", "fjord", "grove", "heather", "iris", "juniper", "kelp",
    "lärche", "maple", "nettle", "olive", "poppy", "quartz", "río", "sorrel", "thyme", "umber", "水", "🌿",
)  # fmt: skip
_LOOK_AROUND = re.compile(r"\(\?<?[=!][^()]*\)")
# What may hold a sign that repeats nothing, an escape or a class, comes first and is kept.
_OPEN_REPETITION = re.compile(
    r"(?P<kept>\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|(?:(?P<sign>[*+])|\{(?P<least>\d+),\})[?+]?", re.DOTALL
)
_REPETITIONS = 8
_STRETCHES = 40


def texts(rng: random.Random, checks: Checks) -> Iterator[str]:
    """Yield texts without end that most likely satisfy the checks; whoever takes them makes sure."""
    while True:
        if checks.allowed:
            yield rng.choice(checks.allowed)
        elif checks.pattern is not None:
            yield from _matches(rng, checks)
        else:
            yield _words(rng, checks)


def spoiled(rng: random.Random, text: str, checks: Checks) -> Iterator[str]:
    """Yield texts much like this one, of which some break one of the checks each."""
    yield f"{text}?"
    yield f"?{text}"
    yield text.swapcase()
    yield text[::-1]
    for length in (checks.min_length, checks.max_length):
        if length is not None:
            yield from _of_length(rng, text, length + (1 if length == checks.max_length else -1))
    usual = checks.min_length or 1
    yield from ("?" * usual, "~ " * usual, "0" * usual, "z" * usual, "", " ")


def _of_length(rng: random.Random, text: str, length: int) -> Iterator[str]:
    """Shorten or stretch a text at every place, so that a pattern with a repetition may still match."""
    if length < 0:
        return
    surplus = len(text) - length
    places = list(range(len(text)))
    rng.shuffle(places)
    for at in places[:_STRETCHES]:
        if surplus > 0:
            yield text[:at] + text[at + surplus :]
        else:
            yield text[:at] + text[at] * (1 - surplus) + text[at + 1 :]
    yield "x" * length


def _matches(rng: random.Random, checks: Checks) -> Iterator[str]:
    """Draw from the pattern, also without its look-arounds.

    rstr writes down what look-arounds look for, and would repeat up to a hundred times what has no limit.
    """
    most = (checks.min_length or 0) + _REPETITIONS

    def close(found: re.Match[str]) -> str:
        least = int(found["least"] or found["sign"] == "+")
        return found["kept"] or f"{{{least},{least + most}}}"

    closed = _OPEN_REPETITION.sub(close, checks.pattern or "")
    for shape in (closed, _LOOK_AROUND.sub("", closed)):
        text = Rstr(rng).xeger(shape)
        if text.isprintable():
            yield text


def _words(rng: random.Random, checks: Checks) -> str:
    least, most = checks.min_length or 0, checks.max_length
    text = f"{rng.choice(_WORDS)} {rng.randrange(10_000)}"
    if most is not None and len(text) > most:
        length = rng.randint(least, most)
        return "".join(rng.choices(ascii_lowercase + digits, k=length))
    return text + "".join(rng.choices(ascii_lowercase, k=max(0, least - len(text))))
