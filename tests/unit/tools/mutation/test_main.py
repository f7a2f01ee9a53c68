"""Tries the mutants of a project of two lines, in which one fault shows and one does not."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SETTINGS = """
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = ["--import-mode=importlib"]

[tool.mutation]
least = {least}
explained = "mutants.yaml"

[tool.mutation.groups.shop]
sources = ["shop"]
tests = ["test_shop.py"]
"""
PRICES = """LIMITS = {"low": 1, "high": 2}


def is_high(price):
    return price >= LIMITS["high"]


def unused(price):
    return price + 1
"""
TESTS = """from shop.prices import is_high


def test_high():
    assert is_high(3)
    assert not is_high(1)
"""
LOW = """shop:
  <module>:
    - before: "{'low': 1, 'high': 2}"
      after: "{'low': 2, 'high': 2}"
      reason: Nobody asks for what is low.
"""


@dataclass(frozen=True)
class Shop:
    """The folder of the project."""

    root: Path

    def mutate(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Try its mutants."""
        return subprocess.run(
            [sys.executable, "-m", "tools.mutation", *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "shop").mkdir()
    files = {
        "pyproject.toml": SETTINGS.format(least=95),
        "shop/prices.py": PRICES,
        "test_shop.py": TESTS,
        "mutants.yaml": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return Shop(tmp_path)


def test_mutants_are_told_when_no_test_notices_them(shop: Shop) -> None:
    run = shop.mutate()
    assert run.returncode == 1
    told = run.stdout.split("survived  ")[1:]
    assert [each.rstrip().splitlines()[:3] for each in told] == [
        ["shop/prices.py:1 <module>", "    before: {'low': 1, 'high': 2}", "    after:  {'high': 2}"],
        ["shop/prices.py:1 <module>", "    before: {'low': 1, 'high': 2}", "    after:  {'': 1, 'high': 2}"],
        [
            "shop/prices.py:1 <module>",
            "    before: {'low': 1, 'high': 2}",
            "    after:  {'low': 2, 'high': 2}",
        ],
        [
            "shop/prices.py:1 <module>",
            "    before: {'low': 1, 'high': 2}",
            "    after:  {'low': 1, 'high': 3}",
        ],
        [
            "shop/prices.py:5 is_high",
            "    before: price >= LIMITS['high']",
            "    after:  price > LIMITS['high']",
        ],
        ["shop/prices.py:9 unused", "    before: return price + 1", "    after:  return None"],
        ["shop/prices.py:9 unused", "    before: price + 1", "    after:  price - 1"],
        ["shop/prices.py:9 unused", "    before: price + 1", "    after:  price + 2"],
    ]
    assert "shop: 4 of 12 mutants killed (33.3 %), 0 explained, 8 not" in run.stdout
    assert run.stderr.splitlines() == ["below 95 %, or explained in vain: shop"]


def test_score_is_no_failure_when_it_is_high_enough(shop: Shop) -> None:
    (shop.root / "pyproject.toml").write_text(SETTINGS.format(least=30))
    (shop.root / "mutants.yaml").write_text(LOW)
    run = shop.mutate("shop")
    assert "shop: 4 of 12 mutants killed (33.3 %), 1 explained, 7 not" in run.stdout
    assert (run.returncode, run.stderr) == (0, "")


def test_explanation_fails_when_no_survivor_fits_it(shop: Shop) -> None:
    (shop.root / "pyproject.toml").write_text(SETTINGS.format(least=30))
    (shop.root / "mutants.yaml").write_text(LOW.replace("'low': 2", "'low': 3"))
    run = shop.mutate()
    assert "explained in vain  <module>\n    before: {'low': 1, 'high': 2}" in run.stdout
    assert run.returncode == 1


@pytest.mark.parametrize(
    ("file", "text", "arguments", "fault"),
    [
        (
            "test_shop.py",
            TESTS.replace("is_high(1)", "is_high(2)"),
            (),
            "shop: tests fail without any mutant",
        ),
        ("mutants.yaml", LOW.replace("shop:", "ship:"), (), "mutants.yaml: got group ship; allowed: shop"),
        ("mutants.yaml", LOW.replace("Nobody asks for what is low.", '""'), (), "got no reason; say why"),
        ("mutants.yaml", "", ("ship",), "make mutate: got group ship; allowed: shop"),
    ],
)
def test_run_is_refused_when_it_would_tell_nothing(
    shop: Shop, file: str, text: str, arguments: tuple[str, ...], fault: str
) -> None:
    (shop.root / file).write_text(text)
    run = shop.mutate(*arguments)
    assert run.returncode == 1
    assert fault in run.stderr


def test_mutant_is_killed_when_it_never_ends(shop: Shop) -> None:
    code = "def last(n):\n    while n:\n        n -= 1\n    return n\n"
    (shop.root / "shop" / "prices.py").write_text(code)
    test = "from shop.prices import last\n\n\ndef test_last():\n    assert last(3) == 0\n"
    (shop.root / "test_shop.py").write_text(test)
    assert "shop/prices.py: 4 of 4 killed" in shop.mutate().stdout


def test_mutant_is_killed_when_a_plugin_of_the_tests_cannot_import_it(shop: Shop) -> None:
    (shop.root / "shop" / "prices.py").write_text("LOW, HIGH = (1, 2)\n")
    (shop.root / "conftest.py").write_text('pytest_plugins = ["plugin"]\n')
    (shop.root / "plugin.py").write_text("from shop.prices import HIGH, LOW\n")
    test = "from shop.prices import HIGH, LOW\n\n\ndef test_prices():\n    assert (LOW, HIGH) == (1, 2)\n"
    (shop.root / "test_shop.py").write_text(test)
    run = shop.mutate()
    assert "shop/prices.py: 2 of 2 killed" in run.stdout, run.stderr
