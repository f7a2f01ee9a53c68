"""The faults that one node of a syntax tree may have."""

import ast
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any, TypeVar

_Node = TypeVar("_Node", bound=ast.AST)

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_FUNCTIONS = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}
_METHODS = {
    "startswith": "endswith",
    "endswith": "startswith",
    "partition": "rpartition",
    "rpartition": "partition",
}
_UNWRAPPED = {"strip", "lower", "upper"}


def expressions(node: ast.expr) -> Iterator[ast.expr]:
    """Return what may wrongly stand in the place of an expression."""
    faults = _FAULTS.get(type(node))
    if faults is not None:
        yield from faults(node)


def condition(node: ast.expr) -> Iterator[ast.expr]:
    """Return the contrary of a condition, where its own operators make no fault that is harder to notice."""
    if not isinstance(node, ast.Compare | ast.BoolOp) and not (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    ):
        yield ast.UnaryOp(ast.Not(), node)


def statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """Return what may wrongly stand in the place of a statement; `pass` for one that is missing."""
    match node:
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield _changed(node, value=ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.AugAssign() | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()


def _changed(node: _Node, **fields: object) -> _Node:
    other = copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _compares(node: ast.Compare) -> Iterator[ast.expr]:
    for at, operator in enumerate(node.ops):
        other = _COMPARISONS[type(operator)]()
        yield _changed(node, ops=[*node.ops[:at], other, *node.ops[at + 1 :]])


def _combines(node: ast.BoolOp) -> Iterator[ast.expr]:
    """Leave one condition out, which is harder to notice than `or` in the place of `and`."""
    for at in range(len(node.values)):
        rest = [*node.values[:at], *node.values[at + 1 :]]
        yield rest[0] if len(rest) == 1 else _changed(node, values=rest)


def _unary(node: ast.UnaryOp) -> Iterator[ast.expr]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _arithmetic(node: ast.BinOp) -> Iterator[ast.expr]:
    if type(node.op) in _ARITHMETIC:
        yield _changed(node, op=_ARITHMETIC[type(node.op)]())


def _constant(node: ast.Constant) -> Iterator[ast.expr]:
    match node.value:
        case bool(value):
            yield _changed(node, value=not value)
        case int(value) | float(value):
            yield _changed(node, value=value + 1)
        case str(value):
            yield _changed(node, value="" if value else "mutant")
        case bytes(value):
            yield _changed(node, value=b"" if value else b"mutant")


def _displays(node: ast.Tuple | ast.List | ast.Set | ast.Dict) -> Iterator[ast.expr]:
    """Leave one element out; a constant is changed itself."""
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return
    values = node.values if isinstance(node, ast.Dict) else node.elts
    for at, value in enumerate(values):
        rest = [*values[:at], *values[at + 1 :]]
        if isinstance(node, ast.Dict):
            yield _changed(node, keys=[*node.keys[:at], *node.keys[at + 1 :]], values=rest)
        elif not isinstance(value, ast.Constant):
            empty = isinstance(node, ast.Set) and not rest
            yield ast.Call(ast.Name("set", ast.Load()), [], []) if empty else _changed(node, elts=rest)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    for at in range(len(node.keywords)):
        yield _changed(node, keywords=[*node.keywords[:at], *node.keywords[at + 1 :]])
    match node.func:
        case ast.Name(id=name) as function if name in _FUNCTIONS:
            keywords = [] if name == "sorted" else node.keywords
            yield _changed(node, func=_changed(function, id=_FUNCTIONS[name]), keywords=keywords)
        case ast.Attribute(attr=name) as method if name in _METHODS:
            yield _changed(node, func=_changed(method, attr=_METHODS[name]))
        case ast.Attribute(value=value, attr=name) if name in _UNWRAPPED and not node.args:
            yield value


_FAULTS: dict[type[ast.expr], Callable[[Any], Iterator[ast.expr]]] = {
    ast.Compare: _compares,
    ast.BoolOp: _combines,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.Constant: _constant,
    ast.Tuple: _displays,
    ast.List: _displays,
    ast.Set: _displays,
    ast.Dict: _displays,
    ast.Call: _calls,
}
