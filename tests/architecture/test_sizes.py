"""Modules, functions and folders are small enough to be read, and no module is too small to be one."""

import ast
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from grimp import ImportGraph

from tests.architecture.import_rules import ROOT_PACKAGES, RUNTIME_ROOTS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "app.py",
    *(name for name in ROOT_PACKAGES if (ROOT / name).is_dir()),
    "lambda_src",
    "glue_scripts",
)
MODULE_P95, MODULE_MAX = 200, 250
FUNCTION_P95, FUNCTION_MAX = 30, 50
STACK_MAX = 40
APP_MAX = 60
FOLDER_MAX = 15
CRUMB = 25
"""Lines below which a module that one other imports belongs into that one."""


def _modules(root: Path = ROOT) -> Iterator[Path]:
    for source in SOURCES:
        path = root / source
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _functions() -> dict[str, int]:
    return {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": _length(node)
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_modules_are_small() -> None:
    lines = {str(path.relative_to(ROOT)): _lines(path) for path in _modules()}
    assert {name: count for name, count in lines.items() if count > MODULE_MAX} == {}
    assert statistics.quantiles(lines.values(), n=20)[-1] <= MODULE_P95
    assert lines["app.py"] <= APP_MAX


def test_functions_are_small() -> None:
    lengths = _functions()
    assert {name: length for name, length in lengths.items() if length > FUNCTION_MAX} == {}
    assert statistics.quantiles(lengths.values(), n=20)[-1] <= FUNCTION_P95


def test_stacks_read_like_a_table_of_contents() -> None:
    lengths = {
        f"{path.relative_to(ROOT)} {stack.name}": _length(member)
        for path in (ROOT / "stacks").rglob("*.py")
        for stack in ast.walk(ast.parse(path.read_text()))
        if isinstance(stack, ast.ClassDef)
        and any(ast.unparse(base).endswith("Stack") for base in stack.bases)
        for member in stack.body
        if isinstance(member, ast.FunctionDef) and member.name == "__init__"
    }
    assert len(lengths) > 1
    assert {name: length for name, length in lengths.items() if length > STACK_MAX} == {}


def test_folders_are_small() -> None:
    modules = Counter(path.parent for path in _modules() if path.stem not in ("__init__", "__main__"))
    assert {str(folder): count for folder, count in modules.items() if count > FOLDER_MAX} == {}


def _crumbs(graph: ImportGraph, lines: dict[str, int]) -> dict[str, str]:
    """Modules of few lines that one other module imports, to that one."""
    importers = {
        name: graph.find_modules_that_directly_import(name) for name in lines if name in graph.modules
    }
    return {
        name: next(iter(found))
        for name, found in importers.items()
        if lines[name] < CRUMB and len(found) == 1
    }


def _by_name() -> dict[str, int]:
    """Lines of each module that is no package, by the name under which others import it."""
    roots = (*RUNTIME_ROOTS, ROOT)
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): _lines(path)
        for path in _modules()
        if path.stem not in ("__init__", "__main__")
        for root in [next(each for each in roots if path.is_relative_to(each))]
    }


def test_no_module_is_a_crumb_of_the_one_that_imports_it(imports: ImportGraph) -> None:
    assert _crumbs(imports, _by_name()) == {}


@pytest.mark.parametrize(
    ("lines", "others", "found"), [(24, 1, True), (25, 1, False), (24, 2, False), (24, 0, False)]
)
def test_crumb_is_short_and_imported_once(lines: int, others: int, found: bool) -> None:
    graph = ImportGraph()
    graph.add_module("a.crumb")
    for number in range(others):
        graph.add_import(importer=f"a.user_{number}", imported="a.crumb")
    assert bool(_crumbs(graph, {"a.crumb": lines})) is found
