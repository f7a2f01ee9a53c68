import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from lakehouse.compatibility import Change, Kind, Level, compare
from lakehouse.compatibility.change import Scope, differences
from lakehouse.compatibility.checks import CHECKS
from lakehouse.compatibility.columns import FIELD
from lakehouse.compatibility.datasets import DATASET, INGESTION
from lakehouse.compatibility.promises import DOCUMENTATION, SERVICE
from lakehouse.compatibility.table_rules import TABLE_RULE
from lakehouse.model.access import Reader
from lakehouse.model.dataset import (
    Content,
    Dataset,
    Documentation,
    Format,
    Ingestion,
    Lake,
    Layer,
    Mode,
    PartitionField,
    Refresh,
    Relationship,
    Source,
    UnknownFields,
    Write,
)
from lakehouse.model.dialect import Dialect
from lakehouse.model.engine import Engine
from lakehouse.model.fields import (
    Array,
    Checks,
    Decimal,
    Declassification,
    Field,
    Map,
    NotPersonal,
    Scalar,
    Struct,
)
from lakehouse.model.masking import HASH, REDACT, TOKENIZE, Masking, Method
from lakehouse.model.service import ServiceLevel, Volume
from lakehouse.model.size import Size
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from lakehouse.model.versions import VersionOrder, Versions
from tests.unit.lakehouse.columns import column, with_columns
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

COMPATIBLE, BACKFILL, BREAKING = Level
ROWS = TableRule("rows", "Never empty.", Metric.ROW_COUNT, Threshold(Operator.MUST_BE_GREATER_THAN, (0,)))


def changes(old: Dataset, new: Dataset) -> list[Change]:
    return compare(Lake((old,)), Lake((new,)))


def only(old: Dataset, new: Dataset) -> Change:
    (change,) = changes(old, new)
    return change


def ingested(**how: Any) -> Dataset:
    csv = Ingestion(Mode.FILES, Format.CSV)
    return replace(ORDERS, ingestion=replace(csv, **how))


def of_column(**what: Any) -> Dataset:
    return with_columns(replace(column(required=False), **what))


FIRST = Masking(Method.TRUNCATE, first=3)
SOURCE, OTHER = (Source("pump", (("table", name),)) for name in ("orders", "returns"))
CHANGES = partial(ingested, content=Content.CHANGES)
IGNORE, RESCUE, REJECT = (ingested(unknown_fields=policy) for policy in UnknownFields)
WHOLE = [
    ("description", "All orders.", COMPATIBLE, "the comment of the table changes"),
    ("owner", "sales-team", COMPATIBLE, "`owner`"),
    ("key", ("order_id", "status"), BREAKING, "do not fit"),
    ("key", (), BREAKING, "every record becomes a row"),
    ("order_by", ("order_id",), BACKFILL, "may win"),
    ("partition", (), BACKFILL, "new files follow it"),
    ("write", Write.APPEND, BREAKING, "dropped"),
    ("write", Write.OVERWRITE, BREAKING, "removes every row"),
    ("max_rejected_ratio", 0.1, BREAKING, "can fail"),
    ("max_rejected_ratio", 0.5, COMPATIBLE, "can pass"),
    ("source", "contracts/shop/order.odcs.yaml", COMPATIBLE, "none"),
    ("part", 2, BREAKING, "CloudFormation refuses"),
    ("relationships", (Relationship(("order_id",), "shop/x", ("id",)),), COMPATIBLE, "none on data"),
    ("readers", (Reader("analyst"),), COMPATIBLE, "nobody loses access"),
    ("rules", (ROWS,), BREAKING, "can fail"),
    ("rules", (replace(ROWS, severity=Severity.INFO),), COMPATIBLE, "recorded"),
]


@pytest.mark.parametrize(("name", "value", "level", "effect"), WHOLE)
def test_change_of_a_dataset_has_its_level_and_says_what_follows(
    name: str, value: Any, level: Level, effect: str
) -> None:
    change = only(ORDERS, replace(ORDERS, **{name: value}))
    assert change.path.split(".")[0] == name
    assert change.level is level
    assert effect in change.effect


@pytest.mark.parametrize(
    ("old", "new", "path", "level", "effect"),
    [
        (ingested(), ingested(mode=Mode.STREAM), "mode", BREAKING, "no longer arrives"),
        (ingested(), ingested(content=Content.CHANGES), "content", BREAKING, "full load"),
        (ingested(), ingested(source=SOURCE), "source", COMPATIBLE, "are taken as before"),
        (ingested(source=SOURCE), ingested(), "source", BREAKING, "what pump takes today no longer arrives"),
        (ingested(source=SOURCE), ingested(source=Source("hose")), "source", BREAKING, "no longer arrives"),
        (ingested(source=SOURCE), ingested(source=OTHER), "source", COMPATIBLE, "works as it is told now"),
        (CHANGES(source=SOURCE), CHANGES(source=OTHER), "source", BREAKING, "full load"),
        (CHANGES(), CHANGES(source=SOURCE), "source", COMPATIBLE, "are taken as before"),
        (ingested(), ingested(format=Format.JSON), "format", BREAKING, "quarantined"),
        (ingested(), ingested(**{"null_token": "NA"}), "null_token", BREAKING, "other way round"),
        (IGNORE, RESCUE, "unknown_fields", COMPATIBLE, "UNMASKED"),
        (REJECT, IGNORE, "unknown_fields", COMPATIBLE, "are accepted"),
        (IGNORE, REJECT, "unknown_fields", BREAKING, "quarantined"),
        (RESCUE, IGNORE, "unknown_fields", BREAKING, "keeps _rescued"),
    ],
)
def test_change_of_ingestion_has_its_level_and_says_what_follows(
    old: Dataset, new: Dataset, path: str, level: Level, effect: str
) -> None:
    change = only(old, new)
    assert (change.path, change.level) == (f"ingestion.{path}", level)
    assert effect in change.effect


@pytest.mark.parametrize(
    ("old", "new", "level", "effect"),
    [
        ({}, {"required": True}, BREAKING, "the deployment is refused: rows that exist may hold no value"),
        ({"required": True}, {}, COMPATIBLE, "readers must expect null"),
        (
            {"masking": REDACT},
            {"masking": REDACT, "required": True},
            BREAKING,
            "are rejected",
        ),
        ({"type": Scalar.INT}, {"type": Scalar.LONG}, COMPATIBLE, "only metadata changes"),
        ({"type": Scalar.FLOAT}, {"type": Scalar.DOUBLE}, COMPATIBLE, "seven digits"),
        ({"type": Scalar.LONG}, {"type": Scalar.INT}, BREAKING, "the deployment is refused"),
        ({}, {"masking": HASH}, BACKFILL, "CLEAR TEXT STAYS in rows written before"),
        ({"masking": HASH}, {}, BACKFILL, "stay hashed"),
        ({"masking": HASH}, {"masking": REDACT}, BACKFILL, "new rows are null"),
        ({"masking": HASH}, {"masking": TOKENIZE}, BACKFILL, "stay hashed until they are reprocessed"),
        ({"masking": TOKENIZE}, {"masking": FIRST}, BACKFILL, "new rows are masked by truncate to first 3"),
        (
            {"masking": FIRST},
            {"masking": replace(FIRST, first=2)},
            BACKFILL,
            "rows written before stay masked by truncate to first 3 until they are reprocessed",
        ),
        ({"classification": "restricted"}, {"classification": "public"}, COMPATIBLE, "can read it"),
        ({"classification": "public"}, {"classification": "restricted"}, BREAKING, "lose it"),
        (
            {"checks": Checks(allowed=("a",))},
            {"checks": Checks(allowed=("a", "b"))},
            COMPATIBLE,
            "are accepted",
        ),
        ({"checks": Checks(allowed=("a", "b"))}, {"checks": Checks(allowed=("b", "a"))}, COMPATIBLE, "none"),
        ({}, {"checks": Checks(pattern="^a")}, BREAKING, "can be quarantined"),
        ({"examples": ("a",)}, {}, COMPATIBLE, "documentation"),
        ({}, {"declassified": Declassification(("shop/orders.id",), "public")}, COMPATIBLE, "it says why"),
        ({}, {"subject": "customer"}, COMPATIBLE, "`lake-ops erase` looks there"),
        ({}, {"not_personal": NotPersonal(("addresses",), "Hosts.")}, COMPATIBLE, "runs tell of such values"),
    ],
)
def test_change_of_a_column_has_its_level_and_says_what_follows(
    old: dict[str, Any], new: dict[str, Any], level: Level, effect: str
) -> None:
    change = only(of_column(**old), of_column(**new))
    assert change.path.startswith("columns.c.")
    assert change.level is level
    assert effect in change.effect


def test_column_is_compatible_only_when_it_is_optional() -> None:
    added = only(with_columns(), with_columns(column(required=False)))
    assert (added.kind, added.level, added.summary) == (Kind.ADDED, COMPATIBLE, "nothing → string")
    kept = replace(RESCUE, fields=(*ORDERS.fields, column(required=False)))
    assert "values that came before stay in _rescued" in only(RESCUE, kept).effect
    required = only(with_columns(), with_columns(column(Scalar.INT)))
    assert (required.level, required.refused) == (BREAKING, True)


def test_column_that_is_renamed_is_one_less_and_one_more() -> None:
    renamed = replace(column(required=False), name="d")
    gone, came = changes(with_columns(column()), with_columns(renamed))
    assert (gone.path, gone.kind, gone.level) == ("columns.c", Kind.REMOVED, BREAKING)
    assert "the table keeps it, as optional" in gone.effect
    assert (came.path, came.kind, came.level) == ("columns.d", Kind.ADDED, COMPATIBLE)


def test_clear_text_is_pointed_out_when_a_masked_column_goes_to_the_rescued_fields() -> None:
    masked = replace(RESCUE, fields=(ORDERS.fields[0], replace(column(), masking=HASH)), order_by=())
    masked = replace(masked, partition=())
    assert "_rescued as CLEAR TEXT" in only(masked, replace(masked, fields=masked.fields[:1])).effect
    strict = replace(masked, ingestion=REJECT.ingestion)
    assert "still bring it are rejected" in only(strict, replace(strict, fields=masked.fields[:1])).effect


def test_masking_of_a_member_is_told_like_that_of_a_column() -> None:
    clear, masked = (
        of_column(type=Array(Struct((replace(column(), name="order_id", masking=each),))))
        for each in (None, HASH)
    )
    change = only(clear, masked)
    # Though its name is that of the key, it is none.
    assert (change.path, change.level) == ("columns.c.element.order_id.masking", BACKFILL)
    assert (change.summary, change.repair) == ("nothing → hash", REPROCESS)
    rescuing = replace(masked, ingestion=RESCUE.ingestion)
    gone = only(rescuing, replace(rescuing, fields=masked.fields[:-1]))
    assert "_rescued as CLEAR TEXT" in gone.effect


def test_key_changes_for_every_record_when_its_column_is_masked() -> None:
    clear = replace(of_column(required=True), key=("c",))
    masked = replace(of_column(required=True, masking=HASH), key=("c",))
    change = only(clear, masked)
    assert change.level is BREAKING
    assert "CLEAR TEXT STAYS" in change.effect
    assert "another key" in change.effect


REPROCESS, REPLAY = f"lake-ops reprocess {ORDERS.id} --all --start", f"lake-ops replay quarantine {ORDERS.id}"
AMOUNT = partial(of_column, type=Scalar.INT)
REPAIRS = [
    ("mask added", of_column(), of_column(masking=REDACT), REPROCESS),
    ("mask removed", of_column(masking=HASH), of_column(), REPROCESS),
    ("rule tightened", AMOUNT(), AMOUNT(checks=Checks(minimum=1)), REPROCESS),
    ("rule relaxed", AMOUNT(checks=Checks(minimum=1)), AMOUNT(), REPLAY),
    ("type widened", AMOUNT(), of_column(type=Scalar.LONG), REPLAY),
    ("column relaxed", of_column(required=True), of_column(), REPLAY),
    ("order", ORDERS, replace(ORDERS, order_by=()), REPROCESS),
    ("partition", ORDERS, replace(ORDERS, partition=()), REPROCESS),
    ("key", of_column(), replace(of_column(), key=("c",)), REPROCESS),
    ("null token", CHANGES(), CHANGES(**{"null_token": "NA"}), REPROCESS),
    ("unknown fields rejected", IGNORE, REJECT, REPROCESS),
    ("unknown fields accepted", REJECT, IGNORE, REPLAY),
    ("unknown fields kept", IGNORE, RESCUE, REPROCESS),
    ("owner", ORDERS, replace(ORDERS, owner="others"), ""),
]


@pytest.mark.parametrize(
    ("old", "new", "command"), [each[1:] for each in REPAIRS], ids=[each[0] for each in REPAIRS]
)
def test_command_is_named_that_makes_old_objects_come_out_as_new_ones(
    old: Dataset, new: Dataset, command: str
) -> None:
    assert only(old, new).repair == command


def test_no_command_is_named_where_the_next_run_replaces_the_whole_content() -> None:
    whole = partial(replace, write=Write.OVERWRITE)
    assert only(whole(of_column()), whole(of_column(masking=REDACT))).repair == ""


def test_members_are_judged_like_columns_at_any_depth() -> None:
    def nested(*members: Field) -> Dataset:
        return of_column(type=Map(Scalar.STRING, Array(Struct(members))))

    a, b = Field("a", Scalar.INT, False, ""), Field("b", Decimal(5, 2), False, "")
    (change,) = changes(nested(a), nested(a, b))
    assert (change.path, change.level) == ("columns.c.value.element.b", COMPATIBLE)
    (change,) = changes(nested(a, b), nested(a, replace(b, type=Decimal(7, 3))))
    assert (change.path, change.level) == ("columns.c.value.element.b.type", BREAKING)
    (change,) = changes(nested(a, b), nested(b, a))
    assert (change.path, change.level, change.refused) == ("columns.c.value.element.order", COMPATIBLE, False)
    (change,) = changes(nested(a, b), nested(a))
    assert (change.path, change.level, change.refused) == ("columns.c.value.element.b", BREAKING, False)


@pytest.mark.parametrize("dataset", [ORDERS, ingested()], ids=["json", "csv"])
def test_order_of_columns_matters_to_nobody_whatever_the_format(dataset: Dataset) -> None:
    fields = ORDERS.fields
    swapped = only(dataset, replace(dataset, fields=(fields[1], fields[0], *fields[2:])))
    assert (swapped.path, swapped.level) == ("columns.order", COMPATIBLE)
    inserted = replace(dataset, fields=(fields[0], column(required=False), *fields[1:]))
    assert only(dataset, inserted).path == "columns.c"


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        (Write.MERGE, Write.APPEND, "every record that comes is added"),
        (Write.OVERWRITE, Write.APPEND, "rows that exist stay for good"),
        (Write.APPEND, Write.MERGE, "rows that exist may have one together"),
        (Write.APPEND, Write.OVERWRITE, "the next run removes every row"),
    ],
)
def test_write_changes_by_other_words_where_one_has_no_key(old: Write, new: Write, effect: str) -> None:
    before, after = (
        replace(ORDERS, write=each, key=("order_id",) if each is Write.MERGE else ()) for each in (old, new)
    )
    [change] = [each for each in changes(before, after) if each.path == "write"]
    assert (change.level, effect in change.effect) == (BREAKING, True)


def test_key_is_the_same_when_its_columns_come_in_another_order() -> None:
    both = replace(ORDERS, key=("order_id", "status"))
    assert only(both, replace(both, key=both.key[::-1])).level is COMPATIBLE


def test_product_is_not_published_when_its_rows_break_a_narrower_rule() -> None:
    narrower = replace(TOTALS.fields[1], checks=Checks(minimum=0))
    change = only(TOTALS, replace(TOTALS, fields=(TOTALS.fields[0], narrower)))
    assert change.level is BREAKING
    assert "is not published" in change.effect


def test_bounds_are_breaking_when_they_are_of_another_kind() -> None:
    old = of_column(type=Scalar.INT, checks=Checks(minimum=1))
    new = of_column(type=Scalar.DATE, checks=Checks(minimum="2026-01-31"))
    found = {change.path: change.level for change in changes(old, new)}
    assert found == {"columns.c.type": BREAKING, "columns.c.checks.minimum": BREAKING}


def test_write_mode_needs_a_backfill_when_the_newest_version_of_a_key_wins_from_now_on() -> None:
    append = replace(ORDERS, order_by=(), write=Write.APPEND)
    assert only(append, replace(append, write=Write.MERGE)).level is BACKFILL


def test_refresh_in_parts_is_compatible_when_it_comes_or_goes() -> None:
    whole = replace(TOTALS, partition=(PartitionField("order_id", "identity"),))
    parts = replace(whole, write=Write.OVERWRITE_PARTITIONS, refresh=Refresh("shop/orders", "order_id"))
    for old, new, later in (
        (whole, parts, "later ones what changed"),
        (parts, whole, "so do later ones"),
    ):
        found = {change.path: change for change in changes(old, new)}
        assert found.keys() == {"write", "refresh"}
        assert {change.level for change in found.values()} == {COMPATIBLE}
        assert later in found["refresh"].effect
    assert "until the next run" in only(parts, replace(parts, partition=())).effect


def test_versions_are_told_apart_and_ordered_by_the_new_rule_once_it_changes() -> None:
    whole = replace(ORDERS, write=Write.OVERWRITE, versions=Versions())
    assert only(whole, replace(whole, versions=Versions(VersionOrder.ARRIVAL))).level is COMPATIBLE
    assert only(whole, replace(whole, versions=Versions(marker="_DONE"))).level is BREAKING


def test_another_volume_changes_no_row() -> None:
    assert only(ORDERS, replace(ORDERS, volume=Volume((1, 2), 3))).level is COMPATIBLE


@pytest.mark.parametrize("key", [ORDERS.key, ()])
def test_partitions_are_no_way_to_write_in_silver(key: tuple[str, ...]) -> None:
    silver = replace(ORDERS, key=key, write=Write.APPEND)
    gold = replace(silver, layer=Layer.GOLD, write=Write.OVERWRITE_PARTITIONS)
    for old, new in ((silver, gold), (gold, silver)):
        assert any("it begins empty" in change.effect for change in changes(old, new))


def test_another_engine_changes_no_row() -> None:
    assert only(ORDERS, replace(ORDERS, engine=Engine.GLUE)).level is COMPATIBLE


def test_content_is_replaced_by_the_next_run_when_the_write_mode_is_overwrite() -> None:
    assert (
        "until the next run replaces the whole content" in only(TOTALS, replace(TOTALS, partition=())).effect
    )
    assert "until they are reprocessed from bronze" in only(ORDERS, replace(ORDERS, order_by=())).effect


def test_sql_is_the_same_when_only_layout_and_comments_differ() -> None:
    layout = "SELECT order_id,\n  price -- in euro\nFROM silver_shop.orders;"
    assert only(TOTALS, replace(TOTALS, sql=layout)).level is COMPATIBLE
    other = only(TOTALS, replace(TOTALS, sql="SELECT order_id, 2 * price AS price FROM silver_shop.orders"))
    assert other.level is BACKFILL
    assert "the next run rebuilds the whole content" in other.effect
    assert only(TOTALS, replace(TOTALS, inputs=())).path == "inputs"


def test_layer_is_breaking_with_all_that_comes_with_it() -> None:
    moved = replace(TOTALS, name="orders", layer=Layer.GOLD)
    found = {change.path: change.level for change in changes(ORDERS, moved)}
    assert (found["layer"], found["ingestion"]) == (BREAKING, BREAKING)
    back = {change.path: change.level for change in changes(moved, ORDERS)}
    assert (back["layer"], back["ingestion"]) == (BREAKING, BREAKING)


def test_retention_is_breaking_when_data_goes_sooner() -> None:
    def kept(days: int | None) -> Dataset:
        return replace(ORDERS, service=ServiceLevel(retention_days=days))

    assert [only(kept(30), kept(days)).level for days in (29, 31, None)] == [BREAKING, COMPATIBLE, COMPATIBLE]
    first = only(kept(None), kept(30))
    assert first.level is BREAKING
    assert "older than 30 days" in first.effect


def test_promises_are_breaking_when_they_are_withdrawn() -> None:
    stale = replace(ORDERS, service=ServiceLevel(freshness_hours=5))
    assert (only(ORDERS, stale).path, only(ORDERS, stale).level) == ("service.freshness_hours", COMPATIBLE)
    often = only(stale, replace(ORDERS, service=replace(stale.service, frequency_hours=0.5)))
    assert (often.summary, often.level) == ("nothing → 0.5", COMPATIBLE)
    read = replace(
        ORDERS,
        readers=(
            Reader("analyst"),
            Reader("engineer"),
        ),
    )
    assert only(read, replace(read, readers=(Reader("engineer"),))).level is BREAKING
    assert (
        only(
            read,
            replace(
                read,
                readers=(
                    Reader("engineer"),
                    Reader("analyst"),
                ),
            ),
        ).level
        is COMPATIBLE
    )


NARROW = Reader("analyst", columns=("order_id", "status"), rows="status = 'paid'")


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ((), (NARROW,), BREAKING),
        ((Reader("analyst"),), (NARROW,), BREAKING),
        ((Reader("analyst"),), (replace(NARROW, rows=None),), BREAKING),
        ((NARROW,), (Reader("analyst"),), BREAKING),
        ((NARROW,), (), BREAKING),
        ((replace(NARROW, columns=None),), (Reader("analyst"),), COMPATIBLE),
        ((NARROW,), (replace(NARROW, columns=("order_id", "status", "amount")),), COMPATIBLE),
        ((NARROW,), (replace(NARROW, columns=("order_id",)),), BREAKING),
        ((NARROW,), (replace(NARROW, columns=None),), BREAKING),
        ((NARROW,), (replace(NARROW, rows=None),), COMPATIBLE),
        ((NARROW,), (replace(NARROW, rows="status = 'created'"),), BREAKING),
        ((replace(NARROW, rows=None),), (NARROW,), BREAKING),
        ((NARROW, Reader("engineer")), (NARROW,), BREAKING),
    ],
)
def test_readers_who_may_lose_columns_or_rows_are_a_breaking_change(
    old: tuple[Reader, ...], new: tuple[Reader, ...], level: Level
) -> None:
    assert only(replace(ORDERS, readers=old), replace(ORDERS, readers=new)).level is level


def test_readers_who_lose_all_and_those_who_lose_a_part_are_named_in_order() -> None:
    whole, part = (
        tuple(Reader(name, columns) for name in ("scientist", "engineer"))
        for columns in (("order_id", "status"), ("order_id",))
    )
    gone = (Reader("operator"), Reader("analyst"))
    both = only(replace(ORDERS, readers=(*gone, *whole)), replace(ORDERS, readers=part))
    assert both.effect == (
        "analyst, operator can no longer count on reading it; engineer, scientist may read less of it"
    )
    assert only(replace(ORDERS, readers=whole), replace(ORDERS, readers=part)).effect == (
        "engineer, scientist may read less of it"
    )


@pytest.mark.parametrize(
    ("old", "new", "path", "level"),
    [
        ({}, {"description": "Full."}, "rows.description", COMPATIBLE),
        ({}, {"columns": ("order_id",)}, "rows.columns", BREAKING),
        (
            {"severity": Severity.INFO},
            {"severity": Severity.INFO, "percent": True},
            "rows.percent",
            COMPATIBLE,
        ),
        ({"severity": Severity.WARNING}, {}, "rows.severity", BREAKING),
        ({}, {"severity": Severity.WARNING}, "rows.severity", COMPATIBLE),
        ({"severity": Severity.INFO}, {"severity": Severity.WARNING}, "rows.severity", COMPATIBLE),
    ],
)
def test_table_rule_is_breaking_only_when_runs_depend_on_more(
    old: dict[str, Any], new: dict[str, Any], path: str, level: Level
) -> None:
    before, after = (replace(ORDERS, rules=(replace(ROWS, **each),)) for each in (old, new))
    change = only(before, after)
    assert (change.path, change.level) == (f"rules.{path}", level)


def test_table_rules_are_compatible_when_they_go_or_get_another_name_or_order() -> None:
    full = replace(ROWS, name="full")
    one, renamed, two = (replace(ORDERS, rules=rules) for rules in ((ROWS,), (full,), (ROWS, full)))
    assert only(one, ORDERS).level is COMPATIBLE
    assert [change.level for change in changes(one, renamed)] == [COMPATIBLE, COMPATIBLE]
    order = only(two, replace(two, rules=two.rules[::-1]))
    assert (order.path, order.level) == ("rules.order", COMPATIBLE)


def test_runs_fail_as_their_write_mode_says_when_the_gate_is_tightened() -> None:
    for dataset, effect in ((ORDERS, "its rows are in silver"), (TOTALS, "keeps its last good content")):
        relaxed = replace(dataset, max_rejected_ratio=0.5)
        assert effect in only(relaxed, replace(relaxed, max_rejected_ratio=0.0)).effect


def test_datasets_come_and_go_when_the_lake_changes() -> None:
    gone, came = compare(Lake((ORDERS,)), Lake((TOTALS,)))
    assert (gone.dataset, gone.kind, gone.level) == ("shop/orders", Kind.REMOVED, BREAKING)
    assert "nothing is dropped" in gone.effect
    assert (came.dataset, came.kind, came.level) == ("shop/totals", Kind.ADDED, COMPATIBLE)
    assert compare(Lake((ORDERS, TOTALS)), Lake((TOTALS, ORDERS))) == []


def test_changes_come_by_the_ids_of_their_datasets() -> None:
    lake = Lake(tuple(replace(ORDERS, name=f"orders_{number:02}") for number in reversed(range(20))))
    found = [change.dataset for change in compare(Lake(()), lake)]
    assert found == [f"shop/orders_{number:02}" for number in range(20)]


def test_summary_is_short_when_values_are_long() -> None:
    long = only(ORDERS, replace(ORDERS, description="word " * 100))
    assert long.summary.startswith("Every order. → word word")
    assert len(long.after) == 120
    partition = only(ORDERS, replace(ORDERS, partition=(PartitionField("order_id", "identity"),)))
    assert partition.summary == "day(at), bucket(4, order_id) → order_id"
    documented = replace(ORDERS, documentation=Documentation(members=("a@b",)))
    assert only(ORDERS, documented).summary == "nothing → a@b"


JUDGED: dict[type, set[str]] = {
    Dataset: DATASET.keys() | {"domain", "name"},
    Field: FIELD.keys() | {"name"},
    Checks: set(CHECKS),
    Ingestion: set(INGESTION),
    ServiceLevel: set(SERVICE),
    Documentation: set(DOCUMENTATION),
    TableRule: TABLE_RULE.keys() | {"name"},
    Threshold: {"operator", "values"},
    Struct: {"fields"},
    Array: {"element"},
    Map: {"key", "value"},
    Decimal: {"precision", "scale"},
}
"""What is judged part by part; a name tells which parts to compare."""

WHOLES = {
    Declassification, Dialect, Masking, NotPersonal, PartitionField, Reader, Refresh, Relationship, Size,
    Source, Versions, Volume,
}  # fmt: skip
"""What is compared as a whole."""


def reachable(kind: Any, seen: set[type]) -> Iterator[type]:
    for part in typing.get_args(kind):
        yield from reachable(part, seen)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind not in seen:
        seen.add(kind)
        yield kind
        for hint in typing.get_type_hints(kind).values():
            yield from reachable(hint, seen)


def test_every_part_of_the_model_is_judged() -> None:
    found = set(reachable(Dataset, set()))
    assert found == JUDGED.keys() | WHOLES
    for kind, names in JUDGED.items():
        assert {field.name for field in dataclasses.fields(kind)} == names, kind


def test_key_of_a_replica_is_refused_since_the_table_of_deleted_keys_has_its_columns() -> None:
    replica = replace(ORDERS, ingestion=Ingestion(Mode.FILES, Format.PARQUET, content=Content.CHANGES))
    change = only(replica, replace(replica, key=("order_id", "at")))
    assert (change.level, change.refused) == (BREAKING, True)
    assert not only(ORDERS, replace(ORDERS, key=("order_id", "at"))).refused


def test_part_is_breaking_when_nobody_has_judged_it() -> None:
    @dataclass(frozen=True)
    class Later:
        part: int

    (change,) = differences(Scope(ORDERS, ORDERS), Later(1), Later(2), {})
    assert (change.path, change.level, change.summary) == ("part", BREAKING, "1 → 2")
    assert "nobody has judged it" in change.effect
