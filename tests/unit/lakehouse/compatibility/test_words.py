"""What people read of a change: what was, what comes, and what follows for tables and their users."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lakehouse.compatibility import Change, Level, compare, version_faults
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
    Refresh,
    Relationship,
    Source,
    UnknownFields,
    Write,
)
from lakehouse.model.fields import Array, Checks, Decimal, Field, Map, Scalar, Struct
from lakehouse.model.masking import HASH, REDACT
from lakehouse.model.service import ServiceLevel
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from tests.unit.lakehouse.columns import column, with_columns
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

ROWS = TableRule("rows", "Never empty.", Metric.ROW_COUNT, Threshold(Operator.MUST_BE_GREATER_THAN, (0,)))
PUMP = Source("pump", (("table", "orders"),))
FILES = Ingestion(Mode.FILES, Format.CSV)
REPLICA = Ingestion(Mode.FILES, Format.PARQUET, content=Content.CHANGES)
CSV = replace(ORDERS, ingestion=FILES)


def told(old: Sequence[Dataset], new: Sequence[Dataset]) -> list[str]:
    return [line(change) for change in compare(Lake(tuple(old)), Lake(tuple(new)))]


def line(change: Change) -> str:
    refused = ", refused" if change.refused else ""
    where = f"{change.dataset} {change.path} {change.kind}"
    return f"{where}, {change.level.name.lower()}{refused}: {change.summary}: {change.effect}"


def table(**changes: Any) -> tuple[Dataset, Dataset]:
    return ORDERS, replace(ORDERS, **changes)


def product(**changes: Any) -> tuple[Dataset, Dataset]:
    return TOTALS, replace(TOTALS, **changes)


def ingestion(before: dict[str, Any], after: dict[str, Any]) -> tuple[Dataset, Dataset]:
    one = Ingestion(Mode.FILES, Format.CSV)
    old, new = (replace(ORDERS, ingestion=replace(one, **each)) for each in (before, after))
    return old, new


def of_column(before: dict[str, Any], after: dict[str, Any]) -> tuple[Dataset, Dataset]:
    old, new = (with_columns(replace(column(required=False), **each)) for each in (before, after))
    return old, new


def checks(before: dict[str, Any], after: dict[str, Any]) -> tuple[Dataset, Dataset]:
    return of_column({"checks": Checks(**before)}, {"checks": Checks(**after)})


def nested(before: Sequence[Field], after: Sequence[Field]) -> tuple[Dataset, Dataset]:
    one, other = ({"type": Array(Struct(tuple(members)))} for members in (before, after))
    return of_column(one, other)


def rules(before: Sequence[TableRule], after: Sequence[TableRule]) -> tuple[Dataset, Dataset]:
    return replace(ORDERS, rules=tuple(before)), replace(ORDERS, rules=tuple(after))


def service(before: dict[str, Any], after: dict[str, Any]) -> tuple[Dataset, Dataset]:
    old, new = (replace(ORDERS, service=ServiceLevel(**each)) for each in (before, after))
    return old, new


A, B = Field("a", Scalar.INT, False, ""), Field("b", Decimal(5, 2), False, "")
MASKED = replace(column(), masking=HASH)
RESCUED = replace(with_columns(MASKED), ingestion=replace(FILES, unknown_fields=UnknownFields.RESCUE))
STRICT = replace(RESCUED, ingestion=replace(FILES, unknown_fields=UnknownFields.REJECT))
PARTS = replace(TOTALS, write=Write.OVERWRITE_PARTITIONS, refresh=Refresh("shop/orders", "order_id"))


@pytest.mark.parametrize(
    ("versions", "lines"),
    [
        (
            table(description="All orders."),
            [
                "shop/orders description changed, compatible: Every order. → All orders.: the "
                "comment of the table changes",
            ],
        ),
        (
            table(owner="sales-team"),
            [
                "shop/orders owner changed, compatible: shop-team → sales-team: the property "
                "`owner` of the tables changes",
            ],
        ),
        (
            table(key=("order_id", "status")),
            [
                "shop/orders key changed, breaking: order_id → order_id, status: rows that exist "
                "were told apart by the former key, so new versions of them do not fit",
            ],
        ),
        (
            (replace(ORDERS, key=("order_id", "status")), replace(ORDERS, key=("status", "order_id"))),
            [
                "shop/orders key changed, compatible: order_id, status → status, order_id: none: "
                "the same columns tell records apart",
            ],
        ),
        (
            table(order_by=()),
            [
                "shop/orders order_by removed, backfill: at → nothing: another version of a key may "
                "win; rows that exist are those that won before, until they are reprocessed from "
                "bronze",
            ],
        ),
        (
            product(order_by=("price",)),
            [
                "shop/totals order_by added, backfill: nothing → price: another version of a key "
                "may win; rows that exist are those that won before, until the next run replaces "
                "the whole content",
            ],
        ),
        (
            table(partition=()),
            [
                "shop/orders partition removed, backfill: day(at), bucket(4, order_id) → nothing: "
                "new files follow it, files that exist keep the former partitions until they are "
                "reprocessed from bronze; rows are equal",
            ],
        ),
        (
            product(partition=()),
            [
                "shop/totals partition removed, backfill: order_id → nothing: new files follow it, "
                "files that exist keep the former partitions until the next run replaces the whole "
                "content; rows are equal",
            ],
        ),
        (
            table(write=Write.APPEND),
            [
                "shop/orders write changed, breaking: merge → append: new versions of a record are "
                "dropped; the first one stays",
            ],
        ),
        (
            table(write=Write.OVERWRITE),
            [
                "shop/orders write changed, breaking: merge → overwrite: the next run removes every "
                "row that it does not bring itself",
            ],
        ),
        (
            (replace(ORDERS, write=Write.APPEND), ORDERS),
            [
                "shop/orders write changed, backfill: append → merge: the newest version of a key "
                "wins; rows that exist are the first ones until they are reprocessed from bronze",
            ],
        ),
        (
            (replace(ORDERS, write=Write.APPEND), replace(ORDERS, write=Write.OVERWRITE)),
            [
                "shop/orders write changed, breaking: append → overwrite: the next run removes "
                "every row that it does not bring itself",
            ],
        ),
        (
            (replace(ORDERS, write=Write.OVERWRITE), ORDERS),
            [
                "shop/orders write changed, breaking: overwrite → merge: rows stay even if they no "
                "longer come, which removed them before",
            ],
        ),
        (
            (replace(ORDERS, write=Write.OVERWRITE), replace(ORDERS, write=Write.APPEND)),
            [
                "shop/orders write changed, breaking: overwrite → append: rows that exist stay for "
                "good, and new versions of them are dropped",
            ],
        ),
        (
            (PARTS, replace(PARTS, partition=())),
            [
                "shop/totals partition removed, backfill: order_id → nothing: new files follow it, "
                "files that exist keep the former partitions until the next run replaces the whole "
                "content; rows are equal",
            ],
        ),
        (
            table(max_rejected_ratio=0.125),
            [
                "shop/orders max_rejected_ratio changed, breaking: 25.00% → 12.50%: a run that "
                "passed before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            table(max_rejected_ratio=0.5),
            [
                "shop/orders max_rejected_ratio changed, compatible: 25.00% → 50.00%: runs that "
                "failed before can pass",
            ],
        ),
        (
            product(max_rejected_ratio=0.125),
            [
                "shop/totals max_rejected_ratio changed, breaking: 25.00% → 12.50%: a run that was "
                "published before can fail; the table then keeps its last good content",
            ],
        ),
        (
            table(source="contracts/shop/order.odcs.yaml"),
            [
                "shop/orders source changed, compatible: contracts/shop/orders.odcs.yaml → "
                "contracts/shop/order.odcs.yaml: none: the contract lies in another file",
            ],
        ),
        (
            table(part=2),
            [
                "shop/orders part changed, breaking: 1 → 2: resources would move to another stack, "
                "which CloudFormation refuses: names are taken",
            ],
        ),
        (
            table(relationships=(Relationship(("order_id", "at"), "shop/x", ("id", "since")),)),
            [
                "shop/orders relationships added, compatible: nothing → order_id, at to shop/x (id, "
                "since): none on data: relationships tell people how datasets join",
            ],
        ),
        (
            table(
                readers=(
                    Reader("engineer"),
                    Reader("analyst"),
                )
            ),
            [
                "shop/orders readers added, compatible: nothing → engineer, analyst: nobody loses access",
            ],
        ),
        (
            (
                replace(
                    ORDERS,
                    readers=(
                        Reader("engineer"),
                        Reader("analyst"),
                    ),
                ),
                ORDERS,
            ),
            [
                "shop/orders readers removed, breaking: engineer, analyst → nothing: analyst, "
                "engineer can no longer count on reading it",
            ],
        ),
        (
            (
                replace(
                    ORDERS,
                    readers=(
                        Reader("engineer"),
                        Reader("analyst"),
                    ),
                ),
                replace(
                    ORDERS,
                    readers=(
                        Reader("analyst"),
                        Reader("engineer"),
                    ),
                ),
            ),
            [
                "shop/orders readers changed, compatible: engineer, analyst → analyst, engineer: "
                "nobody loses access",
            ],
        ),
        (
            table(documentation=Documentation(members=("a@b",))),
            [
                "shop/orders documentation.members added, compatible: nothing → a@b: none: it is "
                "documentation",
            ],
        ),
        (
            table(documentation=Documentation(status="draft")),
            [
                "shop/orders documentation.status added, breaking: nothing → draft: environments "
                "without drafts keep the tables with their data, and no job fills them any more",
            ],
        ),
        (
            (
                replace(ORDERS, documentation=Documentation(status="draft")),
                replace(ORDERS, documentation=Documentation(status="active")),
            ),
            [
                "shop/orders documentation.status changed, compatible: draft → active: environments "
                "without drafts get the tables, empty",
            ],
        ),
        (
            table(documentation=Documentation(status="deprecated")),
            [
                "shop/orders documentation.status added, compatible: nothing → deprecated: none: it is "
                "documentation",
            ],
        ),
        (
            (replace(ORDERS, layer=Layer.GOLD), ORDERS),
            [
                "shop/orders layer changed, breaking: gold → silver: an empty table is created in "
                "the other layer; the former one stays, and is filled no more",
            ],
        ),
        (
            (replace(TOTALS, ingestion=ORDERS.ingestion), TOTALS),
            [
                "shop/totals ingestion removed, breaking: stream → nothing: what producers send no "
                "longer arrives",
            ],
        ),
        (
            (TOTALS, replace(TOTALS, ingestion=ORDERS.ingestion)),
            [
                "shop/totals ingestion added, breaking: nothing → stream: SQL no longer fills the table",
            ],
        ),
        (
            product(inputs=()),
            [
                "shop/totals inputs removed, compatible: shop/orders → nothing: the job may read "
                "other tables, and waits for them",
            ],
        ),
        (
            product(sql="SELECT order_id,\n price\nFROM silver_shop.orders -- all\n;"),
            [
                "shop/totals sql changed, compatible: SQL of 1 lines → SQL of 4 lines: none: only "
                "layout and comments differ",
            ],
        ),
        (
            product(sql="SELECT order_id, 2 * price AS price FROM silver_shop.orders;"),
            [
                "shop/totals sql changed, backfill: SQL of 1 lines → SQL of 1 lines: the next run "
                "rebuilds the whole content; until then it is that of the former SQL",
            ],
        ),
        (
            product(sql=None),
            [
                "shop/totals sql removed, backfill: SQL of 1 lines → nothing: the next run rebuilds "
                "the whole content; until then it is that of the former SQL",
            ],
        ),
        (
            (replace(TOTALS, sql=None), TOTALS),
            [
                "shop/totals sql added, backfill: nothing → SQL of 1 lines: the next run rebuilds "
                "the whole content; until then it is that of the former SQL",
            ],
        ),
        (
            product(sql="SELECT order_id, `price` FROM silver_shop.orders;"),
            [
                "shop/totals sql changed, backfill: SQL of 1 lines → SQL of 1 lines: the next run "
                "rebuilds the whole content; until then it is that of the former SQL",
            ],
        ),
        (
            ingestion({}, {"mode": Mode.STREAM}),
            [
                "shop/orders ingestion.mode changed, breaking: files → stream: producers must send "
                "another way: what they send as before no longer arrives",
            ],
        ),
        (
            ingestion({}, {"content": Content.CHANGES}),
            [
                "shop/orders ingestion.content changed, breaking: records → changes: records of the other "
                "meaning are quarantined; the table needs a full load",
            ],
        ),
        (
            ingestion({"mode": Mode.STREAM}, {"mode": Mode.FILES}),
            [
                "shop/orders ingestion.mode changed, breaking: stream → files: producers must send "
                "another way: what they send as before no longer arrives",
            ],
        ),
        (
            ingestion({}, {"format": Format.JSON}),
            [
                "shop/orders ingestion.format changed, breaking: csv → json: records of the former "
                "format, and bronze when it is reprocessed, are quarantined",
            ],
        ),
        (
            ingestion({}, {"null_token": "NA"}),
            [
                "shop/orders ingestion.null_token added, breaking: nothing → NA: what was null "
                "becomes a text, or the other way round, and may be quarantined for it",
            ],
        ),
        (
            ingestion({}, {"stream": "all"}),
            [
                "shop/orders ingestion.stream added, breaking: nothing → all: producers must send "
                "to another stream: the former one delivers nothing more",
            ],
        ),
        (
            ingestion({}, {"transform": "gunzip"}),
            [
                "shop/orders ingestion.transform added, compatible: nothing → gunzip: records that "
                "come from now on reach bronze in the other form",
            ],
        ),
        (
            ingestion({}, {"source": PUMP}),
            [
                "shop/orders ingestion.source added, compatible: nothing → pump (table orders): records "
                "that others bring are taken as before",
            ],
        ),
        (
            ingestion({"source": PUMP}, {}),
            [
                "shop/orders ingestion.source removed, breaking: pump (table orders) → nothing: what pump "
                "takes today no longer arrives",
            ],
        ),
        (
            ingestion({}, {"unknown_fields": UnknownFields.RESCUE}),
            [
                "shop/orders ingestion.unknown_fields changed, compatible: ignore → rescue: the "
                "table gains _rescued, in which unknown fields are kept UNMASKED; rows that exist "
                "read null",
            ],
        ),
        (
            ingestion({}, {"unknown_fields": UnknownFields.REJECT}),
            [
                "shop/orders ingestion.unknown_fields changed, breaking: ignore → reject: records "
                "with unknown fields, accepted before, are quarantined",
            ],
        ),
        (
            ingestion({"unknown_fields": UnknownFields.RESCUE}, {}),
            [
                "shop/orders ingestion.unknown_fields changed, breaking: rescue → ignore: the table "
                "keeps _rescued with what it has; new rows read null there",
            ],
        ),
        (
            ingestion({"unknown_fields": UnknownFields.REJECT}, {}),
            [
                "shop/orders ingestion.unknown_fields changed, compatible: reject → ignore: records "
                "with unknown fields are accepted",
            ],
        ),
        (
            ingestion({"unknown_fields": UnknownFields.REJECT}, {"unknown_fields": UnknownFields.RESCUE}),
            [
                "shop/orders ingestion.unknown_fields changed, compatible: reject → rescue: the "
                "table gains _rescued, in which unknown fields are kept UNMASKED; rows that exist "
                "read null",
            ],
        ),
        (
            ingestion({"unknown_fields": UnknownFields.RESCUE}, {"unknown_fields": UnknownFields.REJECT}),
            [
                "shop/orders ingestion.unknown_fields changed, breaking: rescue → reject: records "
                "with unknown fields, accepted before, are quarantined",
            ],
        ),
        (
            service({}, {"freshness_hours": 5}),
            [
                "shop/orders service.freshness_hours added, compatible: nothing → 5: the alarm "
                "about stale data goes off at another age",
            ],
        ),
        (
            service({}, {"frequency_hours": 0.5}),
            [
                "shop/orders service.frequency_hours added, compatible: nothing → 0.5: none on "
                "data: updates are promised at another pace",
            ],
        ),
        (
            service({}, {"retention_days": 30}),
            [
                "shop/orders service.retention_days added, breaking: nothing → 30: DATA GOES soon "
                "after the deployment: bronze objects and rejected records older than 30 days; rows "
                "of silver and gold stay",
            ],
        ),
        (
            service({"retention_days": 30}, {"retention_days": 29}),
            [
                "shop/orders service.retention_days changed, breaking: 30 → 29: DATA GOES soon "
                "after the deployment: bronze objects and rejected records older than 29 days; rows "
                "of silver and gold stay",
            ],
        ),
        (
            service({"retention_days": 30}, {"retention_days": 31}),
            [
                "shop/orders service.retention_days changed, compatible: 30 → 31: bronze objects "
                "and rejected records stay for longer",
            ],
        ),
        (
            service({"retention_days": 30}, {}),
            [
                "shop/orders service.retention_days removed, compatible: 30 → nothing: bronze "
                "objects and rejected records stay for longer",
            ],
        ),
        (
            of_column({}, {"required": True}),
            [
                "shop/orders columns.c.required changed, breaking, refused: optional → required: "
                "the deployment is refused: rows that exist may hold no value",
            ],
        ),
        (
            of_column({"required": True}, {}),
            [
                "shop/orders columns.c.required changed, compatible: required → optional: records "
                "without a value are accepted, and readers must expect null",
            ],
        ),
        (
            of_column({"masking": REDACT}, {"masking": REDACT, "required": True}),
            [
                "shop/orders columns.c.required changed, breaking: optional → required: records "
                "without a value are rejected",
            ],
        ),
        (
            of_column({"required": True, "masking": REDACT}, {"required": True, "masking": HASH}),
            [
                "shop/orders columns.c.masking changed, breaking, refused: redact → hash: the "
                "deployment is refused: rows that exist hold null, where the contract now demands a "
                "value",
            ],
        ),
        (
            of_column({}, {"description": "Any text."}),
            [
                "shop/orders columns.c.description added, compatible: nothing → Any text.: the "
                "comment of the column changes",
            ],
        ),
        (
            of_column({}, {"examples": ("a", "b")}),
            [
                "shop/orders columns.c.examples added, compatible: nothing → a, b: none: it is documentation",
            ],
        ),
        (
            of_column({}, {"classification": "restricted"}),
            [
                "shop/orders columns.c.classification changed, breaking: internal → restricted: "
                "readers who may not see restricted data lose it, rows that exist included",
            ],
        ),
        (
            of_column({}, {"classification": "public"}),
            [
                "shop/orders columns.c.classification changed, compatible: internal → public: "
                "whoever may see public data can read it, rows that exist included",
            ],
        ),
        (
            of_column({}, {"masking": HASH}),
            [
                "shop/orders columns.c.masking added, backfill: nothing → hash: CLEAR TEXT STAYS in "
                "rows written before until they are reprocessed from bronze, and in snapshots until "
                "those expire; new rows are hashed",
            ],
        ),
        (
            of_column({}, {"masking": REDACT}),
            [
                "shop/orders columns.c.masking added, backfill: nothing → redact: CLEAR TEXT STAYS "
                "in rows written before until they are reprocessed from bronze, and in snapshots "
                "until those expire; new rows are null",
            ],
        ),
        (
            of_column({"masking": HASH}, {}),
            [
                "shop/orders columns.c.masking removed, backfill: hash → nothing: rows written "
                "before stay hashed until they are reprocessed from bronze; new rows are in clear "
                "text",
            ],
        ),
        (
            of_column({"masking": REDACT}, {}),
            [
                "shop/orders columns.c.masking removed, backfill: redact → nothing: rows written "
                "before stay null until they are reprocessed from bronze; new rows are in clear "
                "text",
            ],
        ),
        (
            of_column({"masking": HASH}, {"masking": REDACT}),
            [
                "shop/orders columns.c.masking changed, backfill: hash → redact: rows written "
                "before stay hashed until they are reprocessed from bronze; new rows are null",
            ],
        ),
        (
            of_column({"masking": REDACT}, {"masking": HASH}),
            [
                "shop/orders columns.c.masking changed, backfill: redact → hash: rows written "
                "before stay null until they are reprocessed from bronze; new rows are hashed",
            ],
        ),
        (
            (replace(with_columns(column()), key=("c",)), replace(with_columns(MASKED), key=("c",))),
            [
                "shop/orders columns.c.masking added, breaking: nothing → hash: CLEAR TEXT STAYS in "
                "rows written before until they are reprocessed from bronze, and in snapshots until "
                "those expire; new rows are hashed, so new versions of a record have another key "
                "and do not replace it",
            ],
        ),
        (
            of_column({"type": Scalar.INT}, {"type": Scalar.LONG}),
            [
                "shop/orders columns.c.type changed, compatible: int → long: only metadata changes: "
                "rows that exist are read as the wider type",
            ],
        ),
        (
            of_column({"type": Scalar.FLOAT}, {"type": Scalar.DOUBLE}),
            [
                "shop/orders columns.c.type changed, compatible: float → double: only metadata "
                "changes: rows that exist are read as the wider type, with the seven digits they "
                "were stored with",
            ],
        ),
        (
            of_column({"type": Scalar.LONG}, {"type": Scalar.INT}),
            [
                "shop/orders columns.c.type changed, breaking, refused: long → int: the deployment "
                "is refused: Iceberg cannot read values of the one type as the other; add a column "
                "under another name; where a contract that is rolled back had it before, the table "
                "keeps the wider one",
            ],
        ),
        (
            of_column({"type": Decimal(5, 2)}, {"type": Decimal(6, 2)}),
            [
                "shop/orders columns.c.type changed, compatible: decimal(5, 2) → decimal(6, 2): "
                "only metadata changes: rows that exist are read as the wider type",
            ],
        ),
        (
            of_column({"type": Decimal(5, 2)}, {"type": Decimal(4, 2)}),
            [
                "shop/orders columns.c.type changed, breaking, refused: decimal(5, 2) → decimal(4, "
                "2): the deployment is refused: Iceberg cannot read values of the one type as the "
                "other; add a column under another name; where a contract that is rolled back had "
                "it before, the table keeps the wider one",
            ],
        ),
        (
            of_column({"type": Decimal(5, 2)}, {"type": Decimal(6, 3)}),
            [
                "shop/orders columns.c.type changed, breaking, refused: decimal(5, 2) → decimal(6, "
                "3): the deployment is refused: Iceberg cannot read values of the one type as the "
                "other; add a column under another name",
            ],
        ),
        (
            of_column({"type": Map(Scalar.STRING, Scalar.INT)}, {"type": Map(Scalar.INT, Scalar.LONG)}),
            [
                "shop/orders columns.c.key.type changed, breaking, refused: string → int: the "
                "deployment is refused: Iceberg cannot read values of the one type as the other; "
                "add a column under another name",
                "shop/orders columns.c.value.type changed, compatible: int → long: only metadata "
                "changes: rows that exist are read as the wider type",
            ],
        ),
        (
            of_column({"type": Array(Scalar.INT)}, {"type": Array(Scalar.DATE)}),
            [
                "shop/orders columns.c.element.type changed, breaking, refused: int → date: the "
                "deployment is refused: Iceberg cannot read values of the one type as the other; "
                "add a column under another name",
            ],
        ),
        (
            nested((A,), (A, B)),
            [
                "shop/orders columns.c.element.b added, compatible: nothing → decimal(5, 2): the "
                "table gains it, and rows that exist read null",
            ],
        ),
        (
            nested((A,), (B, A)),
            [
                "shop/orders columns.c.element.b added, compatible: nothing → decimal(5, 2): the "
                "table gains it, and rows that exist read null",
            ],
        ),
        (
            nested((A, B), (B, A)),
            [
                "shop/orders columns.c.element.order changed, compatible: a, b → b, a: the table "
                "keeps the order it has",
            ],
        ),
        (
            nested((A, B), (A,)),
            [
                "shop/orders columns.c.element.b removed, breaking: decimal(5, 2) → nothing: the "
                "table keeps it, as optional, with the values it has; new rows read null",
            ],
        ),
        (
            nested((A,), (A, replace(B, required=True))),
            [
                "shop/orders columns.c.element.b added, breaking, refused: nothing → decimal(5, 2): "
                "the deployment is refused: rows that exist have no value for it",
            ],
        ),
        (
            nested((A,), (replace(A, description="One."),)),
            [
                "shop/orders columns.c.element.a.description added, compatible: nothing → One.: the "
                "comment of the column changes",
            ],
        ),
        (
            (with_columns(), with_columns(column(required=False))),
            [
                "shop/orders columns.c added, compatible: nothing → string: the table gains it, and "
                "rows that exist read null",
            ],
        ),
        (
            (with_columns(), with_columns(column())),
            [
                "shop/orders columns.c added, breaking, refused: nothing → string: the deployment "
                "is refused: rows that exist have no value for it",
            ],
        ),
        (
            (with_columns(), with_columns(replace(column(), masking=REDACT))),
            [
                "shop/orders columns.c added, breaking: nothing → string: records without it are rejected",
            ],
        ),
        (
            (
                replace(RESCUED, fields=RESCUED.fields[:1]),
                replace(RESCUED, fields=(RESCUED.fields[0], column(required=False))),
            ),
            [
                "shop/orders columns.c added, compatible: nothing → string: the table gains it, and "
                "rows that exist read null; values that came before stay in _rescued",
            ],
        ),
        (
            (with_columns(column()), with_columns()),
            [
                "shop/orders columns.c removed, breaking: string → nothing: the table keeps it, as "
                "optional, with the values it has; new rows read null",
            ],
        ),
        (
            (RESCUED, replace(RESCUED, fields=RESCUED.fields[:1])),
            [
                "shop/orders columns.c removed, breaking: string → nothing: the table keeps it, as "
                "optional, with the values it has; new rows read null, and what records still bring "
                "goes into _rescued as CLEAR TEXT",
            ],
        ),
        (
            (
                replace(RESCUED, fields=(RESCUED.fields[0], column())),
                replace(RESCUED, fields=RESCUED.fields[:1]),
            ),
            [
                "shop/orders columns.c removed, breaking: string → nothing: the table keeps it, as "
                "optional, with the values it has; new rows read null, and what records still bring "
                "goes into _rescued",
            ],
        ),
        (
            (STRICT, replace(STRICT, fields=STRICT.fields[:1])),
            [
                "shop/orders columns.c removed, breaking: string → nothing: the table keeps it, as "
                "optional, with the values it has; new rows read null, and records that still bring "
                "it are rejected",
            ],
        ),
        (
            (TOTALS, replace(TOTALS, fields=TOTALS.fields[:1])),
            [
                "shop/totals columns.price removed, breaking: decimal(9, 2) → nothing: the table "
                "keeps it, as optional, with the values it has; new rows read null",
            ],
        ),
        (
            (ORDERS, replace(ORDERS, fields=(ORDERS.fields[1], ORDERS.fields[0], *ORDERS.fields[2:]))),
            [
                "shop/orders columns.order changed, compatible: order_id, address, tags, email, "
                "status, at → address, order_id, tags, email, status, at: the table keeps the order "
                "it has",
            ],
        ),
        (
            checks({"allowed": ("a", "b")}, {"allowed": ("b", "a")}),
            [
                "shop/orders columns.c.checks.allowed changed, compatible: a, b → b, a: none: the "
                "same values are accepted",
            ],
        ),
        (
            checks({"allowed": ("a",)}, {"allowed": ("a", "b")}),
            [
                "shop/orders columns.c.checks.allowed changed, compatible: a → a, b: values that "
                "were refused before are accepted; rows that exist stay as they are",
            ],
        ),
        (
            checks({"allowed": ("a", "b")}, {"allowed": ("a",)}),
            [
                "shop/orders columns.c.checks.allowed changed, breaking: a, b → a: records that "
                "were accepted before can be quarantined; rows that exist stay as they are",
            ],
        ),
        (
            checks({}, {"pattern": "^a"}),
            [
                "shop/orders columns.c.checks.pattern added, breaking: nothing → ^a: records that "
                "were accepted before can be quarantined; rows that exist stay as they are",
            ],
        ),
        (
            checks({"pattern": "^a"}, {}),
            [
                "shop/orders columns.c.checks.pattern removed, compatible: ^a → nothing: values "
                "that were refused before are accepted; rows that exist stay as they are",
            ],
        ),
        (
            checks({"minimum": 1}, {"minimum": 0}),
            [
                "shop/orders columns.c.checks.minimum changed, compatible: 1 → 0: values that were "
                "refused before are accepted; rows that exist stay as they are",
            ],
        ),
        (
            checks({"minimum": 0}, {"minimum": 0, "exclusive_minimum": -1}),
            [
                "shop/orders columns.c.checks.exclusive_minimum added, compatible: nothing → -1: "
                "none: the same values are accepted",
            ],
        ),
        (
            checks({"maximum": 9}, {"exclusive_maximum": 9}),
            [
                "shop/orders columns.c.checks.maximum removed, breaking: 9 → nothing: records that "
                "were accepted before can be quarantined; rows that exist stay as they are",
                "shop/orders columns.c.checks.exclusive_maximum added, breaking: nothing → 9: "
                "records that were accepted before can be quarantined; rows that exist stay as they "
                "are",
            ],
        ),
        (
            checks({"max_length": 3}, {"max_length": 4}),
            [
                "shop/orders columns.c.checks.max_length changed, compatible: 3 → 4: values that "
                "were refused before are accepted; rows that exist stay as they are",
            ],
        ),
        (
            checks({"min_length": 1}, {"min_length": 2}),
            [
                "shop/orders columns.c.checks.min_length changed, breaking: 1 → 2: records that "
                "were accepted before can be quarantined; rows that exist stay as they are",
            ],
        ),
        (
            (
                TOTALS,
                replace(
                    TOTALS, fields=(TOTALS.fields[0], replace(TOTALS.fields[1], checks=Checks(minimum=0)))
                ),
            ),
            [
                "shop/totals columns.price.checks.minimum added, breaking: nothing → 0: a product "
                "with a row that breaks the rule is not published; its last good version stays",
            ],
        ),
        (
            rules((), (ROWS,)),
            [
                "shop/orders rules.rows added, breaking: nothing → > 0: a run that passed before "
                "can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((), (replace(ROWS, severity=Severity.INFO),)),
            [
                "shop/orders rules.rows added, compatible: nothing → > 0: its result is recorded, "
                "and no run depends on it",
            ],
        ),
        (
            rules((ROWS,), ()),
            [
                "shop/orders rules.rows removed, compatible: > 0 → nothing: runs that failed before can pass",
            ],
        ),
        (
            rules((replace(ROWS, severity=Severity.INFO),), ()),
            [
                "shop/orders rules.rows removed, compatible: > 0 → nothing: its result is recorded no more",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, name="full", description="Full."),)),
            [
                "shop/orders rules.rows removed, compatible: > 0 → nothing: runs that failed before can pass",
                "shop/orders rules.full added, compatible: nothing → > 0: its result is recorded, "
                "and no run depends on it",
            ],
        ),
        (
            rules((ROWS, replace(ROWS, name="full")), (replace(ROWS, name="full"), ROWS)),
            [
                "shop/orders rules.order changed, compatible: rows, full → full, rows: none: rules "
                "are measured together",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, description="Full."),)),
            [
                "shop/orders rules.rows.description changed, compatible: Never empty. → Full.: "
                "none: it is documentation",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, metric=Metric.NULL_VALUES),)),
            [
                "shop/orders rules.rows.metric changed, breaking: rowCount → nullValues: a run that "
                "passed before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, columns=("order_id",)),)),
            [
                "shop/orders rules.rows.columns added, breaking: nothing → order_id: a run that "
                "passed before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, percent=True),)),
            [
                "shop/orders rules.rows.percent changed, breaking: False → True: a run that passed "
                "before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, texts=("a",)),)),
            [
                "shop/orders rules.rows.texts added, breaking: nothing → a: a run that passed "
                "before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, pattern="a"),)),
            [
                "shop/orders rules.rows.pattern added, breaking: nothing → a: a run that passed "
                "before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, query="SELECT 1"),)),
            [
                "shop/orders rules.rows.query added, breaking: nothing → SELECT 1: a run that "
                "passed before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, severity=Severity.WARNING),)),
            [
                "shop/orders rules.rows.severity changed, compatible: error → warning: runs that "
                "failed before can pass: its result is recorded, and no run depends on it",
            ],
        ),
        (
            rules((replace(ROWS, severity=Severity.WARNING),), (ROWS,)),
            [
                "shop/orders rules.rows.severity changed, breaking: warning → error: a run that "
                "passed before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((replace(ROWS, severity=Severity.INFO),), (replace(ROWS, severity=Severity.WARNING),)),
            [
                "shop/orders rules.rows.severity changed, compatible: info → warning: its result is "
                "recorded, and no run depends on it",
            ],
        ),
        (
            rules(
                (replace(ROWS, severity=Severity.INFO),),
                (replace(ROWS, severity=Severity.INFO, percent=True),),
            ),
            [
                "shop/orders rules.rows.percent changed, compatible: False → True: its result is "
                "recorded, and no run depends on it",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, threshold=Threshold(Operator.MUST_BE_GREATER_THAN, (1,))),)),
            [
                "shop/orders rules.rows.threshold changed, breaking: > 0 → > 1: a run that passed "
                "before can fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
        (
            rules((ROWS,), (replace(ROWS, threshold=Threshold(Operator.MUST_BE_GREATER_OR_EQUAL_TO, (0,))),)),
            [
                "shop/orders rules.rows.threshold changed, compatible: > 0 → ≥ 0: runs that failed "
                "before can pass",
            ],
        ),
        (
            of_column({"description": "Any text."}, {}),
            [
                "shop/orders columns.c.description removed, compatible: Any text. → nothing: the "
                "comment of the column changes",
            ],
        ),
        (
            of_column({"type": Scalar.INT}, {"type": Decimal(9, 0)}),
            [
                "shop/orders columns.c.type changed, breaking, refused: int → decimal(9, 0): the "
                "deployment is refused: Iceberg cannot read values of the one type as the other; add "
                "a column under another name",
            ],
        ),
        (
            of_column({"type": Decimal(9, 0)}, {"type": Scalar.INT}),
            [
                "shop/orders columns.c.type changed, breaking, refused: decimal(9, 0) → int: the "
                "deployment is refused: Iceberg cannot read values of the one type as the other; add "
                "a column under another name",
            ],
        ),
        (
            (replace(ORDERS, ingestion=REPLICA), replace(ORDERS, key=("order_id", "at"))),
            [
                "shop/orders key changed, breaking: order_id → order_id, at: rows that exist were "
                "told apart by the former key, so new versions of them do not fit",
                "shop/orders ingestion.mode changed, breaking: files → stream: producers must send "
                "another way: what they send as before no longer arrives",
                "shop/orders ingestion.format changed, breaking: parquet → json: records of the "
                "former format, and bronze when it is reprocessed, are quarantined",
                "shop/orders ingestion.content changed, breaking: changes → records: records of the other "
                "meaning are quarantined; the table needs a full load",
            ],
        ),
        (
            (ORDERS, replace(ORDERS, key=("order_id", "at"), ingestion=REPLICA)),
            [
                "shop/orders key changed, breaking: order_id → order_id, at: rows that exist were "
                "told apart by the former key, so new versions of them do not fit",
                "shop/orders ingestion.mode changed, breaking: stream → files: producers must send "
                "another way: what they send as before no longer arrives",
                "shop/orders ingestion.format changed, breaking: json → parquet: records of the "
                "former format, and bronze when it is reprocessed, are quarantined",
                "shop/orders ingestion.content changed, breaking: records → changes: records of the other "
                "meaning are quarantined; the table needs a full load",
            ],
        ),
        (
            product(sql="SELECT price, order_id FROM silver_shop.orders;"),
            [
                "shop/totals sql changed, backfill: SQL of 1 lines → SQL of 1 lines: the next run "
                "rebuilds the whole content; until then it is that of the former SQL",
            ],
        ),
        (
            (replace(TOTALS, sql="SELECT 'x' AS price"), replace(TOTALS, sql='SELECT "x" AS price')),
            [
                "shop/totals sql changed, compatible: SQL of 1 lines → SQL of 1 lines: none: only "
                "layout and comments differ",
            ],
        ),
        (
            (
                replace(
                    ORDERS,
                    readers=(
                        Reader("e"),
                        Reader("d"),
                        Reader("c"),
                        Reader("b"),
                        Reader("a"),
                    ),
                ),
                ORDERS,
            ),
            [
                "shop/orders readers removed, breaking: e, d, c, b, a → nothing: a, b, c, d, e can no "
                "longer count on reading it",
            ],
        ),
        (
            rules((ROWS,), (ROWS, replace(ROWS, name="gaps", metric=Metric.NULL_VALUES))),
            [
                "shop/orders rules.gaps added, breaking: nothing → > 0: a run that passed before can "
                "fail; its rows are in silver all the same, and gold is not built",
            ],
        ),
    ],
)
def test_change_is_told_with_what_was_what_comes_and_what_follows(
    versions: tuple[Dataset, Dataset], lines: list[str]
) -> None:
    old, new = versions
    assert told([old], [new]) == lines


def test_datasets_that_come_and_go_are_told_with_their_tables() -> None:
    assert told([], [ORDERS, TOTALS]) == [
        "shop/orders dataset added, compatible: nothing → 1.0.0: "
        "bronze, silver and quarantine tables are created, empty",
        "shop/totals dataset added, compatible: nothing → 1.0.0: a gold table is created, empty",
    ]
    assert told([ORDERS], []) == [
        "shop/orders dataset removed, breaking: 1.0.0 → nothing: "
        "the tables and their data stay, and no job fills them any more; nothing is dropped"
    ]


@pytest.mark.parametrize(("length", "shown"), [(120, "x" * 120), (121, "x" * 119 + "…")])
def test_value_is_shown_whole_when_it_has_at_most_120_characters(length: int, shown: str) -> None:
    (change,) = compare(Lake((ORDERS,)), Lake((replace(ORDERS, description="x" * length),)))
    assert change.after == shown


def test_versions_of_the_contract_alone_are_no_change() -> None:
    assert told([ORDERS], [replace(ORDERS, version="2.0.0")]) == []


def test_levels_rise_from_what_concerns_nobody_to_what_breaks() -> None:
    assert Level.COMPATIBLE < Level.BACKFILL < Level.BREAKING


@pytest.mark.parametrize("versions", [(TOTALS, PARTS), (PARTS, TOTALS)])
def test_refresh_in_parts_changes_no_data_whether_it_comes_or_goes(
    versions: tuple[Dataset, Dataset],
) -> None:
    old, new = versions
    (write,) = [change for change in compare(Lake((old,)), Lake((new,))) if change.path == "write"]
    assert write.effect == "none on data: the next run makes the whole table anew"


def test_version_is_asked_for_with_what_makes_it_necessary_when_it_did_not_rise() -> None:
    before, after = Lake((ORDERS,)), Lake((replace(ORDERS, order_by=()),))
    (fault,) = version_faults(before, after, compare(before, after))
    assert str(fault) == (
        "contracts/shop/orders.odcs.yaml: version: got '1.0.0'; allowed: 1.1.0 or later; backfill: "
        "order_by; fix: set `version: 1.1.0`, or undo the change"
    )


def test_dataset_that_goes_is_told_how_to_go() -> None:
    before, after = Lake((ORDERS,)), Lake(())
    (fault,) = version_faults(before, after, compare(before, after))
    assert str(fault) == (
        "contracts/shop/orders.odcs.yaml: status: got 'nothing'; "
        "allowed: deprecated or retired in a released contract before it is removed; "
        "fix: restore the contract, release it with `status: deprecated`, and remove it after that"
    )
