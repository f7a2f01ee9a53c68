import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from config.load import PROJECT_ROOT
from tests.unit.lakehouse.project import Json, Project, column, source
from tools.lake.main import app

AMOUNT = column("amount", "integer", "int", required=True)
CHANGES = {"mode": "files", "format": "parquet", "content": "changes"}
EMAIL = column("email", customProperties=[{"property": "lake.masking", "value": "hash"}])


def _orders(kind: str = "csv", **more: Any) -> Json:
    ingestion = {"mode": "files", "format": kind, **more.pop("ingestion", {})}
    return source("shop/orders", AMOUNT, EMAIL, **{"ingestion": ingestion, "order_by": ["amount"], **more})


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(_orders())
    return project


Try = Callable[..., Any]


@pytest.fixture
def attempt(run: Callable[..., Result], tmp_path: Path) -> Try:
    """Write a file and test the contract against it; returns the exit code and the JSON."""

    def call(content: bytes | str, *words: str, name: str = "my orders.csv") -> Any:
        path = tmp_path / "data" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        result = run("test", "orders", str(path), "--json", *words)
        return result.exit_code, json.loads(result.stdout)

    return call


def test_records_are_counted_by_what_becomes_of_them(shop: Project, attempt: Try) -> None:
    code, found = attempt("order_id,amount\na,1\na,2\nb,many\n")
    assert code == 1
    assert {name: found[name] for name in ("records_in", "accepted", "rejected", "superseded")} == {
        "records_in": 3,
        "accepted": 1,
        "rejected": 1,
        "superseded": 1,
    }
    assert found["rows"] == [{"order_id": "a", "amount": 2, "email": None}]
    assert found["reasons"] == {"wrong_type": 1}


def test_rejected_record_is_told_with_its_line_when_records_span_lines(shop: Project, attempt: Try) -> None:
    text = 'order_id,amount\n"a\nb",1\n\n\nc,many\r\nd,2\n,3\n'
    _, found = attempt(text)
    assert [(each["line"], each["position"], each["reason"]) for each in found["refused"]] == [
        (6, 2, "wrong_type"),
        (8, 4, "missing_required"),
    ]
    assert found["refused"][0]["record"] == "c,many"
    assert found["refused"][0]["detail"].startswith("amount: ")


def test_line_is_that_of_the_record_when_others_contain_or_repeat_its_text(
    shop: Project, attempt: Try
) -> None:
    _, found = attempt("order_id,amount\n1x,1\nx,1\nax,\n\nx,\nx,\n")
    assert [each["line"] for each in found["refused"]] == [4, 6, 7]


def test_records_that_share_a_line_are_told_by_it_when_it_is_json(project: Project, attempt: Try) -> None:
    project.write(_orders("json"))
    good, bad = {"order_id": "a", "amount": 1}, {"order_id": "b", "amount": "many"}
    _, found = attempt(f"\n{json.dumps(good)}\n{json.dumps(good)}{json.dumps(bad)}\n", name="orders.json")
    assert [(each["line"], each["position"]) for each in found["refused"]] == [(3, 3)]


def test_contract_takes_everything_when_the_exit_code_is_0(shop: Project, attempt: Try) -> None:
    code, found = attempt("order_id,amount\na,1\n")
    assert (code, found["passed"], found["refused"]) == (0, True, [])


def test_folder_is_read_with_all_files_below_it_but_hidden_ones(
    shop: Project, run: Callable[..., Result], tmp_path: Path
) -> None:
    folder = tmp_path / "two files"
    (folder / "b").mkdir(parents=True)
    (folder / "a.csv").write_text("order_id,amount\na,5\n")
    (folder / "b" / "b.csv.gz").write_bytes(gzip.compress(b"order_id,amount\na,4\nb,x\n"))
    (folder / ".hidden").write_text("nothing")
    found = json.loads(run("test", "shop/orders", str(folder), "--json").stdout)
    assert {Path(name).name: records for name, records in found["files"].items()} == {
        "a.csv": 1,
        "b.csv.gz": 2,
    }
    assert found["rows"] == [{"order_id": "a", "amount": 5, "email": None}]
    assert [(Path(each["file"]).name, each["line"]) for each in found["refused"]] == [("b.csv.gz", 3)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_standard_input_is_read_as_the_dataset_is_written(
    shop: Project, pack: Callable[[bytes], bytes]
) -> None:
    words = ["test", "orders", "-", "--json", "--root", str(shop.root)]
    result = CliRunner().invoke(app, words, input=pack(b"order_id,amount\na,1\n"))
    assert (result.exit_code, json.loads(result.stdout)["accepted"]) == (0, 1)


def test_masked_columns_are_shown_masked(shop: Project, attempt: Try) -> None:
    _, found = attempt("order_id,amount,email\na,1,ada@example.com\n")
    assert len(found["rows"][0]["email"]) == 64


def test_parquet_is_judged_and_has_no_lines(project: Project, attempt: Try) -> None:
    project.write(_orders("parquet"))
    body = io.BytesIO()
    pq.write_table(pa.table({"order_id": ["a", None], "amount": pa.array([1, 2], pa.int32())}), body)
    code, found = attempt(body.getvalue(), name="orders.parquet")
    assert (code, found["accepted"]) == (1, 1)
    assert [(each["line"], each["position"]) for each in found["refused"]] == [(None, 2)]


def test_file_that_is_no_data_of_the_format_at_all_ends_with_2(project: Project, attempt: Try) -> None:
    project.write(_orders("parquet"))
    code, found = attempt(b"no parquet", name="orders.parquet")
    assert (code, found["reasons"]) == (2, {"unreadable_file": 1})


def test_rejected_records_within_the_gate_pass_when_it_is_asked_for(project: Project, attempt: Try) -> None:
    project.write(_orders(quality_gate={"maxRejectedRatio": 0.5}))
    half = "order_id,amount\na,1\nb,x\n"
    assert attempt(half)[0] == 1
    assert attempt(half, "--gate")[0] == 0
    assert attempt(f"{half}c,x\n", "--gate")[0] == 1


def test_rules_about_the_table_are_measured_on_these_rows(project: Project, attempt: Try) -> None:
    contract = _orders()
    contract["schema"][0]["quality"] = [
        {"metric": "rowCount", "mustBeGreaterThan": 1},
        _rule("many", "SELECT count(*) FROM ${object} WHERE amount > 5", severity="warning"),
        _rule("alone", "SELECT count(*) FROM ${object} WHERE isnotnull(soundex(order_id)) AND FALSE"),
    ]
    project.write(contract)
    code, found = attempt("order_id,amount\na,9\n")
    assert {each["name"]: each["outcome"] for each in found["rules"]} == {
        "rowCount": "broken",
        "many": "broken",
        "alone": "not measured",
    }
    assert code == 1
    assert attempt("order_id,amount\na,9\nb,9\n")[0] == 0


def _rule(name: str, query: str, **more: str) -> Json:
    return {"name": name, "type": "sql", "query": query, "mustBe": 0, **more}


def test_changes_of_a_table_are_judged_but_not_applied(project: Project, attempt: Try) -> None:
    project.write(source("shop/orders", AMOUNT, ingestion=CHANGES))
    changes = {
        "Op": ["I", "U", "D"],
        "_changed_at": [f"2026-01-01 00:00:0{second}" for second in range(3)],
        "_change_seq": [f"{number:035}" for number in range(3)],
        "order_id": ["a", "a", "a"],
        "amount": pa.array([1, None, None], pa.int32()),
    }
    body = io.BytesIO()
    pq.write_table(pa.table(changes), body)
    _, found = attempt(body.getvalue(), name="changes.parquet")
    assert (found["accepted"], found["superseded"], found["rules"]) == (2, None, [])
    assert [each["position"] for each in found["refused"]] == [2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nothing.csv",), "allowed: a file or folder that can be read, s3://…, or -"),
        (("empty",), "allowed: a folder with data"),
    ],
)
def test_data_that_are_not_there_are_refused_in_words(
    words: tuple[str], told: str, shop: Project, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.root / "empty").mkdir()
    monkeypatch.chdir(shop.root)
    result = run("test", "orders", *words)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", "").split())


def test_contract_that_cannot_be_read_ends_with_2(shop: Project, run: Callable[..., Result]) -> None:
    shop.text("shop/broken.odcs.yaml", "id: [")
    result = run("test", "orders", "-")
    assert result.exit_code == 2
    assert "contracts/shop/broken.odcs.yaml" in result.stderr


def test_person_sees_place_reason_and_rows_in_80_columns(
    shop: Project, run: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,amount,email\na,1,ada@example.com\nb,[x],\n")
    result = run("test", "orders", str(path))
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert lines[0] == "✗ shop/orders: 2 records of 1 file: 1 accepted, 1 rejected, 0 superseded"
    assert f"{path}:3 wrong_type amount: expected int" in lines
    assert "  b,[x]," in lines
    assert "order_id   amount   email" in lines
    assert "next: mend the data, or contracts/shop/orders.odcs.yaml" in lines[-1]


def test_pandas_is_not_imported_for_it_and_can_be_afterwards(shop: Project) -> None:
    script = (
        "import sys; from tools.lake.main import app\n"
        "try: app(['test', 'orders', '-', '--json', '--root', sys.argv[1]])\n"
        "except SystemExit: print('pandas' in sys.modules)\n"
        "import pyarrow; print(len(pyarrow.table({'a': [1]}).to_pandas()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, shop.root],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        input="order_id,amount\na,1\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines()[-2:] == ["False", "1"]


def test_closed_pipe_ends_without_a_traceback(shop: Project, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("order_id,amount\n" + "a,x\n" * 50_000)
    words = ["test", "orders", str(path), "--show", "50000", "--root", str(shop.root)]
    run = subprocess.Popen(
        [sys.executable, "-c", "from tools.lake.main import app; app()", *words],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == ""
        assert run.wait() == 1


def test_personal_data_are_told_by_column_and_whether_the_contract_declares_them(
    project: Project, run: Callable[..., Result], tmp_path: Path, attempt: Try
) -> None:
    project.write(source("shop/orders", column("note"), EMAIL, ingestion={"mode": "files", "format": "csv"}))
    data = "order_id,note,email\na,write to ada@example.com,ada@example.com\n"
    code, found = attempt(data)
    assert code == 0
    assert [(each["column"], each["kind"], each["declared"]) for each in found["personal"]] == [
        ("note", "e-mail addresses", False),
        ("email", "e-mail addresses", True),
    ]
    told = run("test", "orders", str(tmp_path / "data" / "my orders.csv"), "--rows", "0").stdout
    assert "personal e-mail addresses in note: 100.0% of 1 value; allowed: confidential, restricted" in told
    assert "declared e-mail addresses in email: 100.0% of 1 value" in told
    assert "ada@" not in told
