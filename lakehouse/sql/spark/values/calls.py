"""Finds calls of functions that Spark does not have, or that it has with other arguments."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.parsers.spark import SparkParser
from sqlglot.tokenizer_core import Token, TokenType

from config.faults import nearest
from lakehouse.sql.spark.types.functions import SYNTAX, UNITS, WITH_UNIT, WORDS, functions
from lakehouse.sql.spark.values.problems import Problem

_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}
_NO_FUNCTIONS = {
    *("and", "broadcast", "broadcastjoin", "case", "mapjoin", "merge", "mergejoin", "or", "shuffle_hash"),
    *("shuffle_replicate_nl", "shufflemerge"),
}
"""Operators and hints that the parser reads like functions."""

_PARSED_APART = {
    *(name.lower() for name in SparkParser.FUNCTION_PARSERS),
    *(name.lower() for name in SparkParser.NO_PAREN_FUNCTION_PARSERS),
} - _NO_FUNCTIONS
"""Functions whose place the syntax tree does not tell."""

_NO_CALL_BEHIND = {TokenType.ALIAS, TokenType.ILIKE, TokenType.LIKE}
"""An alias with names of columns, or ANY, ALL and SOME of patterns."""

_WITH_PATTERN = {
    *("date_format", "from_unixtime", "to_date", "to_timestamp", "to_unix_timestamp", "try_to_timestamp"),
    "unix_timestamp",
}
"""Functions whose last argument may be the pattern of a date."""

_PATTERN_WORDS = {"Y": "yyyy", "m": "MM", "d": "dd", "H": "HH", "i": "mm", "s": "ss", "S": "ss", "y": "yy"}

_TABLES = ("generator_funcs", "table")
"""Groups of functions that may stand in FROM."""

_KEYWORDS = {"as", "from", "in", "placing", "select", "with", "order"}
"""Words inside the parentheses of a call after which it has no list of arguments alone."""


@dataclass(frozen=True)
class Call:
    """A name with parentheses behind it."""

    name: str
    """In lower case."""
    start: int
    line: int
    arguments: tuple[tuple[Token, ...], ...]
    """Empty for `()`."""
    before: TokenType | None
    """What stands before it."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing but a list of arguments stands in the parentheses."""
        tokens = [token for argument in self.arguments for token in argument]
        stars = any(argument[-1].token_type is TokenType.STAR for argument in self.arguments if argument)
        return not stars and all(self.arguments) and not any(map(_is_keyword, tokens))


def called(tokens: Sequence[Token], tree: exp.Expr) -> list[Call]:
    """Return the calls of functions, under the names that are written; qualified ones are left out."""
    places = {
        node.meta["start"]
        for node in tree.walk()
        if "start" in node.meta and not isinstance(node, exp.Identifier | exp.Column | exp.Table)
    }
    return [
        call
        for call in calls(tokens)
        if call.before not in _NO_CALL_BEHIND and (call.start in places or call.name in _PARSED_APART)
    ]


def calls(tokens: Sequence[Token]) -> Iterator[Call]:
    """Yield what may be calls of functions; without the syntax tree nobody can tell."""
    for at, token in enumerate(tokens[:-1]):
        before = tokens[at - 1].token_type if at else None
        if tokens[at + 1].token_type is TokenType.L_PAREN and before is not TokenType.DOT:
            arguments = tuple(_arguments(tokens, at + 2))
            yield Call(token.text.lower(), token.start, token.line, arguments, before)


def unknown(called: Iterable[Call]) -> Iterator[Problem]:
    """Yield a problem for each function that Spark lacks."""
    known = functions().keys() | SYNTAX
    for call in called:
        if call.name not in known:
            word = WORDS.get(call.name)
            fix = f"write {word}" if word else nearest(call.name, known)
            yield Problem(call.line, f"{call.name}()", "functions of Spark 3.5", fix)


def miscounted(called: Iterable[Call]) -> Iterator[Problem]:
    """Yield a problem for each function of Spark that is called with too few or too many arguments."""
    for call in called:
        function = functions().get(call.name)
        if function is None or function.arguments is None or not call.is_plain:
            continue
        if call.name in WITH_UNIT and len(call.arguments) == 3:  # noqa: PLR2004
            yield from _unit(call)
        elif len(call.arguments) not in function.arguments:
            counts = sorted(function.arguments)
            allowed = f"{' or '.join(map(str, counts))} argument{'s' if counts != [1] else ''}"
            got = f"{call.name}() with {len(call.arguments)}"
            yield Problem(call.line, got, allowed, "see the functions of Spark 3.5")


def foreign_patterns(called: Iterable[Call]) -> Iterator[Problem]:
    """Yield a problem for each pattern of a date in the words of MySQL and Trino; Spark fails on its `Y`."""
    for call in called:
        pattern = call.arguments[-1] if call.name in _WITH_PATTERN and len(call.arguments) > 1 else ()
        if len(pattern) == 1 and pattern[0].token_type is TokenType.STRING and "%Y" in pattern[0].text:
            words = re.sub("%(.)", lambda found: _PATTERN_WORDS.get(found[1], found[0]), pattern[0].text)
            got = f"the pattern '{pattern[0].text}'"
            yield Problem(pattern[0].line, got, "patterns of Spark, as in 'yyyy-MM-dd'", f"write '{words}'")


def no_tables(tree: exp.Expr, sql_calls: Mapping[int, Call]) -> Iterator[Problem]:
    """Yield a problem for each function in FROM that makes no rows; calls come by their places."""
    for table in tree.find_all(exp.Table):
        call = sql_calls.get(table.this.meta.get("start", -1))
        function = functions().get(call.name) if call else None
        if call and function and function.group not in _TABLES:
            allowed = ", ".join(sorted(key for key, each in functions().items() if each.group in _TABLES))
            yield Problem(
                call.line, f"{call.name}() in FROM", allowed, "write LATERAL VIEW explode(…) t AS column"
            )


def _unit(call: Call) -> Iterator[Problem]:
    first = call.arguments[0][0]
    if first.token_type is TokenType.STRING:
        unit = first.text.upper() if first.text.lower() in UNITS else "DAY"
        got = f"{call.name}('{first.text}', …)"
        fix = f"write {call.name}({unit}, …)"
        yield Problem(call.line, got, "a unit without quotes", fix)


def _arguments(tokens: Sequence[Token], start: int) -> Iterator[tuple[Token, ...]]:
    depth = 0
    found: list[Token] = []
    for token in tokens[start:]:
        if token.token_type in _CLOSE:
            if depth == 0:
                break
            depth -= 1
        elif token.token_type in _OPEN:
            depth += 1
        if token.token_type is TokenType.COMMA and depth == 0:
            yield tuple(found)
            found = []
        else:
            found.append(token)
    if found:
        yield tuple(found)


def _is_keyword(token: Token) -> bool:
    return token.token_type is not TokenType.STRING and token.text.lower() in _KEYWORDS
