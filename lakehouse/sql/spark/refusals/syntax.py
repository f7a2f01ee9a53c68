"""Finds what the parser takes, since other engines do, and Spark's own does not."""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from config.faults import nearest
from lakehouse.sql.spark.values.problems import Problem, offset

_AFTER_LIST = {
    *(TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY, TokenType.ORDER_BY, TokenType.HAVING),
    *(TokenType.LIMIT, TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT, TokenType.R_PAREN),
    *(TokenType.SELECT, TokenType.SEMICOLON),
}
"""What cannot stand behind a comma."""

_TYPES = {
    *("boolean", "tinyint", "byte", "smallint", "short", "int", "integer", "bigint", "long", "float", "real"),
    *("double", "date", "timestamp", "timestamp_ntz", "timestamp_ltz", "string", "character", "char"),
    *("varchar", "binary", "decimal", "dec", "numeric", "void", "interval", "array", "struct", "map"),
}
"""Names of types in casts: `DataType` in Spark's grammar."""

_SIZED = {"char", "character", "varchar"}

_TYPE_WORDS = {
    **dict.fromkeys(("text", "str", "clob", "nvarchar"), "STRING"),
    **dict.fromkeys(("int64", "int8", "bigserial"), "BIGINT"),
    **dict.fromkeys(("number", "bignumeric", "money"), "DECIMAL(precision, scale)"),
    **dict.fromkeys(("datetime", "timestamptz", "timestamp_tz"), "TIMESTAMP"),
    **dict.fromkeys(("bytes", "bytea", "blob", "varbinary"), "BINARY"),
    **dict.fromkeys(("float64", "double precision"), "DOUBLE"),
    **dict.fromkeys(("bool", "bit"), "BOOLEAN"),
}

Rule = tuple[Callable[[exp.Expr], object], str, str]

_IN_TREE: dict[type[exp.Expr], tuple[Rule, ...]] = {
    exp.Select: (
        (lambda node: node.args.get("qualify"), "QUALIFY", "filter on the outside of a subquery"),
        (
            lambda node: node.args.get("distinct") and node.args["distinct"].args.get("on"),
            "DISTINCT ON",
            "number the rows by row_number() in a subquery, and filter on the outside",
        ),
        (lambda node: node.args.get("locks"), "FOR UPDATE", "remove it"),
        (lambda node: node.args.get("into"), "INTO", "remove it"),
    ),
    exp.Star: (
        (
            lambda node: any(node.args.get(key) for key in ("except_", "replace", "rename")),
            "columns left out of or exchanged in *",
            "name the columns",
        ),
    ),
    exp.With: (
        (lambda node: node.args.get("recursive"), "WITH RECURSIVE", "unroll the steps that you need"),
    ),
    exp.Unnest: ((bool, "UNNEST", "write LATERAL VIEW explode(…) t AS column"),),
    exp.Fetch: ((bool, "FETCH", "write LIMIT"),),
    exp.LimitOptions: ((bool, "WITH TIES or PERCENT", "write LIMIT with a number of rows"),),
    exp.SimilarTo: ((bool, "SIMILAR TO", "write RLIKE"),),
    exp.Collate: ((bool, "COLLATE", "compare lower(…)"),),
    exp.Slice: ((bool, "a slice [from:to]", "write slice(array, start, length)"),),
    exp.Join: ((lambda node: node.args.get("method") == "ASOF", "ASOF JOIN", "join on a range"),),
    exp.Order: (
        (
            lambda node: isinstance(node.parent, exp.Func) and not isinstance(node.parent, exp.WithinGroup),
            "ORDER BY among the arguments of a function",
            "sort the array: array_sort(collect_list(…))",
        ),
    ),
    exp.WindowSpec: (
        (
            lambda node: node.parent is not None and node.parent.args.get("alias"),
            "a named window with a frame of its own",
            "write the whole window there",
        ),
    ),
}
"""What Spark 3.5 lacks, how it is called, and what to do in its place."""


def trailing_commas(tokens: Sequence[Token]) -> Iterator[Problem]:
    """Yield a problem for each comma behind which nothing follows."""
    for token, after in zip_longest(tokens, tokens[1:]):
        if token.token_type is TokenType.COMMA and (after is None or after.token_type in _AFTER_LIST):
            behind = after.text if after else "the end"
            yield Problem(
                token.line, f"a comma before {behind}", "commas between two items", "remove the comma"
            )


def foreign_tokens(sql: str, tokens: Sequence[Token]) -> Iterator[Problem]:
    """Yield a problem for each sign or word of another engine that leaves no trace in the syntax tree."""
    for at, token in enumerate(tokens):
        after = tokens[at + 1].token_type if at + 1 < len(tokens) else None
        # The tokenizer makes such a token of the suffix of a number, too.
        if token.token_type is TokenType.DCOLON and sql.startswith("::", token.start):
            yield _foreign(token, "::", "write CAST(… AS type)")
        elif token.token_type in (TokenType.ISNULL, TokenType.NOTNULL) and after is not TokenType.L_PAREN:
            yield _foreign(token, token.text, "write IS NULL or IS NOT NULL")
        elif [each.text.upper() for each in tokens[at : at + 3]] == ["AT", "TIME", "ZONE"]:
            yield _foreign(token, "AT TIME ZONE", "write from_utc_timestamp or to_utc_timestamp")
        elif token.token_type is TokenType.ARRAY and after is TokenType.L_BRACKET:
            yield _foreign(token, "ARRAY[…]", "write array(…)")
    yield from _limits(tokens)
    yield from _casts(tokens)


def foreign_syntax(sql: str, tree: exp.Expr) -> Iterator[Problem]:
    """Yield a problem for each clause or operator that Spark 3.5 lacks."""
    for node in tree.walk():
        for find, name, fix in _IN_TREE.get(type(node), ()):
            if found := find(node):
                place = found if isinstance(found, exp.Expr) else node
                if not any("start" in each.meta for each in place.walk()):
                    place = place.parent or place
                yield Problem(sql.count("\n", 0, offset(place)) + 1, name, "syntax of Spark 3.5", fix)


def _foreign(token: Token, name: str, fix: str) -> Problem:
    return Problem(token.line, name, "syntax of Spark 3.5", fix)


def _limits(tokens: Sequence[Token]) -> Iterator[Problem]:
    for limit, _, comma in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if limit.token_type is TokenType.LIMIT and comma.token_type is TokenType.COMMA:
            yield _foreign(limit, "LIMIT with two numbers", "write LIMIT rows OFFSET rows")


def _casts(tokens: Sequence[Token]) -> Iterator[Problem]:
    """Find types in casts that Spark has another name for, or none."""
    for at, token in enumerate(tokens[:-1]):
        if (
            token.text.lower() not in ("cast", "try_cast")
            or tokens[at + 1].token_type is not TokenType.L_PAREN
        ):
            continue
        kind, behind = _type_of_cast(tokens, at + 2)
        if kind is None:
            continue
        name = kind.text.lower()
        if behind is not None and behind.token_type is TokenType.VAR and name == "double":
            name = f"{name} {behind.text.lower()}"
        if name not in _TYPES:
            word = _TYPE_WORDS.get(name)
            yield Problem(
                kind.line,
                f"the type {name.upper()}",
                "types of Spark 3.5",
                f"write {word}" if word else nearest(name, _TYPES),
            )
        elif name in _SIZED and (behind is None or behind.token_type is not TokenType.L_PAREN):
            yield Problem(kind.line, f"the type {name.upper()} without a length", "STRING", "write STRING")


def _type_of_cast(tokens: Sequence[Token], start: int) -> tuple[Token | None, Token | None]:
    """Return the first token of the type of a cast, and the one behind it."""
    depth = 0
    for at in range(start, len(tokens) - 1):
        kind = tokens[at].token_type
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        if depth < 0:
            break
        if depth == 0 and kind is TokenType.ALIAS:
            return tokens[at + 1], tokens[at + 2] if at + 2 < len(tokens) else None
    return None, None
