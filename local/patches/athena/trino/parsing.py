"""Texts into syntax trees: exactly one statement, its queries parsed as Trino."""

import re
from collections.abc import Iterator

import sqlglot
from ministack.services import athena
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from local.patches.athena.errors import RefusedError, malformed
from local.patches.athena.trino.dialect import TrinoNames

_DIALECT = TrinoNames
_LONGEST = 262_144
"""https://docs.aws.amazon.com/athena/latest/ug/service-limits.html: a query string's length"""

_OPEN = (TokenType.L_PAREN, TokenType.L_BRACKET)
_CLOSE = (TokenType.R_PAREN, TokenType.R_BRACKET)
_LITERALS = (exp.Literal, exp.Boolean, exp.Null, exp.HexString, exp.Interval)

Value = str | int | float | bool | list[str]


class Cursor(athena._Cursor):  # type: ignore[misc] # the emulator is untyped
    """The emulator's cursor over the tokens of a statement; comments are no tokens."""

    def rest(self) -> str:
        """The text from here on."""
        return "" if self.at_end() else str(self.text[self.peek()[2] :])

    def group(self) -> str:
        """The text in the parentheses that open here, which is stepped over."""
        start = self.peek()[3]
        if not self.punct("("):
            raise malformed(self.rest(), "'('")
        self.skip_group()
        return str(self.text[start : self.tokens[self.i - 1][2]])

    def name_parts(self) -> tuple[str | None, ...]:
        """The name of a table, which is stepped over: catalog, database, table; what is not said is None."""
        found = self.dotted_name(3)
        if found is None:
            raise malformed(self.rest(), "<identifier>")
        return tuple(found)

    def text_value(self) -> str:
        """The string that stands here, which is stepped over."""
        found = self.string()
        if found is None:
            raise malformed(self.rest(), "<string>")
        return str(found)

    def property_list(self) -> dict[str, str]:
        """`('name' = 'value', …)`, which is stepped over."""
        found = athena._property_list(self)
        if found is None:
            raise malformed(self.rest(), "('name' = 'value', …)")
        return dict(found)

    def end(self) -> None:
        """Refuse whatever follows."""
        if not self.at_end():
            raise malformed(self.rest(), "<EOF>")


def single(text: str) -> str:
    """The one statement in a text, without its last semicolon.

    Raises:
        RefusedError: The text holds none or several, or is too long.
    """
    if len(text.encode()) > _LONGEST:
        raise RefusedError(f"Query string is longer than {_LONGEST} bytes", "MALFORMED_QUERY")
    found = list(athena._sql_tokens(text))
    while found and found[-1][:2] == ("punct", ";"):
        text = text[: found.pop()[2]]
    if not found:
        raise malformed("", "<statement>")
    if any(token[:2] == ("punct", ";") for token in found):
        raise RefusedError(f"Only one sql statement is allowed. Got: {text}", "MALFORMED_QUERY")
    return text.strip()


def query(text: str) -> exp.Query:
    """The syntax tree of a query; comments and hints are left out.

    Raises:
        RefusedError: It is malformed or no query.
    """
    try:
        parsed = sqlglot.parse_one(text, dialect=_DIALECT)
    except SqlglotError as error:
        raise RefusedError(_mismatch(error), "MALFORMED_QUERY") from error
    except RecursionError as error:
        raise RefusedError(
            "line 1:1: statement is too large (stack overflow while parsing)", "MALFORMED_QUERY"
        ) from error
    if isinstance(parsed, exp.Values):
        names = ", ".join(f"_col{at}" for at, _ in enumerate(_row(parsed)))
        return query(f"SELECT * FROM ({text}) AS t ({names})")  # noqa: S608 - parsed, and run nowhere as it is
    if not isinstance(parsed, exp.Query):
        raise malformed(text, "<query>")
    for node in parsed.walk():
        node.comments = None
        if isinstance(node, exp.Select):
            node.set("hint", None)
    return parsed


def _row(values: exp.Values) -> list[exp.Expr]:
    first = values.expressions[0]
    return first.expressions if isinstance(first, exp.Tuple) else [first]


def tokens(text: str) -> list[Token]:
    """The tokens of a Trino statement."""
    try:
        return sqlglot.tokenize(text, dialect=_DIALECT)
    except SqlglotError as error:
        raise RefusedError(_mismatch(error), "MALFORMED_QUERY") from error


def items(text: str) -> Iterator[str]:
    """The parts of a list separated by commas, those inside of parentheses left alone."""
    depth = start = 0
    for token in tokens(text):
        depth += (token.token_type in _OPEN) - (token.token_type in _CLOSE)
        if depth == 0 and token.token_type == TokenType.COMMA:
            yield text[start : token.start].strip()
            start = token.end + 1
    if last := text[start:].strip():
        yield last


def properties(text: str) -> dict[str, Value]:
    """The properties of a `WITH (name = value, …)` clause; names in lower case.

    Raises:
        RefusedError: It is malformed.
    """
    found = {}
    for item in items(text):
        name, _, value = item.partition("=")
        found[name.strip(' "').lower()] = _value(value.strip())
    return found


def literal(text: str) -> str:
    """A literal, written anew, so that nothing else can be meant by it.

    Raises:
        RefusedError: It is something else.
    """
    parsed = _expression(text)
    inner = parsed.this if isinstance(parsed, exp.Neg | exp.Cast) else parsed
    parts = inner.expressions if isinstance(inner, exp.Array) else [inner]
    if not all(isinstance(part, _LITERALS) for part in parts):
        raise RefusedError(f"INVALID_PARAMETER_USAGE: {text} is not a literal; quote strings as 'text'")
    return parsed.sql(dialect="trino", comments=False)


def _value(text: str) -> Value:
    parsed = _expression(text)
    if isinstance(parsed, exp.Array):
        return [str(one.name) for one in parsed.expressions]
    if isinstance(parsed, exp.Boolean):
        return bool(parsed.this)
    if isinstance(parsed, exp.Literal):
        return str(parsed.this) if parsed.is_string else int(parsed.this)
    raise malformed(text, "<literal>")


def _expression(text: str) -> exp.Expr:
    try:
        parsed = sqlglot.parse(text, dialect=_DIALECT)
    except SqlglotError as error:
        raise RefusedError(_mismatch(error), "MALFORMED_QUERY") from error
    if len(parsed) != 1 or parsed[0] is None:
        raise malformed(text, "<expression>")
    return parsed[0]


def _mismatch(error: SqlglotError) -> str:
    places = getattr(error, "errors", None) or [{}]
    found = places[0].get("highlight") or "<EOF>"
    line, column = places[0].get("line") or 1, (places[0].get("col") or 1) - len(found) + 1
    reason = re.split(r"[.:]? (?:but )?got ", places[0].get("description") or "Invalid expression")[0]
    return f"line {line}:{max(column, 1)}: mismatched input '{found}'. {reason}"
