"""Modules and functions stay small enough to be read in one sitting."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("app.py", "config", "lakehouse", "stacks", "lambda_src", "glue_scripts", "local", "tools")
MODULE_MEDIAN, MODULE_MAX = 80, 250
FUNCTION_P95, FUNCTION_MAX = 30, 50
APP_MAX = 60


def _modules() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _functions() -> dict[str, int]:
    return {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }


def test_modules_are_small() -> None:
    lines = {str(path.relative_to(ROOT)): _lines(path) for path in _modules()}
    assert {name: count for name, count in lines.items() if count > MODULE_MAX} == {}
    assert statistics.median(lines.values()) <= MODULE_MEDIAN
    assert lines["app.py"] <= APP_MAX


def test_functions_are_small() -> None:
    lengths = _functions()
    assert {name: length for name, length in lengths.items() if length > FUNCTION_MAX} == {}
    assert statistics.quantiles(lengths.values(), n=20)[-1] <= FUNCTION_P95
