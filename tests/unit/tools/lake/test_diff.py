import json
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.unit.lakehouse.project import Project, column, product, source
from tools.cli.project import console
from tools.lake.main import app
from tools.ops.main import app as lake_ops

Run = Callable[..., Any]


def git(folder: Path, *words: str) -> str:
    """Run git, apart from what the machine has configured."""
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path) -> str:
    """Commit all that is in a folder."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a change")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables have lines long enough that no text is cut."""
    monkeypatch.setattr(console, "_width", 200)  # which a console of a test process has read already


def diff(root: Path, ref: str) -> Result:
    """Call the command on a project elsewhere."""
    return CliRunner().invoke(app, ["diff", "--against", ref, "--root", str(root)])


@pytest.fixture
def shop(project: Project) -> Project:
    """A repository whose one commit has a source and a product."""
    project.write(source("shop/orders", column("amount", "integer", "int")))
    project.write(product(), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    git(project.root, "init", "--quiet", "--initial-branch", "main")
    commit(project.root)
    return project


def change(shop: Project, version: str = "1.0.0", *columns: dict[str, Any]) -> None:
    shop.write({**source("shop/orders", *columns), "version": version})


def flat(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_diff_is_silent_when_nothing_changed(run: Run, shop: Project) -> None:
    result = run("diff", "--against", "main")
    assert result.exit_code == 0
    assert "✓ the contracts say what they say in main" in result.stdout


def test_diff_works_where_python_knows_no_filter_of_archives(
    run: Run, shop: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data_filter", "TarFile.extraction_filter"):
        monkeypatch.delattr(f"tarfile.{name}")
    extract = tarfile.TarFile.extractall

    def of_3_11_2(archive: tarfile.TarFile, path: str, members: None = None) -> None:
        archive.extraction_filter = tarfile.fully_trusted_filter  # what it did without being asked
        extract(archive, path, members)

    monkeypatch.setattr(tarfile.TarFile, "extractall", of_3_11_2)
    result = run("diff", "--against", "main")
    assert result.exit_code == 0, result.output


def test_diff_shows_levels_and_effects_when_versions_fit(run: Run, shop: Project) -> None:
    change(shop, "1.0.1", column("amount", "integer", "long"), column("note"))
    result = run("diff", "--against", "main")
    text = flat(result.stdout)
    assert result.exit_code == 0
    for expected in (
        "shop/orders 1.0.0 → 1.0.1",
        "✓ compatible columns.amount.type",
        "only metadata changes: rows that exist are read as the wider type",
        "int → long",
        "the table gains it, and rows that exist read null",
        "2 changes in 1 dataset: 0 breaking, 0 backfill, 2 compatible",
        "✓ every version fits its changes",
    ):
        assert expected in text


def test_diff_fails_with_file_and_fix_when_a_breaking_change_has_no_major_version(
    run: Run, shop: Project
) -> None:
    change(shop, "1.1.0", column("amount"))
    result = run("diff", "--against", "main")
    assert result.exit_code == 1
    assert "✗ breaking columns.amount.type" in flat(result.stdout)
    assert "a table that exists cannot follow 1 of them" in flat(result.stdout)
    assert flat(result.stderr) == (
        "contracts/shop/orders.odcs.yaml version got '1.1.0' allowed 2.0.0 or later; breaking: "
        "columns.amount.type fix set `version: 2.0.0`, or undo the change ✗ 1 fault"
    )
    change(shop, "2.0.0", column("amount"))
    assert run("diff", "--against", "main").exit_code == 0


def test_diff_prints_one_document_when_a_program_asks(run: Run, shop: Project) -> None:
    head = git(shop.root, "rev-parse", "HEAD")
    change(shop, "1.0.0")
    result = run("diff", "--against", "main", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    (found,), (fault,) = document["changes"], document["faults"]
    assert (document["valid"], document["against"], document["refused"]) == (False, head, 0)
    assert document["totals"] == {"compatible": 0, "backfill": 0, "breaking": 1}
    assert (found["path"], found["kind"], found["level"]) == ("columns.amount", "removed", "breaking")
    assert (fault["file"], fault["path"]) == ("contracts/shop/orders.odcs.yaml", "version")


def test_diff_names_a_command_that_exists_where_old_objects_come_out_otherwise(
    run: Run, shop: Project
) -> None:
    change(shop, "1.0.1", column("amount", "integer", "int"), column("note"))
    text = flat(run("diff", "--against", "main").stdout)
    assert "repair: lake-ops reprocess shop/orders --all --start" in text
    document = json.loads(run("diff", "--against", "main", "--json").stdout)
    (found,) = document["changes"]
    program, name, *arguments = found["repair"].split()
    assert program == "lake-ops"
    command = typer.main.get_group(lake_ops).commands[name]
    given = command.make_context(name, arguments).params
    assert (given["what"], given["everything"], given["start_now"]) == ("shop/orders", True, True)


def test_diff_compares_files_as_they_are_when_they_are_not_committed(run: Run, shop: Project) -> None:
    change(shop, "1.0.0", column("amount", "integer", "int"), column("note"))
    assert "columns.note" in run("diff", "--against", "main").stdout
    first = commit(shop.root)
    assert "the contracts say what they say" in run("diff", "--against", first).stdout
    change(shop, "1.0.0", column("amount", "integer", "int"))
    assert "the contracts say what they say" in run("diff", "--against", f"{first}~1").stdout


@pytest.mark.parametrize("ref", ["main", "origin/main", "v1", "HEAD"])
def test_diff_finds_the_revision_when_the_project_is_a_folder_of_its_repository(
    tmp_path: Path, ref: str
) -> None:
    origin = tmp_path / "origin"
    Project(origin / "lakes" / "shop").write(source())
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(origin))
    commit(origin)
    git(origin, "tag", "v1")
    git(tmp_path, "clone", "--quiet", str(origin), str(tmp_path / "clone"))
    project = Project(tmp_path / "clone" / "lakes" / "shop")
    project.write(source("shop/orders", column("note")))
    result = diff(project.root, ref)
    assert result.exit_code == 0
    assert "columns.note" in result.stdout


def test_diff_calls_all_datasets_new_when_the_revision_has_no_contracts(
    run: Run, tmp_path: Path, project: Project
) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "empty")
    project.write(source())
    assert "bronze, silver and quarantine tables are created" in flat(run("diff", "--against", "main").stdout)


def test_diff_wants_a_name_when_the_revision_is_unknown(run: Run, shop: Project) -> None:
    for ref in ("nowhere", "--all", "main:contracts"):
        result = run("diff", f"--against={ref}")
        assert result.exit_code == 2
        assert f"got {ref}; allowed: a branch, tag or commit" in flat(result.stderr)


def test_diff_says_how_to_deepen_when_the_clone_is_shallow(shop: Project, tmp_path: Path) -> None:
    first = git(shop.root, "rev-parse", "HEAD")
    change(shop)
    commit(shop.root)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", shop.root.as_uri(), str(clone))
    result = diff(clone, first)
    assert result.exit_code == 2
    assert "git fetch --unshallow" in flat(result.stderr)


def test_diff_says_what_is_missing_when_there_is_no_repository_or_no_git(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(source())
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))
    result = run("diff", "--against", "main")
    assert result.exit_code == 2
    assert "a folder of a git repository" in flat(result.stderr)
    assert "not a git repository" in flat(result.stderr)
    monkeypatch.setenv("PATH", str(project.root))
    result = run("diff", "--against", "main")
    assert result.exit_code == 2
    assert "install it" in flat(result.stderr)


def test_diff_shows_the_faults_of_contracts_when_they_do_not_load(run: Run, shop: Project) -> None:
    shop.text("shop/orders.odcs.yaml", "id: [")
    result = run("diff", "--against", "main")
    assert result.exit_code == 1
    assert "contracts/shop/orders.odcs.yaml" in result.stderr


@pytest.fixture
def outdated(shop: Project) -> Project:
    """A repository whose commit has a contract, and a product of it, that today's rules refuse."""
    shop.write(source("shop/returns"), "shop/returns")
    shop.write(source("shop/orders", column("Amount")))
    commit(shop.root)
    change(shop)
    return shop


def test_diff_fails_when_contracts_of_the_revision_break_the_rules_of_today(
    run: Run, outdated: Project
) -> None:
    result = run("diff", "--against", "main")
    assert result.exit_code == 1
    assert "The contracts of main break the rules of today; `--lenient` compares the others." in flat(
        result.stderr
    )
    assert "snake_case" in flat(result.stderr)


def test_diff_compares_the_others_when_it_is_lenient(run: Run, outdated: Project) -> None:
    result = run("diff", "--against", "main", "--lenient")
    text = flat(result.stdout)
    assert result.exit_code == 0
    assert "! passed over in main, and compared as if absent: contracts/shop/orders.odcs.yaml" in text
    assert "2 changes in 2 datasets: 0 breaking, 0 backfill, 2 compatible" in text
    document = json.loads(run("diff", "--against", "main", "--lenient", "--json").stdout)
    assert [each["dataset"] for each in document["changes"]] == ["shop/orders", "shop/totals"]
    assert {each["file"] for each in document["warnings"]} == {
        "contracts/shop/orders.odcs.yaml",
        "contracts/shop/totals.sql",
    }
