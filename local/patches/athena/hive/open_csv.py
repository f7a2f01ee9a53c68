"""A line as opencsv 2.3 splits it, which Hive's OpenCSVSerDe uses; no record spans lines.

Source: https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Marks:
    """The characters with a meaning."""

    separator: str
    quote: str
    escape: str

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Marks":
        """Those of a SerDe's parameters."""
        given = [parameters.get(name) for name in ("separatorChar", "quoteChar", "escapeChar")]
        return cls(*[(one or default)[0] for one, default in zip(given, (",", '"', "\\"), strict=True)])


def fields(line: str, marks: Marks) -> list[str]:
    """The fields of a line; one that is quoted and does not end is left out."""
    state = _State(line, marks)
    at = 0
    while at < len(line):
        at += state.take(at)
    return state.found if state.quoted else [*state.found, state.text]


@dataclass
class _State:
    line: str
    marks: Marks
    found: list[str] = field(default_factory=list)
    text: str = ""
    quoted: bool = False

    def take(self, at: int) -> int:
        """Read at a place; return how many characters were read."""
        character, following = self.line[at], self.line[at + 1 : at + 2]
        inside = self.quoted or bool(self.text)
        if character == self.marks.escape:
            escaped = following if inside and following in (self.marks.quote, self.marks.escape) else ""
            self.text += escaped
            return 1 + len(escaped)
        if character == self.marks.quote:
            return self._quote(at, following)
        if character == self.marks.separator and not self.quoted:
            self.found.append(self.text)
            self.text = ""
        else:
            self.text += character
        return 1

    def _quote(self, at: int, following: str) -> int:
        if self.quoted and following == self.marks.quote:
            self.text += following
            return 2
        if not self._at_edge(at, following):
            self.text = "" if self.text.isspace() else self.text + self.line[at]
        self.quoted = not self.quoted
        return 1

    def _at_edge(self, at: int, following: str) -> bool:
        """Whether a quotation mark stands at an end of its field; opencsv keeps those in the middle."""
        return at <= 2 or self.line[at - 1] == self.marks.separator or following in ("", self.marks.separator)  # noqa: PLR2004
