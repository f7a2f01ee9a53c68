"""Reads the SQL of gold products: which tables it takes, what it selects, and its physical form.

SQL is parsed to be understood but never rewritten: only the table names are exchanged, in place, so that
Spark runs what its author wrote. Importing this module imports the parser, which takes a quarter second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from config.naming import Naming

CATALOG = "glue_catalog"
"""Name of the Iceberg catalog in the Spark session of every job."""

DIALECT = "spark"


_VOLATILE = {
    "current_date",
    "current_time",
    "current_datetime",
    "current_timestamp",
    "current_user",
    "getdate",
    "input_file_name",
    "localtime",
    "localtimestamp",
    "monotonically_increasing_id",
    "now",
    "rand",
    "randn",
    "randstr",
    "random",
    "session_user",
    "shuffle",
    "spark_partition_id",
    "user",
    "uuid",
}
"""Functions of the clock, of chance and of the run, by the names that the parser has for them."""


class SqlError(ValueError):
    """The text is not one query of Spark SQL; `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        """Keep the place beside the message."""
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True, order=True)
class Mention:
    """A table name somewhere in the SQL."""

    start: int
    end: int
    name: str
    """As `<database>.<table>`, without quotes; the database is missing if the SQL leaves it out."""
    line: int


@dataclass(frozen=True)
class Query:
    """What the SQL of a product reads and yields."""

    mentions: tuple[Mention, ...]
    """In the order of the text; common table expressions are not among them."""
    outputs: tuple[str, ...]
    """Names of the selected columns: empty where the SQL gives none, `*` where they cannot be told."""


def analyse(sql: str) -> Query:
    """Return what one query reads and yields.

    Raises:
        SqlError: it does not parse, or is anything but one query.
    """
    query = parse(sql)
    local = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    tables = [
        _mention(sql, table.parts)
        for table in query.find_all(exp.Table)
        if not isinstance(table.this, exp.Func) and (table.db or table.name.lower() not in local)
    ]
    names = {mention.name for mention in tables}
    return Query(
        tuple(sorted({*tables, *_qualifiers(sql, query, names)})),
        tuple(each.output_name for each in query.selects),
    )


def resolve(sql: str, naming: Naming) -> str:
    """Exchange `<layer>_<domain>.<dataset>` for the physical names, and end the text with its last token."""
    text = sql[: _end(sql)]
    for mention in reversed(analyse(sql).mentions):
        database, _, table = mention.name.partition(".")
        layer, _, domain = database.partition("_")
        physical = f"{CATALOG}.{naming.database(layer, domain)}.{table}"
        text = text[: mention.start] + physical + text[mention.end :]
    return text


def volatile_calls(sql: str) -> list[str]:
    """Return the functions that may yield something else when the same tables are read again, sorted."""
    names = {
        call.name.lower() if isinstance(call, exp.Anonymous) else call.sql_name().lower()
        for call in parse(sql).find_all(exp.Func)
    }
    return sorted(names & _VOLATILE)


@lru_cache(maxsize=4)
def parse(sql: str) -> exp.Query:
    """Return the syntax tree of one query, which callers leave as it is: the next one gets the same.

    Raises:
        SqlError: it does not parse, or is anything but one query.
    """
    tokens = tokenize(sql)
    try:
        parsed = Dialect.get_or_raise(DIALECT).parser().parse(tokens, sql)
    except ParseError as error:
        first = error.errors[0]
        raise SqlError(first["line"], first["description"]) from error
    statements = [part for part in parsed if part is not None and not isinstance(part, exp.Semicolon)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        kinds = ", ".join(part.key.upper() for part in statements) or "nothing"
        raise SqlError(1, kinds)
    if any(call.name.lower() == "identifier" for call in statements[0].find_all(exp.Anonymous)):
        raise SqlError(1, "IDENTIFIER(), which hides what is read")
    return statements[0]


def tokenize(sql: str) -> list[Token]:
    """Return the words and signs of a text.

    Raises:
        SqlError: a text or name in quotes does not end.
    """
    try:
        tokens = sqlglot.tokenize(sql, dialect=DIALECT)
    except SqlglotError as error:
        raise SqlError(1, str(error)) from error
    for token, after in pairwise(tokens):
        # The parser takes the word for a clause alone; it is a function, too, and a column named by it.
        if token.token_type is TokenType.WINDOW and after.token_type in (TokenType.L_PAREN, TokenType.DOT):
            token.token_type = TokenType.VAR
    return tokens


def _qualifiers(sql: str, query: exp.Query, names: set[str]) -> Iterator[Mention]:
    """Yield table names in front of columns; `alias.struct.member` looks alike but names no table."""
    for column in query.find_all(exp.Column):
        if len(column.parts) > 2 and (mention := _mention(sql, column.parts[:2])).name in names:  # noqa: PLR2004
            yield mention


def _mention(sql: str, parts: Sequence[exp.Expr]) -> Mention:
    start, end = parts[0].meta["start"], parts[-1].meta["end"] + 1
    return Mention(start, end, ".".join(part.name for part in parts), sql.count("\n", 0, start) + 1)


def _end(sql: str) -> int:
    """Offset behind the last token, since what wraps the query may not bear a semicolon or comment there."""
    tokens = sqlglot.tokenize(sql, dialect=DIALECT)
    return max(token.end for token in tokens if token.token_type is not TokenType.SEMICOLON) + 1
