"""Who takes what is new: nobody where there is nothing, the function what is little, Glue the rest."""

import os
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.dispatch.plan import Plan, plan
from lakehouse_etl.native.run import Outlook
from lakehouse_etl.silver.outcome import QualityError, Result

from tests.unit.glue_scripts.native.bench import Bench, MakeBench

FIELDS = {"id": "string", "amount": "long"}
LITTLE, MUCH = {"id": "a", "amount": 1}, {"id": "x" * 5_000, "amount": 1}
MOST = 1_000
RULE = {
    "name": "amounts", "kind": "aggregate", "sql": "count_if(amount < 0)", "operator": "mustBe",
    "values": [0], "severity": "error",
}  # fmt: skip


def planned(bench: Bench, most: int = MOST) -> tuple[str, list[Result]]:
    """Who takes the dataset of a bench, and what is told of it if nobody does."""
    told: list[Outlook] = []
    found = plan(bench.catalog, [bench.dataset], most, lambda _, outlook: told.append(outlook))
    [taker] = [name for name, datasets in vars(found).items() if datasets]
    return taker, [each.idle for each in told if each.idle is not None]


def test_function_takes_what_is_little_and_glue_what_is_more(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    bench.put_json(LITTLE)
    assert planned(bench) == ("function", [])
    bench.put_json(MUCH)
    assert planned(bench) == ("glue", [])


@pytest.mark.parametrize("record", [LITTLE, MUCH])
@pytest.mark.parametrize("engine", ["function", "glue"])
def test_engine_of_the_contract_takes_whatever_is_new(
    make_native: MakeBench, engine: str, record: dict[str, Any]
) -> None:
    bench = make_native(FIELDS, engine=engine)
    bench.put_json(record)
    assert planned(bench)[0] == engine
    bench.run()
    assert planned(bench)[0] == "nobody"


def test_bound_itself_is_the_functions(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    size = bench.put_json(LITTLE).stat().st_size
    assert planned(bench, size)[0] == "function"
    assert planned(bench, size - 1)[0] == "glue"


def test_compressed_object_counts_for_what_it_holds(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    path = bench.put(os.urandom(200), "object.json.gz")
    assert path.stat().st_size < MOST
    assert planned(bench)[0] == "glue"


def test_nobody_takes_a_dataset_that_has_nothing_new_and_is_fit_for_use(make_native: MakeBench) -> None:
    bench = make_native(FIELDS, table_rules=[RULE])
    bench.put_json(LITTLE)
    done = bench.run()
    assert planned(bench) == ("nobody", [Result(bench.dataset.id, 0, last_arrival=done.last_arrival)])
    before = bench.snapshots()
    bench.put_json({"id": "b", "amount": 2})
    assert planned(bench)[0] == "function"
    assert bench.snapshots() == before


def test_no_object_is_opened(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    bench.put_json(LITTLE).chmod(0)
    assert planned(bench)[0] == "function"


def test_function_takes_a_dataset_that_no_run_has_judged_yet(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    assert planned(bench)[0] == "function"
    bench.run()
    assert planned(bench)[0] == "nobody"


def test_requested_objects_count(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    path = bench.put_json(MUCH)
    bench.run()
    assert planned(bench)[0] == "nobody"
    _request(bench, path)
    assert planned(bench)[0] == "glue"
    assert planned(bench, 10_000)[0] == "function"
    bench.run()
    assert planned(bench)[0] == "nobody"


def _request(bench: Bench, path: Path) -> None:
    location = bench.dataset.bronze.location.removeprefix("file:")
    name = path.relative_to(location).as_posix()
    folder = Path(bench.dataset.requests_location.removeprefix("file:")) / Path(name).parent
    folder.mkdir(parents=True)
    (folder / "request.json").write_text(f'{{"objects": ["{name}"]}}')


@pytest.mark.parametrize("contract", [{"max_rejected_ratio": 0.4}, {"table_rules": [RULE]}])
def test_function_judges_again_what_is_not_fit_for_use_or_not_measured_yet(
    make_native: MakeBench, contract: dict[str, Any]
) -> None:
    bench = make_native(FIELDS)
    bench.put(b'{"id":"a","amount":-1}\nno JSON\n')
    bench.run()
    assert planned(bench)[0] == "nobody"
    bench.contract(**contract)
    assert planned(bench)[0] == "function"
    with pytest.raises(QualityError):
        bench.run()
    assert planned(bench)[0] == "function"  # so that it fails again, as long as it is broken


def test_glue_takes_what_duckdb_does_not_understand(
    make_native: MakeBench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = make_native(FIELDS, table_rules=[{**RULE, "sql": "percentile_approx(amount, 0.5)"}])
    bench.put_json(LITTLE)
    assert planned(bench)[0] == "glue"
    assert "fix: run it on Spark" in capsys.readouterr().out


def test_glue_takes_what_cannot_be_looked_at(
    make_native: MakeBench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = make_native(FIELDS)
    bench.put_json(LITTLE)
    bench.contract(silver_table="silver.gone")
    assert planned(bench)[0] == "glue"
    assert "silver.gone: not in the catalog" in capsys.readouterr().err


def test_datasets_of_a_domain_are_shared_out_in_their_order(make_native: MakeBench) -> None:
    little, much, idle = (make_native(FIELDS) for _ in range(3))
    little.put_json(LITTLE)
    much.put_json(MUCH)
    idle.run()
    benches = (idle, much, little)
    found = plan(_all(benches), [bench.dataset for bench in benches], MOST, lambda *_: None)
    assert found == Plan(["t2"], ["t0"], ["t1"])


def _all(benches: tuple[Bench, ...]) -> Any:
    """The catalogue of all benches, which share a folder."""
    return benches[0].catalog
