import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.load import PROJECT_ROOT
from tests.fixtures.environments import FIXTURE
from tests.unit.lakehouse.project import Project, column, product, source


def test_validate_says_what_it_checked_when_all_is_well(run: Callable[..., Any], project: Project) -> None:
    project.write(source())
    result = run("validate")
    assert result.exit_code == 0
    assert "✓ 1 contract, 0 SQL files and 2 environments are valid" in result.stdout


def test_validate_shows_every_fault_at_once_when_files_of_all_kinds_are_wrong(
    run_json: Callable[..., Any], project: Project
) -> None:
    project.write(source("shop/orders", column("Note")))
    project.write(product(), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id\nFROM silver_shop.ordres")
    project.text("shop/broken.odcs.yaml", "id: [")
    settings = project.root / "config" / "environments" / "dev.yaml"
    settings.write_text(settings.read_text().replace("disposable: true", "disposable: perhaps"))
    report = run_json("validate")
    assert report["valid"] is False
    found = {(fault["file"], fault["line"], fault["path"]): fault for fault in report["faults"]}
    assert set(found) == {
        ("config/environments/dev.yaml", found_line(settings, "disposable"), "disposable"),
        ("contracts/shop/broken.odcs.yaml", 2, "document"),
        ("contracts/shop/orders.odcs.yaml", 18, "schema[0].properties[1].name"),
        ("contracts/shop/totals.sql", 2, "sql"),
    }
    assert found["contracts/shop/totals.sql", 2, "sql"] == {
        "file": "contracts/shop/totals.sql",
        "line": 2,
        "path": "sql",
        "got": "'silver_shop.ordres'",
        "allowed": "gold_shop.totals, silver_shop.orders",
        "fix": "did you mean 'silver_shop.orders'?",
    }


def test_validate_looks_into_unit_tests_when_contracts_are_right(
    run_json: Callable[..., Any], project: Project
) -> None:
    project.write(source())
    project.write(product(), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    project.text(
        "shop/totals.tests.yaml", "unit_tests:\n  - name: one\n    given: []\n    expect: {rows: []}"
    )
    [fault] = run_json("validate")["faults"]
    assert (fault["file"], fault["line"]) == ("contracts/shop/totals.tests.yaml", 3)


def found_line(path: Path, text: str) -> int:
    return next(at for at, line in enumerate(path.read_text().splitlines(), start=1) if text in line)


def test_validate_fails_in_words_when_a_contract_is_wrong(run: Callable[..., Any], project: Project) -> None:
    project.write(source("shop/orders", column("note", classification="secret")))
    result = run("validate")
    assert result.exit_code == 1
    lines = [line.strip() for line in result.stderr.splitlines() if line.strip()]
    assert lines[0] == "contracts/shop/orders.odcs.yaml"
    assert lines[2] == "got     'secret'"
    assert lines[3] == "allowed public, internal, confidential, restricted"
    assert lines[-1].startswith("✗ 1 fault")


def test_validate_succeeds_with_a_warning_when_a_partition_is_not_wise(
    run: Callable[..., Any], project: Project
) -> None:
    project.write(source(partition=["order_id"]))
    result = run("validate")
    assert result.exit_code == 0
    assert "a value of its own for each record" in result.stdout
    assert "valid, 1 warning" in result.stdout


def test_validate_names_the_environment_when_a_physical_name_gets_too_long(
    run_json: Callable[..., Any], project: Project
) -> None:
    id_ = f"shop/{'very_' * 7}long"
    project.write(source(id_), id_)
    files = {fault["file"] for fault in run_json("validate")["faults"]}
    assert files == {f"contracts/{id_}.odcs.yaml in {name}" for name in ("dev", "prod")}


def test_validate_refuses_to_guess_when_there_is_no_project(
    run: Callable[..., Any], project: Project
) -> None:
    (project.root / "contracts").rmdir()
    result = run("validate")
    assert result.exit_code == 2
    assert "allowed: a folder that has contracts/" in " ".join(result.stderr.replace("│", "").split())


def test_validate_imports_no_cdk_when_it_checks_contracts() -> None:
    script = (
        "import sys; from tools.lake.main import app\n"
        "try: app(['validate', '--json', '--root', sys.argv[1]])\nfinally: print(sorted(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, FIXTURE],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    report, _, modules = run.stdout.rpartition("\n[")
    assert json.loads(report)["valid"] is True
    assert "'lakehouse.odcs.lake.load'" in modules
    for heavy in ("aws_cdk", "constructs", "boto3", "pyspark", "duckdb", "jinja2"):
        assert f"'{heavy}'" not in modules
