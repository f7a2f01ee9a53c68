"""The record that is sent: valid, and the same each time."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal as Number
from itertools import islice
from typing import Any

import pyarrow.parquet as pq
import pytest

from lakehouse.layout import cdc
from lakehouse.model.dataset import Content, Dataset, Format, Ingestion, Mode, Write
from lakehouse.model.fields import Checks, Decimal, Field, Scalar
from lakehouse.model.masking import HASH
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from tests.fixtures.environments import TRIAL
from tests.unit.lakehouse.datasets import ORDERS, TOTALS
from tools.smoke.bronze import seconds
from tools.smoke.probe import file_name, probes
from tools.smoke.silver import can_be_found, literal_of
from tools.smoke.ways import one_of_each, way, why_not

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
FLAT = replace(
    ORDERS,
    fields=(
        Field("order_id", Scalar.LONG, True, "Number."),
        Field("price", Decimal(9, 2), True, "Price.", checks=Checks(minimum=1)),
    ),
    order_by=(),
    partition=(),
)


def arriving(mode: Mode, form: Format, name: str = "orders", domain: str = "shop", **more: Any) -> Dataset:
    return replace(FLAT, name=name, domain=domain, ingestion=Ingestion(mode, form, **more))


def test_probes_are_the_same_each_time_and_have_keys_of_their_own() -> None:
    first, second = (list(islice(probes(FLAT), 3)) for _ in range(2))
    assert [probe.body for probe in first] == [probe.body for probe in second]
    assert len({probe.key for probe in first}) == 3


def test_record_of_a_stream_holds_the_row_and_nothing_else() -> None:
    probe = next(probes(arriving(Mode.STREAM, Format.JSON, stream="shop")))
    record = json.loads(probe.body)
    assert record.pop("dataset") == "shop/orders"
    assert record.keys() <= {"order_id", "price"}
    assert record["order_id"] == probe.row["order_id"]


def test_csv_file_has_the_columns_of_the_contract_and_one_row() -> None:
    probe = next(probes(arriving(Mode.FILES, Format.CSV)))
    [row] = csv.DictReader(io.StringIO(probe.body.decode()))
    assert row == {"order_id": str(probe.row["order_id"]), "price": f"{probe.row['price']:f}"}


def test_parquet_file_holds_the_typed_row() -> None:
    dataset = replace(arriving(Mode.FILES, Format.PARQUET), fields=ORDERS.fields)
    probe = next(probes(dataset))
    [row] = pq.read_table(io.BytesIO(probe.body)).to_pylist(maps_as_pydicts="strict")
    assert row == probe.row


def test_change_of_a_table_is_an_insert_that_leaves_other_rows_alone() -> None:
    dataset = arriving(Mode.FILES, Format.PARQUET, content=Content.CHANGES)
    [row] = pq.read_table(io.BytesIO(next(probes(dataset)).body)).to_pylist()
    assert row[cdc.OPERATION] == "I"
    assert len(row[cdc.SEQUENCE]) == 35
    # A file of a full load would make void what is older.
    assert not file_name(dataset, NOW).startswith("LOAD")


def test_one_dataset_stands_for_each_way_in_as_few_domains_as_come_together() -> None:
    alone = arriving(Mode.FILES, Format.PARQUET, "clicks", "cafe", content=Content.CHANGES)
    datasets = [
        arriving(Mode.STREAM, Format.JSON, "a", "art"),
        alone,
        arriving(Mode.STREAM, Format.JSON, "orders"),
        arriving(Mode.STREAM, Format.JSON, "returns", stream="shop"),
        arriving(Mode.FILES, Format.CSV, "prices"),
        arriving(Mode.FILES, Format.CSV, "more_prices", "zoo"),
        TOTALS,
    ]
    chosen = one_of_each(datasets)
    assert [each.id for each in chosen] == ["cafe/clicks", "shop/orders", "shop/prices", "shop/returns"]
    assert len({way(each) for each in chosen}) == len(chosen)


def test_dataset_is_not_chosen_when_one_record_would_replace_all_others() -> None:
    assert one_of_each([replace(arriving(Mode.FILES, Format.CSV), write=Write.OVERWRITE)]) == []


def test_dataset_whose_gate_a_record_may_shut_is_chosen_last_and_tried_only_by_its_name() -> None:
    rule = TableRule(
        "days",
        "Days fit.",
        Metric.SQL,
        Threshold(Operator.MUST_BE, (0,)),
        query="SELECT count(*) FROM ${object}",
    )
    frail = replace(arriving(Mode.FILES, Format.CSV, "a_prices"), rules=(rule,))
    sound = arriving(Mode.FILES, Format.CSV, "prices", "zoo")
    warned = replace(sound, rules=(replace(rule, severity=Severity.WARNING),))
    assert one_of_each([frail, sound]) == [sound]
    assert one_of_each([frail]) == [frail]
    assert f"--dataset {frail.id}" in str(why_not(frail))
    assert why_not(frail, named=True) is why_not(sound) is why_not(warned) is None


def test_row_cannot_be_found_when_its_key_is_masked_or_has_no_exact_literal() -> None:
    key, price = FLAT.fields
    assert can_be_found(FLAT)
    assert not can_be_found(replace(FLAT, key=()))
    assert not can_be_found(replace(FLAT, fields=(replace(key, masking=HASH), price)))
    assert not can_be_found(replace(FLAT, fields=(replace(key, type=Scalar.DOUBLE), price)))


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (True, "true"),
        (-7, "-7"),
        (Number("1E+2"), "DECIMAL '100'"),
        (date(2026, 1, 2), "DATE '2026-01-02'"),
        (NOW, "TIMESTAMP '2026-01-02 03:04:05.678000 UTC'"),
        (NOW.replace(tzinfo=None), "TIMESTAMP '2026-01-02 03:04:05.678000'"),
        ("o'clock", "'o''clock'"),
    ],
)
def test_literal_is_one_of_athena(value: object, literal: str) -> None:
    assert literal_of(value) == literal


def test_record_may_take_two_buffers_on_a_stream_and_two_minutes_as_a_file() -> None:
    settings = TRIAL.settings
    streams = settings.streams.model_copy(update={"buffer_seconds": 300})
    slow = settings.model_copy(update={"streams": streams})
    assert seconds(slow, arriving(Mode.STREAM, Format.JSON)) == 2 * 300 + 90
    assert (
        seconds(slow, arriving(Mode.FILES, Format.CSV))
        == seconds(slow, arriving(Mode.FILES, Format.PARQUET, content=Content.CHANGES))
        == 120
    )
