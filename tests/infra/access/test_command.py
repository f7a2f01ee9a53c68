"""What `lake access` prints."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fixtures.environments import FIXTURE, TRIAL
from tests.fixtures.repository import commit
from tools.cli.project import console
from tools.lake.main import app

Run = Callable[..., Result]


@pytest.fixture
def run(assemble: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command on the templates of the fixture project."""
    monkeypatch.setattr(console, "_width", 250)  # which a console of a test process has read already

    def call(*words: str) -> Result:
        templates = str(assemble(TRIAL))
        given = ["access", "--env", "trial", "--root", str(FIXTURE), "--templates", templates, *words]
        return CliRunner().invoke(app, given)

    return call


def test_table_has_a_line_for_each_table_and_a_column_for_each_person(run: Run) -> None:
    result = run()
    assert result.exit_code == 0
    lines = {line.split("  ")[0].strip(): line for line in result.stdout.splitlines()}
    assert "3/9, some rows" in lines["shop/orders"]
    assert "names" in lines["shop/orders in bronze"]
    assert "files: read, write" in lines["shop/orders in bronze"]
    assert {"analyst", "clerk", "engineer", "security-officer"} <= set(result.stdout.split())


def test_json_has_every_cell(run: Run) -> None:
    rows = json.loads(run("--json").stdout)
    [orders] = [
        row
        for row in rows
        if row["role"] == TRIAL.naming.resource("analyst") and row["table"].endswith("silver_shop.orders")
    ]
    rows = ["status = 'paid' AND amount < 100"]
    assert orders["cells"] == {"order_id": rows, "status": rows, "amount": rows}
    assert (orders["describes"], orders["files"], orders["changes"], orders["known"]) == (
        True, [], False, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("person", "column", "told"),
    [
        ("analyst", "email", ["does not read email", "through the filter analyst-", "can do nothing with"]),
        ("analyst", "amount", ["reads, in rows with status = 'paid' AND amount < 100, amount of"]),
        ("security_officer", "email", ["does not read email", "by DESCRIBE where", "classification=confid"]),
        ("engineer", "email", ["reads email of", "grants email in all rows"]),
    ],
)
def test_cell_is_explained_by_what_says_yes_and_no(
    run: Run, person: str, column: str, told: list[str]
) -> None:
    result = run("--why", person, "shop/orders", column)
    assert result.exit_code == 0
    assert [each for each in told if each not in result.stdout] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("analysts", "shop/orders", "email"), "did you mean 'analyst'?"),
        (("analyst", "shop/order", "email"), "did you mean 'shop/orders'?"),
        (("analyst", "shop/orders", "emial"), "did you mean 'email'?"),
    ],
)
def test_unknown_name_is_told_with_what_there_is(run: Run, words: tuple[str, ...], told: str) -> None:
    result = run("--why", *words)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())


def test_revision_is_compared_by_templates_of_its_own_code(repository: Path) -> None:
    policy = repository / "config/access.yaml"
    policy.write_text(policy.read_text().replace("layers: [gold]", "layers: [gold, silver]", 1))
    words = ["access", "--env", "trial", "--root", str(repository), "--against"]
    widened = CliRunner().invoke(app, [*words, "main"])
    assert widened.exit_code == 1
    assert "+ analyst reads account_id" in widened.stdout
    assert "0 less" in widened.stdout
    commit(repository)
    unchanged = CliRunner().invoke(app, [*words, "main"])
    assert (unchanged.exit_code, unchanged.stdout) == (0, "0 rights more, 0 less\n")
