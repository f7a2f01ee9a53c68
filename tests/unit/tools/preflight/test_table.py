"""Rows of the table are whole, and what is wrong with one is told."""

from pathlib import Path

import pytest

from config.faults import InvalidInputError
from config.load import PROJECT_ROOT
from tools.preflight.edge import own_rows, table

ROW = "{id: x, kind: k, at: t, breaks: b, fix: f, page: 'https://docs.aws.amazon.com/x'%s}"


def test_rows_have_a_page_of_aws_and_a_row_for_each_id() -> None:
    rows = table(PROJECT_ROOT)
    assert len(rows.edges) > 100
    pages = {row.id: row.page for row in rows.edges} | {row.id: row.page for row in rows.once}
    assert [name for name, page in pages.items() if not page.startswith("https://docs.aws.amazon.com/")] == []
    assert {row.id for row in own_rows().edges} <= {row.id for row in rows.edges}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "a row has `must`"),
        (", actions: [a], resource: [r]", "a row has `must`"),
        (", actions: [a], resource: [r], role: a, service: b", "a row has `must`"),
        (", must: {a: b}, after: t", "a row has `must`"),
        (", must: {a: b}, unknown: 1", "Extra inputs"),
        (", must: {a: b}, id: 'Not An Id'", "match pattern"),
    ],
)
def test_row_that_is_not_whole_is_refused(more: str, told: str, tmp_path: Path) -> None:
    folder = tmp_path / "stacks" / "features" / "own"
    folder.mkdir(parents=True)
    (folder / "edges.yaml").write_text(f"edges: [{ROW % more}]")
    with pytest.raises(InvalidInputError, match=told):
        table(tmp_path)


def test_id_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "stacks" / "features" / "own"
    folder.mkdir(parents=True)
    (folder / "edges.yaml").write_text(f"edges: [{ROW % ', after: t'}, {ROW % ', after: t'}]")
    with pytest.raises(InvalidInputError, match="an id of its own"):
        table(tmp_path)
