"""A prompt for SQL, with history and completion by the terminal's own line editor."""

import contextlib
import readline
from collections.abc import Callable, Sequence
from pathlib import Path

_HISTORY = Path("~/.lake_sql_history").expanduser()
_MOST_LINES = 1000
_FIRST, _MORE = "lake> ", "  ... "
_ENDS = ("exit", "quit", "\\q")


def prompt(answer: Callable[[str], None], words: Sequence[str]) -> None:
    """Read statements, each ended by a semicolon or an empty line, until the end of input; answer each.

    Ctrl-C gives up the statement that is being written or answered.
    """
    _prepare(words)
    try:
        while (statement := _statement()) is not None:
            if statement.strip(" ;\n"):
                with contextlib.suppress(KeyboardInterrupt):
                    answer(statement)
    finally:
        with contextlib.suppress(OSError):  # a home that cannot be written to has no history
            readline.set_history_length(_MOST_LINES)
            readline.write_history_file(_HISTORY)


def _prepare(words: Sequence[str]) -> None:
    with contextlib.suppress(OSError):  # there is none yet
        readline.read_history_file(_HISTORY)
    readline.set_completer_delims(" \t\n,()=<>*;")
    readline.set_completer(completer(words))
    readline.parse_and_bind("tab: complete")


def completer(words: Sequence[str]) -> Callable[[str, int], str | None]:
    """Return what finds the words that begin as a text does, whatever the case, one by one."""

    def complete(text: str, state: int) -> str | None:
        found = [word for word in words if word.lower().startswith(text.lower())]
        return found[state] if state < len(found) else None

    return complete


def _statement() -> str | None:
    """Return what was written up to a semicolon or an empty line; None at the end of input."""
    lines: list[str] = []
    while True:
        try:
            line = input(_MORE if lines else _FIRST)
        except EOFError:
            return "\n".join(lines) if lines else None
        except KeyboardInterrupt:
            print()
            lines = []
            continue
        if not lines and line.strip().rstrip(";") in _ENDS:
            return None
        lines.append(line)
        if line.rstrip().endswith(";") or not line.strip():
            return "\n".join(lines)
