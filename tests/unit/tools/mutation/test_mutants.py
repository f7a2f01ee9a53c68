import ast
from pathlib import Path

import pytest

from tools.mutation.mutants import Mutant, mutants


def found(code: str) -> list[Mutant]:
    return mutants(Path("code.py"), ast.parse(code))


def faulty(code: str) -> set[str]:
    """Return the code with each fault in turn."""
    texts = set()
    for number in range(len(found(code))):
        tree = ast.parse(code)
        mutants(Path("code.py"), tree)[number].put()
        texts.add(ast.unparse(ast.fix_missing_locations(tree)))
    return texts


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("a < b <= c", {"a <= b <= c", "a < b < c"}),
        ("a is None", {"a is not None"}),
        ("a not in b", {"a in b"}),
        ("a and b or c", {"a or c", "b or c", "a and b", "c"}),
        ("not a", {"a"}),
        ("a + b", {"a - b"}),
        ("a | b", {"a & b"}),
        ("a[-1]", {"a[1]", "a[-2]"}),
        ("a = True", {"a = False"}),
        ("a = 'x'", {"a = ''"}),
        ("a = ''", {"a = 'mutant'"}),
        ("a = b'x'", {"a = b''"}),
        ("a = [b, 'c']", {"a = ['c']", "a = [b, '']"}),
        ("a = {b}", {"a = set()"}),
        ("a = {b: c}", {"a = {}"}),
        ("f(a, b=c)", {"f(a)", "pass"}),
        ("a = any(b)", {"a = all(b)"}),
        ("a = b.strip()", {"a = b"}),
        ("a = b.partition(c)", {"a = b.rpartition(c)"}),
        ("a = sorted(b, key=c)", {"a = sorted(b)", "a = list(b)"}),
        ("if a: f()", {"if not a:\n    f()", "if a:\n    pass"}),
        ("a if b else c", {"a if not b else c"}),
        ("[a for a in b if c]", {"[a for a in b if not c]", "[a for a in b]"}),
        ("def f():\n    return a", {"def f():\n    return None"}),
        ("def f(a=1):\n    raise a", {"def f(a=2):\n    raise a", "def f(a=1):\n    pass"}),
        ("while a:\n    continue", {"while not a:\n    continue", "while a:\n    break"}),
        ("a.b = c", {"pass"}),
        ("a += b", {"pass"}),
        ("a: Annotated[int, Field(ge=b)]", {"a: Annotated[int, Field()]"}),
    ],
)
def test_place_has_these_faults(code: str, faults: set[str]) -> None:
    assert faulty(code) == faults


@pytest.mark.parametrize(
    "code",
    [
        '"""Docstring."""',
        "class A:\n    b: int\n    'What b is.'",
        "__all__ = ['a']",
        "import a",
        "a: Literal['b']",
        "def f(a: 'b') -> 'c': return None",
        "@cache(True)\ndef f(): return None",
        "class A(B, total=False): pass",
        "a = cast('b', c)",
        "a = b[c, d]",
        "a, b = c",
        "f'a {b:>9}'",
    ],
)
def test_place_has_no_fault_when_no_run_of_the_logic_reads_it(code: str) -> None:
    assert found(code) == []


def test_mutant_says_where_it_is_and_what_changes() -> None:
    code = "class A:\n    def b(self):\n        return f(\n            1,\n        )\n"
    (mutant,) = [each for each in found(code) if "2" in each.after]
    assert (mutant.function, mutant.line, mutant.before, mutant.after) == ("A.b", 4, "f(1)", "f(2)")
    assert mutant.lines == range(3, 6)


def test_mutant_stands_before_the_body_when_it_is_in_the_head_of_a_statement() -> None:
    (mutant,) = [each for each in found("if (\n    a < b\n):\n    c = d\n") if each.before == "a < b"]
    assert mutant.lines == range(1, 4)


def test_tree_is_as_before_when_mutants_were_only_found() -> None:
    tree = ast.parse(Path(__file__).read_text())
    before = ast.dump(tree)
    assert mutants(Path(__file__), tree)
    assert ast.dump(tree) == before
