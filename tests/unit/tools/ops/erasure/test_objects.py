"""What is due of the objects that were found, under which names they stay, and until when traces remain."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from lakehouse.model.dataset import Format, Lake, Mode, Write
from tests.fixtures.environments import TRIAL
from tests.unit.tools.ops.erasure.test_records import JSON, PERSON, dataset
from tools.ops.erasure.erasing import Plan
from tools.ops.erasure.objects import Found, areas
from tools.ops.erasure.renaming import is_renamed
from tools.ops.erasure.traces import traces, traces_until
from tools.ops.target import Target

TARGET = Target(TRIAL.settings, Lake((JSON,)), boto3.Session())
[BRONZE, LANDING, UNROUTED] = areas(TARGET, [JSON])
KEY = "shop/orders/ingest_date=2026-01-01/ingest_hour=00/4711/of 4711.json"
LOCKED = datetime.now(UTC) + timedelta(days=3)


def found(**more: object) -> Found:
    return replace(Found(BRONZE, KEY, "v", latest=True), **more)  # type: ignore[arg-type]


def test_names_that_senders_chose_mention_a_person_and_partitions_do_not() -> None:
    assert [PERSON.is_in(area.named(KEY)) for area in (BRONZE, LANDING, UNROUTED)] == [True] * 3
    year = replace(PERSON, identifiers={"customer": frozenset({"2026", "00"})})
    assert not year.is_in(BRONZE.named(KEY))
    assert found().renamed(PERSON, "x") == "shop/orders/ingest_date=2026-01-01/ingest_hour=00/x/of x.json"


def test_names_that_firehose_made_mention_nobody() -> None:
    assert JSON.ingestion is not None
    stream = replace(JSON, ingestion=replace(JSON.ingestion, mode=Mode.STREAM))
    [bronze, errors, _] = areas(replace(TARGET, lake=Lake((stream,))), [stream])
    assert (bronze.named(KEY), errors.named(KEY)) == ("", "")
    assert (errors.prefix, errors.datasets, errors.processed) == ("_errors/shop/orders/", (stream,), False)


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (found(named=True), True),
        (found(), False),
        (found(named=True, latest=False), False),
        (found(named=True, locked_until=LOCKED), False),
        (found(named=True, area=LANDING), False),
        (found(named=True, area=UNROUTED), True),
        (found(named=True, area=replace(BRONZE, datasets=(replace(JSON, write=Write.OVERWRITE),))), False),
    ],
)
def test_object_gets_another_name_where_nothing_else_follows_from_it(each: Found, expected: bool) -> None:
    assert is_renamed(each) is expected


def test_locked_versions_stay_and_are_told_with_their_date() -> None:
    locked = found(latest=False, records=2, locked_until=LOCKED)
    free, mentions = found(records=1), found(mentioned=1)
    plan = Plan([BRONZE], [locked, free, mentions], {}, {}, [])
    assert (plan.held, plan.due, plan.gone_versions) == ([locked, free], [free], [free])
    told = {each.where: each.until for each in traces(TARGET, [JSON], [locked, free])}
    assert told["bronze"] == LOCKED
    assert traces_until(TARGET, JSON, [locked]) == f"{LOCKED:%Y-%m-%d %H:%M:%S}"
    assert traces_until(TARGET, JSON, [free]) is None


def test_stream_is_told_with_the_hours_that_it_keeps_records_for() -> None:
    stream = dataset(Format.JSON)
    assert stream.ingestion is not None
    stream = replace(stream, ingestion=replace(stream.ingestion, mode=Mode.STREAM))
    [trace] = [each for each in traces(TARGET, [stream], []) if each.where.startswith("stream ")]
    assert trace.until is not None
    left = trace.until - datetime.now(UTC)
    assert timedelta(hours=TRIAL.settings.streams.retention_hours) - left < timedelta(minutes=1)
