"""The columns of queries, and what Spark would refuse in them."""

from collections.abc import Mapping

from sqlglot import exp

from lakehouse.sql.spark.relations import Ctes, Tables, aliased
from lakehouse.sql.spark.select import Select
from lakehouse.sql.spark.types.kinds import common
from lakehouse.sql.spark.values.calls import Call
from lakehouse.sql.spark.values.context import Context
from lakehouse.sql.spark.values.problems import Problem, offset
from lakehouse.sql.spark.values.scope import Attribute, Attributes, Scope


class Analyst:
    """Looks at one text of SQL."""

    def __init__(self, sql: str, tables: Tables, sql_calls: Mapping[int, Call]) -> None:
        """Take the text, the tables that are known, and the calls of functions by their places."""
        self.problems: list[Problem] = []
        self.known: set[int] = set()
        """Ids of the columns that stand for one, without members, or for an output."""
        self._sql = sql
        self.tables = tables
        self._ctes: dict[int, Ctes] = {}
        self._done: dict[int, Attributes] = {}
        self.context = Context(sql_calls, self._subquery)

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
            return Select(self, node, ctes, outer).attributes()
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
        # What EXCEPT takes away is not in the result.
        rest = isinstance(node, exp.Except)
        found = tuple(
            Attribute(one.name, common((one.kind, other.kind)), one.flow if rest else one.flow | other.flow)
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
        is_number = isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit()
        if is_number and not 0 < int(node.name) <= count:
            self.refuse(node, f"{clause} {node.name}", f"1 to {count}", "name the column")

    def refuse(self, node: exp.Expr, got: str, allowed: str, fix: str) -> None:
        """Note a problem at a place."""
        line = self._sql.count("\n", 0, offset(node)) + 1
        self.problems.append(Problem(line, got, allowed, fix))
