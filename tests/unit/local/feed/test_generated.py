import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset, Format, Ingestion, Layer, Mode, UnknownFields, Write
from lakehouse.model.fields import Array, Checks, Decimal, Field, Map, Scalar, Struct
from lakehouse.model.masking import REDACT
from lakehouse.model.table_rules import Metric, Operator, TableRule, Threshold
from local.feed.generated import GeneratedData, ImpossibleDataError, generate
from tests.unit.local.feed.plain_judge import judge, records

pytestmark = pytest.mark.long

ID = Field("id", Scalar.LONG, True, "")
AT = Field("at", Scalar.TIMESTAMPTZ, True, "")
ADDRESS = Struct(
    (
        Field("street", Scalar.STRING, True, ""),
        Field("geo", Map(Scalar.STRING, Struct((Field("lat", Decimal(20, 6), True, ""),))), False, ""),
    )
)
FULL = (
    ID,
    AT,
    Field("state", Scalar.STRING, True, "", checks=Checks(allowed=("new", "done"))),
    Field("code", Scalar.STRING, True, "", checks=Checks(pattern="^[A-Z]{2}-[0-9]+$", max_length=9)),
    Field("name", Scalar.STRING, False, "", checks=Checks(min_length=3)),
    Field("price", Decimal(9, 2), False, "", checks=Checks(exclusive_minimum=0, maximum=99.5)),
    Field("share", Scalar.FLOAT, False, "", checks=Checks(minimum=0.25, exclusive_maximum=0.75)),
    Field("day", Scalar.DATE, False, "", checks=Checks(minimum="2020-01-01", maximum="2020-03-31")),
    Field("tags", Array(Scalar.STRING), False, "", checks=Checks(min_length=1, max_length=2)),
    Field("address", ADDRESS, False, ""),
    Field("photo", Scalar.BINARY, False, ""),
    Field("flag", Scalar.BOOLEAN, False, ""),
)


def dataset(*fields: Field, name: str = "things", **changes: Any) -> Dataset:
    ingestion = Ingestion(
        Mode.FILES,
        changes.pop("format", Format.JSON),
        changes.pop("null_token", None),
        changes.pop("unknown_fields", UnknownFields.IGNORE),
    )
    made = Dataset(
        domain="any", name=name, version="1.0.0", layer=Layer.SILVER, description="", owner="",
        fields=fields or FULL, key=("id",), order_by=("at",), partition=(), write=Write.MERGE,
        ingestion=ingestion, sql=None, inputs=(), max_rejected_ratio=0.2, source="contracts/any/things.yaml",
    )  # fmt: skip
    return replace(made, **changes)


def rule(
    metric: Metric, operator: Operator, *values: float, columns: Sequence[str] = (), **more: Any
) -> TableRule:
    return TableRule("rule", "", metric, Threshold(operator, values), tuple(columns), **more)


@st.composite
def _between(draw: st.DrawFn, values: st.SearchStrategy[Any], width: Any) -> Checks:
    """Bounds, of which each may be missing or exclusive, with room between them."""
    low = draw(values)
    high = low + width
    ends = [each if isinstance(each, int | float) else each.isoformat() for each in (low, high)]
    names = draw(st.tuples(st.sampled_from(("minimum", "exclusive_minimum", None)),
                           st.sampled_from(("maximum", "exclusive_maximum", None))))  # fmt: skip
    bounds: dict[str, Any] = {name: end for name, end in zip(names, ends, strict=True) if name}
    return Checks(**bounds)


DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))
TEXT_CHECKS = st.sampled_from(
    [
        Checks(),
        Checks(allowed=("EUR", "NA", "käse")),
        Checks(pattern=r"^[^@\s]+@[^@\s]+$", max_length=60),
        Checks(pattern=r"^(?=.*\d)[a-z0-9]{4,8}$"),
        Checks(pattern=r"\d{3}"),
        Checks(pattern=r"^[+*]{2,}\+?(ab)*[]+]$", min_length=50, max_length=56),
        Checks(min_length=2, max_length=4),
        Checks(min_length=30),
    ]
)
KINDS = st.one_of(
    st.tuples(st.just(Scalar.STRING), TEXT_CHECKS),
    st.tuples(st.just(Scalar.INT), _between(st.integers(-(2**31), 2**31 - 20), 9)),
    st.tuples(st.just(Scalar.LONG), _between(st.integers(-(2**63), 2**63 - 10**6), 10**5)),
    st.tuples(st.just(Decimal(6, 3)), _between(st.sampled_from((-12.5, 0.001, 7)), 0.25)),
    st.tuples(st.just(Decimal(38, 10)), _between(st.integers(-(10**15), 10**15), 1)),
    st.tuples(st.just(Scalar.FLOAT), _between(st.sampled_from((-1000.0, 0.1, 0)), 0.5)),
    st.tuples(st.just(Scalar.DOUBLE), _between(st.floats(-1e9, 1e9), 0.125)),
    st.tuples(st.just(Scalar.DATE), _between(DAYS, timedelta(days=9))),
    st.tuples(st.just(Scalar.TIMESTAMP), _between(MOMENTS, timedelta(seconds=1))),
    st.tuples(
        st.just(Scalar.TIMESTAMPTZ),
        _between(st.datetimes(timezones=st.timezones(), min_value=datetime(1990, 1, 1)), timedelta(hours=1)),
    ),
    st.tuples(st.sampled_from((Scalar.BOOLEAN, Scalar.BINARY)), st.just(Checks())),
)
NESTED = st.one_of(
    st.tuples(
        KINDS.map(lambda kind: Array(kind[0])),
        st.sampled_from((Checks(), Checks(min_length=2, max_length=3), Checks(max_length=0))),
    ),
    st.tuples(KINDS.map(lambda kind: Map(Scalar.STRING, Array(kind[0]))), st.just(Checks())),
    st.tuples(
        st.lists(st.tuples(KINDS, st.booleans()), min_size=1, max_size=3).map(
            lambda kinds: Struct(
                tuple(Field(f"m{at}", kind[0], needed, "") for at, (kind, needed) in enumerate(kinds))
            )
        ),
        st.just(Checks()),
    ),
)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    encoding = draw(st.sampled_from((Format.JSON, Format.CSV)))
    kinds = KINDS if encoding is Format.CSV else st.one_of(KINDS, NESTED)
    columns = draw(st.lists(st.tuples(kinds, st.booleans()), max_size=5))
    fields = [
        Field(f"c{at}", kind, needed, "", checks=checks)
        for at, ((kind, checks), needed) in enumerate(columns)
    ]
    second = draw(st.sampled_from(([], [Field("part", Scalar.DATE, True, "")])))
    write = draw(st.sampled_from(Write))
    return dataset(
        ID, *second, AT, *fields,
        key=("id", *(field.name for field in second)),
        format=encoding,
        null_token=draw(st.sampled_from((None, "NA"))) if encoding is Format.CSV else None,
        unknown_fields=draw(st.sampled_from(UnknownFields)),
        write=write,
        order_by=() if write is Write.APPEND else draw(st.sampled_from(((), ("at",)))),
        max_rejected_ratio=draw(st.sampled_from((0.0, 0.05, 0.3, 1.0))),
    )  # fmt: skip


@settings(max_examples=60)
@given(datasets())
def test_records_are_what_their_samples_say_when_the_contract_is_any(dataset: Dataset) -> None:
    assert dataset.ingestion
    data = generate(dataset)
    names = {field.name for field in dataset.fields}
    _check_counts(data)
    read = dict(records(dataset, data.files))
    for sample in data.samples:
        record = read[sample.record]
        if record is None:
            assert sample.reason == (
                "malformed_json" if dataset.ingestion.format is Format.JSON else "malformed_csv"
            )
            continue
        row, verdict = judge(dataset, record)
        strays = {name: value for name, value in record.items() if name not in names and value is not None}
        if sample.reason == "unknown_field":
            assert strays
            assert not verdict or dataset.ingestion.format is Format.CSV  # the header is refused, too
        elif sample.reason is None:
            assert not verdict
            expected = {name: value for name, value in sample.row.items() if name in names}
            assert row == expected
            assert (sample.row.get("_rescued") or {}) == (
                strays if dataset.ingestion.unknown_fields is UnknownFields.RESCUE else {}
            )
        else:
            assert [reason for _, reason in verdict] == [sample.reason], record


def _check_counts(data: GeneratedData) -> None:
    expected, rejected = data.expected, sum(data.expected.rejected.values())
    limit = data.dataset.max_rejected_ratio
    assert len(records(data.dataset, data.files)) == expected.records_in == len(data.samples)
    assert expected.accepted == len(expected.rows) > 0
    assert expected.superseded > 0
    assert rejected / expected.records_in <= limit * 0.999
    assert (rejected > 0) is (limit > 0)


def test_records_are_the_same_when_made_in_another_process() -> None:
    program = (
        "import hashlib\n"
        "from local.feed.generated import generate\n"
        "from tests.unit.local.feed.test_generated import dataset\n"
        "print(hashlib.sha256(b''.join(generate(dataset()).files)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            cwd=PROJECT_ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_every_reason_appears_when_the_contract_has_every_kind_of_rule() -> None:
    rejected = generate(dataset(unknown_fields=UnknownFields.REJECT)).expected.rejected
    assert rejected == {
        "malformed_json": 1,
        "unknown_field": 1,
        "missing_required": 5,  # four columns, and the street
        "wrong_type": 6,  # with the next two, all columns but the three of text
        "bad_timestamp": 2,
        "overflow": 1,
        "not_allowed": 1,
        "pattern_mismatch": 1,
        "out_of_range": 6,
        "bad_length": 4,  # one text too long, one too short, arrays of both kinds
    }


def test_newest_version_wins_when_the_contract_orders_versions() -> None:
    data = generate(dataset())
    newest: dict[int, datetime] = {}
    versions: Counter[int] = Counter()
    for row in {sample.record: sample.row for sample in data.samples if sample.reason is None}.values():
        newest[row["id"]] = max(newest.get(row["id"], row["at"]), row["at"])
        versions[row["id"]] += 1
    found: dict[Any, Any] = {key: row["at"] for key, row in data.expected.rows.items()}
    assert found == {(key,): at for key, at in newest.items()}
    assert sum(times > 1 for times in versions.values()) > 10


@pytest.mark.parametrize(
    "changes",
    [
        {"order_by": ()},
        {"order_by": (), "write": Write.APPEND},
        {"key": ("id", "at")},
        {"fields": (ID, replace(AT, masking=REDACT))},
    ],
    ids=["unordered", "append", "ordered by the key", "order is masked"],
)
def test_keys_have_one_version_when_nothing_could_tell_which_is_newer(changes: dict[str, Any]) -> None:
    data = generate(replace(dataset(), **changes))
    valid = {sample.record for sample in data.samples if sample.reason is None}
    assert len(valid) == len(data.expected.rows)
    assert data.expected.superseded > 0


def test_table_rules_hold_when_rows_can_keep_them() -> None:
    made = dataset(
        ID, AT,
        Field("serial", Scalar.INT, False, "", checks=Checks(minimum=1, maximum=500)),
        Field("city", Scalar.STRING, False, "", examples=("Rome", "unknown")),
        Field("unit", Scalar.STRING, False, ""),
        rules=(
            rule(Metric.ROW_COUNT, Operator.MUST_BE_BETWEEN, 120, 130),
            rule(Metric.DUPLICATE_VALUES, Operator.MUST_BE, 0, columns=["serial"]),
            rule(Metric.MISSING_VALUES, Operator.MUST_BE, 0, columns=["city"], texts=("unknown",)),
            rule(Metric.INVALID_VALUES, Operator.MUST_BE, 0, columns=["unit"], texts=("kg", "lb")),
        ),
    )  # fmt: skip
    rows = list(generate(made).expected.rows.values())
    serials = [row["serial"] for row in rows if row["serial"] is not None]
    assert 120 <= len(rows) <= 130
    assert len(set(serials)) == len(serials)
    assert {"Rome"} < {row["city"] for row in rows}
    assert not {"unknown", None} & {row["city"] for row in rows}
    assert {row["unit"] for row in rows} == {"kg", "lb", None}


def test_rows_are_as_many_as_there_are_keys_when_these_are_few() -> None:
    state = Field("state", Scalar.STRING, True, "", checks=Checks(allowed=("new", "paid", "done")))
    flag = Field("flag", Scalar.BOOLEAN, True, "")
    data = generate(dataset(state, flag, key=("state", "flag"), order_by=()))
    assert len(data.expected.rows) == 6


def test_examples_are_used_when_they_satisfy_the_rules() -> None:
    made = dataset(
        ID, AT,
        Field("price", Decimal(9, 2), True, "", examples=("19.90", "1.999", "-3"), checks=Checks(minimum=0)),
        Field("day", Scalar.DATE, True, "", examples=("2019-02-28", "2019-02-30")),
        Field("start", Scalar.TIMESTAMPTZ, True, "", examples=("2019-02-28T12:00:00+02:00", "2019-02-28")),
        Field("logo", Scalar.BINARY, True, "", examples=("bGFrZQ==", "no base64")),
    )  # fmt: skip
    rows = generate(made).expected.rows.values()
    shown = {name: Counter(str(row[name]) for row in rows).most_common(1)[0][0] for name in next(iter(rows))}
    assert shown["price"] == "19.90"
    assert shown["day"] == "2019-02-28"
    assert shown["start"] == "2019-02-28 10:00:00+00:00"
    assert shown["logo"] == "b'lake'"


def test_bounds_are_reached_when_they_belong_to_the_range() -> None:
    rows = generate(dataset()).expected.rows.values()
    found = {name: [row[name] for row in rows if row[name] is not None] for name in ("price", "share", "day")}
    ends = {name: (str(min(values)), str(max(values))) for name, values in found.items()}
    assert ends["price"] == ("0.01", "99.50")
    assert ends["share"][0] == "0.25"
    assert ends["day"] == ("2020-01-01", "2020-03-31")


def test_csv_nulls_are_written_in_both_ways_when_the_contract_has_a_token() -> None:
    note = Field("note", Scalar.STRING, False, "", checks=Checks(allowed=("NA", "x")))
    data = generate(dataset(ID, AT, note, format=Format.CSV, null_token="NA"))  # noqa: S106
    header, *lines = data.files[0].decode().splitlines()
    assert header == "id,at,note,not_in_contract"
    assert {line.split(",")[2] for line in lines} >= {"NA", "", "x"}
    assert {row["note"] for row in data.expected.rows.values()} == {None, "x"}


def test_files_with_a_column_too_many_are_apart_when_the_contract_rejects_such() -> None:
    data = generate(dataset(ID, AT, format=Format.CSV, unknown_fields=UnknownFields.REJECT))
    usual, other = (file.decode().splitlines() for file in data.files)
    assert usual[0] == "id,at"
    assert other[0] == "id,at,not_in_contract"
    assert len(other) == 2
    assert data.expected.rejected["unknown_field"] == 2


def test_unknown_field_has_a_name_of_its_own_when_the_contract_has_that_name() -> None:
    taken = Field("not_in_contract", Scalar.STRING, True, "")
    data = generate(dataset(ID, AT, taken, unknown_fields=UnknownFields.RESCUE))
    rescued = [row["_rescued"] for row in data.expected.rows.values() if row["_rescued"]]
    assert rescued
    assert all(set(fields) == {"not_in_contract_"} for fields in rescued)
    assert any(json.loads(sample.record).keys() >= {"not_in_contract_"} for sample in data.samples[:100])


@pytest.mark.parametrize(
    "checks",
    [Checks(pattern="^a+$", allowed=("b",)), Checks(pattern="^[a-z]{3}$", min_length=4)],
    ids=["allowed and pattern", "pattern and length"],
)
def test_contradiction_names_column_and_contract_when_no_value_can_exist(checks: Checks) -> None:
    with pytest.raises(ImpossibleDataError, match=r"contracts/any/things.yaml: column x: .*examples"):
        generate(dataset(ID, AT, Field("x", Scalar.STRING, True, "", checks=checks)))


def test_records_name_their_dataset_when_they_share_a_stream() -> None:
    shared = Ingestion(Mode.STREAM, Format.JSON, stream="all", unknown_fields=UnknownFields.REJECT)
    data = generate(replace(dataset(), ingestion=shared))
    assert {json.loads(sample.record)["dataset"] for sample in data.samples} == {data.dataset.id}
    assert {"unknown_field", "missing_required"} <= set(data.expected.rejected)


def test_records_fit_their_table_when_they_become_parquet() -> None:
    ingestion = Ingestion(Mode.STREAM, Format.PARQUET)
    at = Field("local", Scalar.TIMESTAMP, True, "")
    made = replace(dataset(ID, AT, at, Field("level", Scalar.INT, False, "")), ingestion=ingestion)
    data = generate(made)
    assert not {"malformed_json", "wrong_type", "overflow", "bad_timestamp"} & set(data.expected.rejected)
    for sample in data.samples:
        record = json.loads(sample.record)
        assert str(record.get("at") or "Z").endswith("Z")
        assert "T" not in str(record.get("local") or "")


def test_every_good_record_is_a_row_where_there_is_no_key() -> None:
    data = generate(dataset(key=(), order_by=(), write=Write.APPEND))
    good = sum(sample.reason is None for sample in data.samples)
    assert len(data.expected.rows) == data.expected.accepted == good > 200  # some are repeated
    assert data.expected.superseded == 0
