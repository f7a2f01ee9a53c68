"""The columns of queries, and what Spark would refuse in them."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from lakehouse.fields import Struct
from lakehouse.spark_sql import flow, lineage
from lakehouse.spark_sql.calls import Call
from lakehouse.spark_sql.context import Context
from lakehouse.spark_sql.generators import generated
from lakehouse.spark_sql.grouping import Grouping
from lakehouse.spark_sql.inference import kind
from lakehouse.spark_sql.kinds import common
from lakehouse.spark_sql.misplaced import Misplaced
from lakehouse.spark_sql.problems import Problem, inside, offset, parts
from lakehouse.spark_sql.relations import Ctes, Relations, Tables, aliased
from lakehouse.spark_sql.scope import Attribute, Attributes, Scope


class Analyst:
    """Looks at one text of SQL."""

    def __init__(self, sql: str, tables: Tables, sql_calls: Mapping[int, Call]) -> None:
        """Take the text, the tables that are known, and the calls of functions by their places."""
        self.problems: list[Problem] = []
        self._sql = sql
        self._tables = tables
        self._ctes: dict[int, Ctes] = {}
        self._done: dict[int, Attributes] = {}
        self._context = Context(sql_calls, self._subquery)

    def query(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Attributes:
        """Return the columns of a query; None if they cannot be told."""
        if id(node) not in self._done:
            # What stands around is known to whatever is looked at inside.
            self._ctes[id(node)] = ctes = self._with(node, ctes, outer)
            self._done[id(node)] = self._columns(node, ctes, outer)
        return self._done[id(node)]

    def _columns(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Attributes:
        if isinstance(node, exp.SetOperation):
            return self._set(node, ctes, outer)
        if isinstance(node, exp.Select):
            return _Select(self, node, ctes, outer).attributes()
        if isinstance(node, exp.Subquery):
            return self.query(node.this, ctes, outer) if isinstance(node.this, exp.Query) else None
        return None

    def _with(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Ctes:
        known = dict(ctes)
        for cte in node.args["with_"].expressions if node.args.get("with_") else ():
            found = self.query(cte.this, known, None)
            alias = cte.args.get("alias")
            names = alias.columns if isinstance(alias, exp.TableAlias) else []
            if found is not None and names and len(names) != len(found):
                self.refuse(names[0], f"{len(names)} names", f"{len(found)} names", "name each column once")
            known[cte.alias.lower()] = aliased(found, alias)
        return known

    def _set(self, node: exp.SetOperation, ctes: Ctes, outer: Scope | None) -> Attributes:
        left, right = self.query(node.left, ctes, outer), self.query(node.right, ctes, outer)
        if left is None or right is None:
            return None
        if len(left) != len(right):
            got = f"{len(left)} and {len(right)} columns"
            self.refuse(node.right, got, f"equally many on both sides of {node.key.upper()}", "mend one side")
            return None
        values = (exp.Except,) if isinstance(node, exp.Except) else ()
        found = tuple(
            Attribute(one.name, common((one.kind, other.kind)), one.flow if values else one.flow | other.flow)
            for one, other in zip(left, right, strict=True)
        )
        self._order_of_set(node, found)
        return found

    def _order_of_set(self, node: exp.SetOperation, found: tuple[Attribute, ...]) -> None:
        order = node.args.get("order")
        for each in order.expressions if order is not None else ():
            self.number(each.this, len(found), "ORDER BY")

    def _subquery(self, node: exp.Expr, scope: Scope) -> Attributes:
        return self.query(node, self._around(node), scope)

    def _around(self, node: exp.Expr) -> Ctes:
        above = node.parent
        while above is not None and id(above) not in self._ctes:
            above = above.parent
        return self._ctes[id(above)] if above is not None else {}

    def number(self, node: exp.Expr, count: int, clause: str) -> None:
        """Refuse the number of a column that the query does not have."""
        if isinstance(node, exp.Literal) and node.name.isdigit() and not node.is_string:
            if not 0 < int(node.name) <= count:
                self.refuse(node, f"{clause} {node.name}", f"1 to {count}", "name the column")

    def refuse(self, node: exp.Expr, got: str, allowed: str, fix: str) -> None:
        """Note a problem at a place."""
        line = self._sql.count("\n", 0, offset(node)) + 1
        self.problems.append(Problem(line, got, allowed, fix))


class _Select:
    """One SELECT."""

    def __init__(self, analyst: Analyst, node: exp.Select, ctes: Ctes, outer: Scope | None) -> None:
        self._analyst = analyst
        self._context = analyst._context
        self._node = node
        self._scope = Scope(outer)
        self._misplaced = Misplaced(analyst.refuse, self._context)
        Relations(analyst._tables, ctes, self._scope, self._context, analyst.query).read(node, self._condition)

    def attributes(self) -> Attributes:
        """Return its columns, after all of its clauses have been looked at."""
        if (where := self._node.args.get("where")) is not None:
            self._misplaced.in_condition(where.this, "WHERE")
            self._look(where.this)
        outputs = self._outputs()
        grouping = Grouping(self._node, self._scope, self._context)
        self._groups(grouping)
        if (having := self._node.args.get("having")) is not None:
            self._misplaced.in_having(having.this)
            self._look(having.this, self._scope.aliases)
        self._order(outputs)
        if grouping.is_grouped and not grouping.by_all:
            self._loose(grouping, outputs)
        return outputs

    def _condition(self, on: exp.Expr) -> None:
        self._misplaced.in_condition(on, "ON")
        self._look(on)

    def _outputs(self) -> Attributes:
        found: list[Attribute] = []
        told = True
        for item in self._node.selects:
            self._look(item)
            self._misplaced.in_select(item)
            made = self._item(item)
            told = told and made is not None
            found += made or ()
            if isinstance(item, exp.Alias) and made:
                self._scope.aliases.setdefault(made[0].name, made[0])
        return tuple(found) if told else None

    def _item(self, item: exp.Expr) -> Attributes:
        if item.is_star:
            return self._star(item)
        value = item.unalias()
        if isinstance(item, exp.Aliases):
            names = [each.name.lower() for each in item.args["expressions"]]
            return tuple(generated(item.this, names, self._scope, self._context))
        if self._context.is_generator(value):
            if not isinstance(item, exp.Alias):
                return None
            return tuple(generated(value, [item.alias.lower()], self._scope, self._context))
        if isinstance(item, exp.Column):
            found = self._scope.resolve(parts(item))
            if found is not None and not found.rest:
                return found.attributes[:1]
        held = lineage.held(value, self._scope, self._context)
        return (Attribute(_name(item), kind(value, self._scope, self._context), held),)

    def _star(self, item: exp.Expr) -> Attributes:
        qualifier = parts(item)[:-1] if isinstance(item, exp.Column) else []
        found = self._scope.expand(qualifier)
        if found is not None or not qualifier:
            return found
        column = self._scope.resolve(qualifier)
        whole = kind(_column(qualifier), self._scope, self._context) if column else None
        if column is None or not isinstance(whole, Struct):
            return None
        held = lineage.held(_column(qualifier), self._scope, self._context)
        return tuple(
            Attribute(each.name.lower(), each.type, flow.member(held, each.name.lower())) for each in whole.fields
        )

    def _groups(self, grouping: Grouping) -> None:
        if (group := self._node.args.get("group")) is None:
            return
        for number in grouping.numbers():
            self._analyst.number(number, len(self._node.selects), "GROUP BY")
        self._look(group, self._scope.aliases)
        for each in grouping.expressions():
            self._misplaced.in_group(each)

    def _order(self, outputs: Attributes) -> None:
        order = self._node.args.get("order")
        for each in order.expressions if order is not None else ():
            if outputs is None:
                continue
            self._analyst.number(each.this, len(outputs), "ORDER BY")
            names = [attribute.name for attribute in outputs]
            if isinstance(each.this, exp.Column) and len(each.this.parts) == 1:
                called = {one for one in outputs if one.name == each.this.name.lower()}
                if len(called) > 1:
                    self._ambiguous(each.this, "two outputs")
            self._look(each.this, names)

    def _loose(self, grouping: Grouping, outputs: Attributes) -> None:
        aliases = self._scope.aliases
        having = self._node.args.get("having")
        order = self._node.args.get("order")
        clauses: list[tuple[exp.Expr, list[str]]] = [(item, []) for item in self._node.selects]
        clauses += [(having.this, [*aliases])] if having is not None else []
        named = [each.name for each in outputs or ()]
        clauses += [(each.this, named) for each in order.expressions] if order is not None else []
        group = self._node.args.get("group")
        for clause, names in clauses:
            columns = self._stars(clause, grouping) or list(grouping.loose(clause, names))
            for column in columns:
                got = column.sql(dialect="spark", comments=False)
                allowed = "columns of GROUP BY, and aggregates" if group else "aggregates alone without GROUP BY"
                fix = f"add {got} to GROUP BY, or aggregate it, as in any_value({got})"
                self._analyst.refuse(column, got, allowed, fix)

    def _stars(self, clause: exp.Expr, grouping: Grouping) -> list[exp.Expr]:
        """A star beside aggregates names columns that are not grouped by, unless every one is."""
        if not clause.is_star or not isinstance(clause, exp.Star) or not self._scope.visible:
            return []
        names = [each.name for each in self._scope.visible]
        return [clause] if any(True for name in names for _ in grouping.loose(_column([name]))) else []

    def _look(self, node: exp.Expr, outputs: Iterator[str] | object = ()) -> None:
        """Look at the names and subqueries of an expression."""
        for each in _outside_queries(node):
            if isinstance(each, exp.Column) and not isinstance(each.this, exp.Star):
                names = parts(each)
                if len(names) == 1 and names[0] in outputs:  # type: ignore[operator]
                    continue
                found = self._scope.resolve(names)
                if found is not None and len(found.attributes) > 1:
                    self._ambiguous(each, "two sources")
            elif isinstance(each, exp.Query):
                self._subquery(each)

    def _subquery(self, node: exp.Expr) -> None:
        found = self._context.subquery(node, self._scope)
        if found is None or isinstance(node.parent, exp.Exists):
            return
        count = 1
        if isinstance(node.parent, exp.In):
            left = node.parent.this
            count = len(left.expressions) if isinstance(left, exp.Tuple) else 1
        if len(found) != count:
            allowed = f"{count} column{'s' if count > 1 else ''} in a subquery there"
            self._analyst.refuse(node, f"{len(found)} columns", allowed, "select that alone")

    def _ambiguous(self, node: exp.Column, where: str) -> None:
        got = node.sql(dialect="spark", comments=False)
        sources = [each.qualifier[-1] for each in self._scope.sources if each.qualifier]
        name = node.name
        holders = [
            ".".join((each.qualifier[-1], name))
            for each in self._scope.sources
            if each.qualifier and any(one.name == name.lower() for one in each.attributes or ())
        ]
        fix = f"write {' or '.join(holders)}" if holders and sources else "give each a name of its own"
        self._analyst.refuse(node, got, f"a name that only one column has; {where} have this one", fix)


def _name(item: exp.Expr) -> str:
    """Return the name of an output; empty where only Spark knows it."""
    named = item.this if isinstance(item, exp.Cast) else item
    return item.output_name.lower() if isinstance(named, exp.Column | exp.Alias) else ""


def _column(names: list[str]) -> exp.Column:
    return exp.column(*reversed(names)) if len(names) < 4 else exp.column(names[-1])  # noqa: PLR2004


def _outside_queries(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what is inside an expression, subqueries themselves and nothing of them."""
    yield node
    if isinstance(node, exp.Query):
        return
    for child in node.iter_expressions():
        yield from _outside_queries(child)
