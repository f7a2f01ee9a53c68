"""Finds the places of a module where a fault may stand, and puts one there."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tools.mutation.operators import condition, expressions, statements

_ANNOTATIONS = {"annotation", "returns"}
_LEFT_ALONE = {"decorator_list", "bases", "type_params", "ctx"}

_CONDITIONS = {"test", "guard", "ifs"}
_TEXT_MAX = 100


@dataclass(frozen=True)
class Mutant:
    """One fault."""

    path: Path
    lines: range
    """Lines of the statement that it stands in; of a compound one, those before its body."""
    line: int
    function: str
    """Qualified name of the function or class that it stands in; `<module>` outside of any."""
    before: str
    after: str
    put: Callable[[], None]
    """Put it into the tree that it was found in."""


_Part = Any
"""A node, or a list of nodes."""


@dataclass(frozen=True)
class _Place:
    """Where a part of a tree hangs."""

    node: ast.AST
    name: str
    at: int | None = None
    """Its position in a list."""

    def put(self, part: _Part) -> None:
        """Hang something there."""
        if self.at is None:
            setattr(self.node, self.name, part)
        else:
            getattr(self.node, self.name)[self.at] = part


@dataclass(frozen=True)
class _Scope:
    path: Path
    function: str = "<module>"
    lines: range = range(0)

    def inside(self, node: ast.AST) -> "_Scope":
        function, lines = self.function, self.lines
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            function = node.name if self.function == "<module>" else f"{self.function}.{node.name}"
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            lines = range(node.lineno, max(end, node.lineno) + 1)
        return _Scope(self.path, function, lines)


def mutants(path: Path, tree: ast.Module) -> list[Mutant]:
    """Return every mutant of a module, in the order of its tree."""
    return list(_inside(tree, _Scope(path)))


def _inside(node: ast.AST, scope: _Scope) -> Iterator[Mutant]:
    scope = scope.inside(node)
    for name, value in ast.iter_fields(node):
        if name in _ANNOTATIONS:
            yield from _annotated(value, scope)
        elif name not in _LEFT_ALONE and not (name == "keywords" and isinstance(node, ast.ClassDef)):
            yield from _field(node, name, value, scope)


def _field(node: ast.AST, name: str, value: object, scope: _Scope) -> Iterator[Mutant]:
    if not isinstance(value, list):
        yield from _child(_Place(node, name), value, scope)
        return
    for at, child in enumerate(value):
        yield from _child(_Place(node, name, at), child, scope)
        if isinstance(node, ast.comprehension) and name == "ifs":
            yield _mutant(scope, _Place(node, name), value, [*value[:at], *value[at + 1 :]])


def _child(place: _Place, child: object, scope: _Scope) -> Iterator[Mutant]:
    if not isinstance(child, ast.AST) or _is_left_alone(place, child):
        return
    inner = scope.inside(child) if isinstance(child, ast.stmt) else scope
    found: list[ast.AST] = []
    if isinstance(child, ast.expr):
        found += [*expressions(child), *(condition(child) if place.name in _CONDITIONS else ())]
    if isinstance(child, ast.stmt):
        found += statements(child)
    yield from (_mutant(inner, place, child, other) for other in found)
    yield from _inside(child, scope)


def _is_left_alone(place: _Place, child: ast.AST) -> bool:
    """Whether it is a docstring, a name for the type checker, or text around a value."""
    match place.node, child:
        case (_, ast.Expr(value=ast.Constant())) | (_, ast.Assign(targets=[ast.Name(id="__all__")])):
            return True
        case ast.Call(func=ast.Name(id="cast")), _:
            return (place.name, place.at) == ("args", 0)
        case ((ast.JoinedStr() | ast.FormattedValue()), (ast.Constant() | ast.JoinedStr())):
            return True
    return isinstance(place.node, ast.Subscript) and isinstance(child, ast.Tuple)


def _annotated(annotation: ast.expr | None, scope: _Scope) -> Iterator[Mutant]:
    """Find the rules of `Annotated[<type>, <rules>]`, which are checked at run time."""
    for node in ast.walk(annotation) if annotation else ():
        match node:
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[_, *rules]) as parts):
                for at, rule in enumerate(rules, 1):
                    yield from _child(_Place(parts, "elts", at), rule, scope)


def _mutant(scope: _Scope, place: _Place, old: _Part, new: _Part) -> Mutant:
    """Describe a mutant by the part that changes; by what stands around a constant, if that is short."""
    around = isinstance(old, list | ast.Constant)
    before = ast.unparse(place.node if around else old)
    place.put(new)
    after = ast.unparse(ast.fix_missing_locations(place.node if around else new))
    place.put(old)
    if isinstance(old, ast.Constant) and len(before) > _TEXT_MAX:
        before, after = ast.unparse(old), ast.unparse(new)
    line = getattr(old, "lineno", scope.lines.start)
    return Mutant(scope.path, scope.lines, line, scope.function, before, after, partial(place.put, new))
