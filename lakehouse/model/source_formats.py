"""How sources write dates and timestamps: the patterns of Java, which the Open Data Contract Standard names.

https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/time/format/DateTimeFormatter.html
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from config.faults import nearest

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = 3
"""Letters of the short name of a month or a day."""

_NOON = 12
_HOURS = r"[+-](?:0[0-9]|1[0-7])"
_SIXTY = "[0-5][0-9]"


class _Part(NamedTuple):
    pattern: str
    """Its group has the name of a part of a moment."""
    write: Callable[[datetime], str]
    """Of an instant in UTC."""


def _names(names: tuple[str, ...], letters: int | None = None) -> str:
    """Match names, whatever the case of their letters."""
    return "|".join("".join(f"[{each.upper()}{each.lower()}]" for each in name[:letters]) for name in names)


def _half_hour(at: datetime) -> int:
    return (at.hour - 1) % _NOON + 1


def _fraction(digits: int) -> _Part:
    return _Part(
        f"(?P<fraction>[0-9]{{{digits}}})", lambda at: f"{at.microsecond:06}".ljust(digits, "0")[:digits]
    )


def _zone(pattern: str, utc: str) -> _Part:
    return _Part(f"(?P<zone>{pattern})", lambda _: utc)


_YEAR = _Part("(?P<year>[0-9]{4})", lambda at: f"{at.year:04}")
_PARTS = {
    "yyyy": _YEAR,
    "uuuu": _YEAR,
    "yy": _Part("(?P<short_year>[0-9]{2})", lambda at: f"{at.year % 100:02}"),
    "M": _Part("(?P<month>[0-9]{1,2})", lambda at: str(at.month)),
    "MM": _Part("(?P<month>[0-9]{2})", lambda at: f"{at.month:02}"),
    "MMM": _Part(f"(?P<month_name>{_names(_MONTHS, _SHORT)})", lambda at: _MONTHS[at.month - 1][:_SHORT]),
    "MMMM": _Part(f"(?P<month_name>{_names(_MONTHS)})", lambda at: _MONTHS[at.month - 1]),
    "d": _Part("(?P<day>[0-9]{1,2})", lambda at: str(at.day)),
    "dd": _Part("(?P<day>[0-9]{2})", lambda at: f"{at.day:02}"),
    "EEE": _Part(f"(?:{_names(_DAYS, _SHORT)})", lambda at: _DAYS[at.weekday()][:_SHORT]),
    "EEEE": _Part(f"(?:{_names(_DAYS)})", lambda at: _DAYS[at.weekday()]),
    "H": _Part("(?P<hour>1?[0-9]|2[0-3])", lambda at: str(at.hour)),
    "HH": _Part("(?P<hour>[01][0-9]|2[0-3])", lambda at: f"{at.hour:02}"),
    "h": _Part("(?P<half_hour>[1-9]|1[0-2])", lambda at: str(_half_hour(at))),
    "hh": _Part("(?P<half_hour>0[1-9]|1[0-2])", lambda at: f"{_half_hour(at):02}"),
    "a": _Part("(?P<half>[AaPp][Mm])", lambda at: "AM" if at.hour < _NOON else "PM"),
    "m": _Part(f"(?P<minute>{_SIXTY}|[0-9])", lambda at: str(at.minute)),
    "mm": _Part(f"(?P<minute>{_SIXTY})", lambda at: f"{at.minute:02}"),
    "s": _Part(f"(?P<second>{_SIXTY}|[0-9])", lambda at: str(at.second)),
    "ss": _Part(f"(?P<second>{_SIXTY})", lambda at: f"{at.second:02}"),
    **{"S" * digits: _fraction(digits) for digits in range(1, 10)},
    "X": _zone(f"Z|{_HOURS}(?:{_SIXTY})?", "Z"),
    "XX": _zone(f"Z|{_HOURS}{_SIXTY}", "Z"),
    "XXX": _zone(f"Z|{_HOURS}:{_SIXTY}", "Z"),
    "x": _zone(f"{_HOURS}(?:{_SIXTY})?", "+00"),
    "xx": _zone(f"{_HOURS}{_SIXTY}", "+0000"),
    "xxx": _zone(f"{_HOURS}:{_SIXTY}", "+00:00"),
    "Z": _zone(f"{_HOURS}{_SIXTY}", "+0000"),
    "z": _zone("UTC|GMT|Z", "UTC"),
}
"""What the letters of a pattern stand for."""

_EPOCH_FRACTIONS = {"epoch_second": 1, "epoch_millis": 1000}
"""Numbers since 1970, as Elasticsearch calls them, for which Java has no letters; how many make a second."""

_NUMBER = r"-?[0-9]{1,15}(?:[.][0-9]{1,9})?(?:[eE][-+]?[0-9]{1,2})?"

_TOKEN = re.compile(r"(?P<letters>([A-Za-z])\2*)|'(?P<quoted>[^']*)'|(?P<optional>[\[\]])|(?P<other>[^'])")
_GROUP = re.compile(r"\(\?P<(\w+)>")
_OPTIONAL = re.compile(r"\[[^\[\]]*\]")
_SPECIAL = re.compile(r"[.^$*+?()\[\]{}|\\]")
"""Characters that mean more than themselves in regular expressions of any kind."""

_DATE = {("year", "short_year"): "yyyy or yy", ("month", "month_name"): "MM, M or MMM", ("day",): "dd or d"}
"""Parts of which every text tells one, and how they are written."""

_HALF = {"half", "half_hour"}
_OF_DAY = {"hour", "minute", "second", "fraction", *_HALF}


@dataclass(frozen=True)
class SourceFormat:
    """How texts write a date or timestamp."""

    text: str
    """As the contract has it."""

    @property
    def named_pattern(self) -> str:
        """Regular expression of such a text, its groups named by the parts of a moment.

        Raises:
            ValueError: The text is no pattern that jobs read by; the message tells why.
        """
        if self.text in _EPOCH_FRACTIONS:
            return f"(?P<{self.text}>{_NUMBER})"
        found = "".join(
            _BRACKETS[each] if is_bracket else each.pattern if isinstance(each, _Part) else _literal(each)
            for each, is_bracket in _tokens(self.text)
        )
        try:
            re.compile(found)
        except re.error as error:
            raise ValueError(f"each part once, and brackets in pairs ({error})") from error
        return found

    @property
    def pattern(self) -> str:
        """The same without names, as other engines than Python's know it."""
        return _GROUP.sub("(?:", self.named_pattern)

    def written(self, moment: date) -> str:
        """Return the text of a date, a timestamp or an instant."""
        at = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        if self.text in _EPOCH_FRACTIONS:
            return f"{at.timestamp() * _EPOCH_FRACTIONS[self.text]:.6f}".rstrip("0").rstrip(".")
        parts = (each for each, is_bracket in _tokens(self.text) if not is_bracket)
        return "".join(each.write(at) if isinstance(each, _Part) else each for each in parts)

    def problem(self, *, time: bool, zone: bool) -> str | None:
        """Return what such texts need for a date, timestamp or instant, or must not have; None if nothing.

        Args:
            time: Whether there may be a time of day.
            zone: Whether there must be a zone; if not, there may be none.
        """
        try:
            parts, needed = self._parts, self._needed._parts
        except ValueError as error:
            return str(error)
        if self.text in _EPOCH_FRACTIONS:
            return None if zone else "timestamptz for numbers since 1970, which are instants"
        for some, letters in _DATE.items():
            if len(parts.intersection(some)) != 1 or needed.isdisjoint(some):
                return f"{letters}, once and always"
        if "zone" in parts - needed:
            return "a zone always, or never"
        return _problem_of_time(parts, time=time, zone=zone)

    @property
    def _parts(self) -> frozenset[str]:
        return frozenset(_GROUP.findall(self.named_pattern))

    @property
    def _needed(self) -> "SourceFormat":
        """The same without what may be missing."""
        text = self.text
        while (shorter := _OPTIONAL.sub("", text)) != text:
            text = shorter
        return SourceFormat(text)


_BRACKETS: dict[object, str] = {"[": "(?:", "]": ")?"}


def _problem_of_time(parts: frozenset[str], *, time: bool, zone: bool) -> str | None:
    if not time and (_OF_DAY & parts or "zone" in parts):
        return "no time of day"
    if zone is not ("zone" in parts):
        return "a zone (X, XXX, Z or z)" if zone else "no zone"
    if _HALF & parts not in (set(), _HALF) or (_HALF & parts and "hour" in parts):
        return "HH, or hh with a"
    return None


def _tokens(text: str) -> Iterator[tuple[_Part | str, bool]]:
    """Yield the parts and texts of a pattern, and whether one is a bracket."""
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError("a quote that ends")
        at = token.end()
        if letters := token["letters"]:
            if letters not in _PARTS:
                raise ValueError(f"no {letters} ({nearest(letters, _PARTS)}); texts stand in single quotes")
            yield _PARTS[letters], False
        elif token["quoted"] is not None:
            yield token["quoted"] or "'", False
        else:
            yield token[0], token["optional"] is not None


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
