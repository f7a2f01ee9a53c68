"""Rules of composite alarms: an expression over states of other alarms.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from local.alarms.datapoints import State
from local.alarms.metrics import UnsupportedError

States = Callable[[str], State | None]
"""State of the alarm with a name; None if there is none."""

_WORD = re.compile(r'\s*("(?:\\.|[^"\\])*"|[()]|[^\s()"]+)')


class Rule(ABC):
    """A part of an expression."""

    @abstractmethod
    def holds(self, states: States) -> bool:
        """Whether it is true."""

    @abstractmethod
    def named(self) -> Iterator[tuple[str, State]]:
        """Yield each alarm that it names, with the state in which it asks for it."""


@dataclass(frozen=True)
class _Is(Rule):
    alarm: str
    state: State

    def holds(self, states: States) -> bool:
        return states(self.alarm) == self.state

    def named(self) -> Iterator[tuple[str, State]]:
        yield self.alarm, self.state


@dataclass(frozen=True)
class _Constant(Rule):
    value: bool

    def holds(self, states: States) -> bool:
        return self.value

    def named(self) -> Iterator[tuple[str, State]]:
        yield from ()


@dataclass(frozen=True)
class _Joined(Rule):
    operator: str
    parts: tuple[Rule, ...]

    def holds(self, states: States) -> bool:
        each = (part.holds(states) for part in self.parts)
        return {"AND": all, "OR": any}[self.operator](each)

    def named(self) -> Iterator[tuple[str, State]]:
        for part in self.parts:
            yield from part.named()


@dataclass(frozen=True)
class _Not(Rule):
    part: Rule

    def holds(self, states: States) -> bool:
        return not self.part.holds(states)

    def named(self) -> Iterator[tuple[str, State]]:
        yield from self.part.named()


def parse(text: str) -> Rule:
    """Read a rule. AND binds before OR; names may be quoted, and may be ARNs.

    Raises:
        UnsupportedError: It is none, or uses what is not emulated.
    """
    words = _WORD.findall(text)
    if re.sub(_WORD, "", text).strip():
        raise UnsupportedError(f"rule {text!r}: it is no AlarmRule")
    parser = _Parser(words, text)
    rule = parser.either()
    parser.expect(None)
    return rule


class _Parser:
    def __init__(self, words: list[str], text: str) -> None:
        self._words: list[str | None] = [*words, None]
        self._text = text

    def either(self) -> Rule:
        return self._joined("OR", lambda: self._joined("AND", self._operand))

    def expect(self, word: str | None) -> None:
        found = self._words.pop(0)
        if found != word:
            raise UnsupportedError(
                f"rule {self._text!r}: {found or 'its end'} where {word or 'its end'} is due"
            )

    def _joined(self, operator: str, part: Callable[[], Rule]) -> Rule:
        parts = [part()]
        while self._words[0] == operator:
            self._words.pop(0)
            parts.append(part())
        return parts[0] if len(parts) == 1 else _Joined(operator, tuple(parts))

    def _operand(self) -> Rule:
        word = self._words.pop(0)
        match word:
            case "NOT":
                return _Not(self._operand())
            case "(":
                rule = self.either()
                self.expect(")")
                return rule
            case "TRUE" | "FALSE":
                return _Constant(word == "TRUE")
            case "ALARM" | "OK" | "INSUFFICIENT_DATA":
                self.expect("(")
                name = self._words.pop(0) or ""
                self.expect(")")
                return _Is(_name(name), State(word))
        raise UnsupportedError(f"rule {self._text!r}: {word or 'its end'} is not emulated")


def _name(word: str) -> str:
    plain = re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word
    return plain.rpartition(":alarm:")[2]
