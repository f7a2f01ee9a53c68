"""The columns of one SELECT, and what Spark would refuse in it."""

from typing import Protocol

from sqlglot import exp

from lakehouse.model.fields import Struct
from lakehouse.sql.spark.refusals.grouping import Grouping
from lakehouse.sql.spark.refusals.misplaced import Misplaced
from lakehouse.sql.spark.refusals.names import Names
from lakehouse.sql.spark.relations import Ctes, Relations, Tables
from lakehouse.sql.spark.values import flow, lineage
from lakehouse.sql.spark.values.context import Context
from lakehouse.sql.spark.values.generators import generated
from lakehouse.sql.spark.values.inference import kind
from lakehouse.sql.spark.values.problems import parts
from lakehouse.sql.spark.values.scope import Attribute, Attributes, Scope


class Queries(Protocol):
    """What a SELECT needs of whatever looks at the queries in it and around it."""

    @property
    def tables(self) -> Tables:
        """The tables that are known."""

    @property
    def known(self) -> set[int]:
        """Ids of the columns that stand for one, without members, or for an output."""

    @property
    def context(self) -> Context:
        """What values are looked at with."""

    def query(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Attributes:
        """Return the columns of a query; None if they cannot be told."""

    def number(self, node: exp.Expr, count: int, clause: str) -> None:
        """Refuse the number of a column that the query does not have."""

    def refuse(self, node: exp.Expr, got: str, allowed: str, fix: str) -> None:
        """Note a problem at a place."""


class Select:
    """One SELECT."""

    def __init__(self, analyst: Queries, node: exp.Select, ctes: Ctes, outer: Scope | None) -> None:
        """Take a SELECT, and what is known around it."""
        self._analyst = analyst
        self._context = analyst.context
        self._node = node
        self._scope = Scope(outer)
        self._names = Names(analyst.refuse, analyst.known, self._scope, self._context)
        self._misplaced = Misplaced(analyst.refuse, self._context)
        Relations(analyst.tables, ctes, self._scope, self._context, analyst.query).read(node, self._condition)

    def attributes(self) -> Attributes:
        """Return its columns, after all of its clauses have been looked at."""
        if (where := self._node.args.get("where")) is not None:
            self._misplaced.in_condition(where.this, "WHERE")
            self._names.look(where.this)
        outputs = self._outputs()
        grouping = Grouping(self._node, self._scope, self._context)
        self._groups(grouping)
        if (having := self._node.args.get("having")) is not None:
            self._misplaced.in_having(having.this)
            self._names.look(having.this, self._scope.aliases)
        self._order(outputs)
        if grouping.is_grouped and not grouping.by_all:
            self._loose(grouping, outputs)
        return outputs

    def _condition(self, on: exp.Expr) -> None:
        self._misplaced.in_condition(on, "ON")
        self._names.look(on)

    def _outputs(self) -> Attributes:
        found: list[Attribute] = []
        told = True
        for item in self._node.selects:
            self._names.look(item)
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
            Attribute(each.name.lower(), each.type, flow.member(held, each.name.lower()))
            for each in whole.fields
        )

    def _groups(self, grouping: Grouping) -> None:
        if (group := self._node.args.get("group")) is None:
            return
        for number in grouping.numbers():
            self._analyst.number(number, len(self._node.selects), "GROUP BY")
        self._names.look(group, self._scope.aliases)
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
                    self._names.ambiguous(each.this, "two outputs")
            self._names.look(each.this, names)

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
                allowed = (
                    "columns of GROUP BY, and aggregates" if group else "aggregates alone without GROUP BY"
                )
                fix = f"add {got} to GROUP BY, or aggregate it, as in any_value({got})"
                self._analyst.refuse(column, got, allowed, fix)

    def _stars(self, clause: exp.Expr, grouping: Grouping) -> list[exp.Expr]:
        """A star beside aggregates names columns that are not grouped by, unless every one is."""
        if not clause.is_star or not isinstance(clause, exp.Star) or not self._scope.visible:
            return []
        names = [each.name for each in self._scope.visible]
        return [clause] if any(True for name in names for _ in grouping.loose(_column([name]))) else []


def _name(item: exp.Expr) -> str:
    """Return the name of an output; empty where only Spark knows it."""
    named = item.this if isinstance(item, exp.Cast) else item
    return item.output_name.lower() if isinstance(named, exp.Column | exp.Alias) else ""


def _column(names: list[str]) -> exp.Column:
    return exp.column(*reversed(names)) if len(names) < 4 else exp.column(names[-1])  # noqa: PLR2004
