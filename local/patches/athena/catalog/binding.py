"""The tables of a query: each is found in the catalog as the caller, read, and put in the place of its name.

Whatever a query may name in a FROM clause is a table of Glue's that the caller may read, a view over such
tables, one of an Iceberg table's metadata tables, `information_schema`, or made by the query itself (WITH,
VALUES, UNNEST, `sequence`). Everything else is refused, so the engine never looks up a name by itself.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from local.patches.athena.catalog import governance, reading, schemata, views
from local.patches.athena.engine.engine import Question
from local.patches.athena.errors import QueryError
from local.patches.athena.session import CATALOG, Name, Session, full_name
from local.patches.athena.trino import parsing

_MOST_NESTED_VIEWS = 20


def bind(query: exp.Query, session: Session) -> Question:
    """Read the tables of a query with the caller's rights; they bear names that only the engine knows.

    Raises:
        QueryError: A table does not exist, or something else than a table is asked for rows.
        ClientError: The caller may not read it.
    """
    governance.begin(session)
    question = Question(query.copy(), {})
    _refuse_parameters(question.query)
    _name_session(question.query, session)
    _Binder(session, question).bind(question.query, session.database, 0)
    return question


@dataclass
class _Binder:
    session: Session
    question: Question
    known: dict[str, str] = field(default_factory=dict)

    def bind(self, root: exp.Query, database: str, depth: int) -> None:
        _refuse_sources(root)
        for table in list(root.find_all(exp.Table)):
            if isinstance(table.this, exp.Func):
                _replace_function(table)
            elif not _of_query(table):
                self._replace(table, database, depth)

    def _replace(self, table: exp.Table, database: str, depth: int) -> None:
        parts = (table.catalog or None, table.db or database, table.name)
        name = full_name(parts, self.session)
        original = table.name.lower()
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(original, quoted=True))
        if table.db and not table.alias:
            _shorten_columns(table, name.database, original)
        kept = {key: table.args[key] for key in ("sample", "joins") if table.args.get(key)}
        view = self._view(name)
        if view:
            table.replace(self._expanded(view, alias, depth, kept))
            return
        version, select = table.args.get("version"), table.find_ancestor(exp.Select)
        key = f"{name} {version} {id(select) if name.database == schemata.SCHEMA else ''}"
        if key not in self.known:
            # a name that no WITH query can have
            self.known[key] = f"{self.session.query_id} {len(self.known)}"
            self.question.tables[self.known[key]] = reading.read(self.session, name, version, select)
        table.replace(exp.Table(this=exp.to_identifier(self.known[key], quoted=True), alias=alias, **kept))

    def _view(self, name: Name) -> views.View | None:
        if "$" in name.table or name.database == schemata.SCHEMA:
            return None
        return views.definition(self.session, name)

    def _expanded(
        self, view: views.View, alias: exp.TableAlias, depth: int, kept: dict[str, Any]
    ) -> exp.Subquery:
        if depth == _MOST_NESTED_VIEWS:
            raise QueryError("VIEW_IS_RECURSIVE: views are nested too deeply")
        inner = exp.Subquery(this=parsing.query(view.sql), alias=alias.copy(), **kept)
        if not inner.args["alias"].columns:
            columns = [exp.to_identifier(name, quoted=True) for name in view.columns]
            inner.args["alias"].set("columns", columns)
        self.bind(inner, view.database, depth + 1)
        return inner


def _of_query(table: exp.Table) -> bool:
    """Whether a name without a database is that of a WITH query which can be seen from its place."""
    if table.db or table.args.get("version"):
        return False
    name = table.name.lower()
    child: Any = table
    while (node := child.parent) is not None:
        with_ = node if isinstance(node, exp.With) else node.args.get("with_")
        if with_ and with_ is not child and name in _visible(with_, child):
            return True
        child = node
    return False


def _visible(with_: exp.With, child: Any) -> set[str]:
    """Names of a WITH clause that can be seen from its statement, or from the query that is being defined."""
    names: set[str] = set()
    for one in with_.expressions:
        if one is child:
            return names | ({one.alias.lower()} if with_.recursive else set())
        names.add(one.alias.lower())
    return names


def _refuse_parameters(query: exp.Query) -> None:
    if missing := len(list(query.find_all(exp.Placeholder, exp.Parameter))):
        raise QueryError(
            f"INVALID_PARAMETER_USAGE: Incorrect number of parameters: expected {missing} but found 0"
        )


def _name_session(query: exp.Query, session: Session) -> None:
    """Put the names in the place of `current_catalog` and `current_schema`.

    Both are reserved words: https://trino.io/docs/current/functions/session.html
    """
    for node in list(query.find_all(exp.CurrentCatalog, exp.Column)):
        if isinstance(node, exp.CurrentCatalog):
            node.replace(exp.Literal.string(CATALOG))
        elif node.sql().lower() == "current_schema":  # which sqlglot takes for a column
            node.replace(exp.Literal.string(session.database))


def _refuse_sources(root: exp.Query) -> None:
    for lateral in root.find_all(exp.Lateral):
        if not isinstance(lateral.this, exp.Subquery | exp.Unnest):
            raise _unknown_function(lateral.this)


def _replace_function(table: exp.Table) -> None:
    """`TABLE(sequence(…))` becomes an UNNEST of it; no other table function exists here."""
    call: Any = table.this
    inner = call.expressions if call.name.lower() == "table" else [call]
    if call is inner[0] or len(inner) != 1 or inner[0].name.lower() != "sequence":
        raise _unknown_function(inner[0])
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier("sequence"))
    if not alias.columns:
        alias.set("columns", [exp.to_identifier("sequential_number")])
    table.replace(exp.Unnest(expressions=[inner[0].copy()], alias=alias.copy()))


def _unknown_function(call: Any) -> QueryError:
    return QueryError(
        f"FUNCTION_NOT_FOUND: Table function '{str(call.name or call.key).lower()}' not registered"
    )


def _shorten_columns(table: exp.Table, database: str, name: str) -> None:
    """Columns written as `database.table.column` lose the database, which the engine does not know."""
    scope = table.find_ancestor(exp.Select)
    for column in scope.find_all(exp.Column) if scope else ():
        if column.db.lower() == database and column.table.lower() == name:
            column.set("db", None)
            column.set("catalog", None)
