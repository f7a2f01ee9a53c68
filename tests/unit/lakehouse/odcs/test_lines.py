"""Faults that are found among many files are told with the line of what they are about."""

from pathlib import Path

import pytest

from config.faults import Fault
from config.load import BASE, ENVIRONMENTS
from lakehouse.odcs.lines import with_lines

CONTRACT = """\
status: active
schema:
  - name: orders
    quality:
      - { name: some, metric: rowCount }
      - name: few
        metric: rowCount
customProperties:
  - property: other
    value: 1
  - property: lake.refresh
    value:
      input: shop/orders
      column: day
"""
WHERE = "contracts/shop/orders.odcs.yaml"


def placed(root: Path, path: str, where: str = WHERE) -> str:
    [found] = with_lines([Fault(where, path, "x", "y", "z")], root)
    return found.where


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in (
        (WHERE, CONTRACT),
        (f"{ENVIRONMENTS}/dev.yaml", "a: 1\npeople:\n  personas:\n    clerk: [root]\n"),
        (f"{ENVIRONMENTS}/{BASE}.yaml", "owner: a\npeople: { producers: [root] }\n"),
        ("broken.yaml", "a: ["),
        ("policy.json", '{"a": 1}'),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("status", 1),
        ("schema[0].quality[1].metric", 7),
        ("schema[0].nothing", 3),
        ("quality rule few", 6),
        ("quality rule none", 2),
        ("lake.refresh.column", 14),
        ("lake.refresh", 12),
        ("lake.part", 8),
    ],
)
def test_line_is_that_of_the_place_or_of_what_is_nearest_to_it(root: Path, path: str, line: int) -> None:
    assert placed(root, path) == f"{WHERE}:{line}"


def test_setting_has_the_line_of_the_file_that_says_it(root: Path) -> None:
    environment = f"{ENVIRONMENTS}/dev.yaml"
    assert placed(root, "people.personas.clerk", environment) == f"{environment}:4"
    assert placed(root, "people.producers", environment) == f"{ENVIRONMENTS}/{BASE}.yaml:2"
    assert placed(root, "people.producers[1]", environment) == f"{ENVIRONMENTS}/{BASE}.yaml:2"


def test_setting_has_its_line_when_no_file_is_common_to_all_environments(root: Path) -> None:
    (root / f"{ENVIRONMENTS}/{BASE}.yaml").unlink()
    assert placed(root, "a", f"{ENVIRONMENTS}/dev.yaml") == f"{ENVIRONMENTS}/dev.yaml:1"


@pytest.mark.parametrize("schema", ["[]", "[orders]", "{ name: orders }", "[{ quality: few }]"])
def test_rule_has_the_line_of_the_schema_when_that_holds_no_rules(root: Path, schema: str) -> None:
    (root / WHERE).write_text(f"status: active\nschema: {schema}\n")
    assert placed(root, "quality rule few") == f"{WHERE}:2"


def test_line_is_found_when_other_entries_are_not_what_they_should_be(root: Path) -> None:
    (root / WHERE).write_text("schema:\n- quality:\n  - some\n  - { name: few }\n")
    assert placed(root, "quality rule few") == f"{WHERE}:4"


@pytest.mark.parametrize(
    ("where", "path"),
    [
        (WHERE, "folder"),
        (f"{WHERE}:9", "status"),
        (WHERE, "owner"),
        ("contracts", "folder"),
        ("policy.json", "a"),
        ("broken.yaml", "a"),
        ("no.yaml", "a"),
    ],
)
def test_place_stays_where_there_is_no_line_to_find(root: Path, where: str, path: str) -> None:
    assert placed(root, path, where) == where
