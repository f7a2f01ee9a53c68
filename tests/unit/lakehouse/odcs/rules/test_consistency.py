import re

import pytest

from tests.unit.lakehouse.project import Json, Project, column, product, source

CSV = {"mode": "files", "format": "csv"}
COLUMNS = (
    column("at", "timestamp", "timestamptz"),
    column("day", "date"),
    column("size", "number", "double"),
    column("price", "number", "decimal(8,2)"),
    column("tags", "array", items={"logicalType": "string"}),
)


@pytest.mark.parametrize(
    ("lake", "fault"),
    [
        (
            {"order_by": ["updated"]},
            "customProperties[2].value[0]: got 'updated'; allowed: at, day, order_id, price",
        ),
        ({"order_by": ["tags"]}, "value[0]: got 'tags'; allowed: a number, text, date or time"),
        (
            {"order_by": ["at"], "write": "append"},
            "got 'lake.order_by'; allowed: nothing under `lake.write: append`",
        ),
        ({"partition": ["day(att)"]}, "value[0]: got 'att'; allowed: at, day, .*; fix: did you mean 'at'?"),
        ({"partition": ["hour(day)"]}, "value[0]: got 'day'; allowed: timestamp, timestamptz under hour"),
        ({"partition": ["bucket(4, size)"]}, "value[0]: got 'size'; allowed: date, int, long, string"),
        (
            {"partition": ["month(price)"]},
            "value[0]: got 'price'; allowed: date, timestamp, timestamptz under month",
        ),
        (
            {"partition": ["day(at)", "day(at)"]},
            "value[1]: got 'at_day'; allowed: a partition name that no column",
        ),
        (
            {"ingestion": None},
            "customProperties[1].value: got 'nothing'; allowed: mode and format of a silver dataset",
        ),
    ],
)
def test_source_is_refused_when_its_parts_contradict_one_another(
    project: Project, lake: Json, fault: str
) -> None:
    found = project.fault_of(source("shop/orders", *COLUMNS, **lake))
    before, _, after = fault.partition(".*")
    assert before in found
    assert after in found


def test_source_is_refused_when_it_has_sql(project: Project) -> None:
    project.write(source())
    project.text("shop/orders.sql", "SELECT '1' AS order_id")
    assert "got 'silver'; allowed: gold beside an SQL file" in project.fault()


def test_partition_is_accepted_when_its_transform_fits_the_type(project: Project) -> None:
    partition = ["hour(at)", "year(day)", "bucket(8, price)", "truncate(10, price)", "order_id"]
    project.write(source("shop/orders", *COLUMNS, partition=partition))
    assert len(project.load().datasets[0].partition) == 5


@pytest.mark.parametrize(
    ("lake", "fault"),
    [
        ({"ingestion": CSV}, "got 'lake.ingestion'; allowed: silver datasets only; fix: remove it"),
        ({"order_by": ["order_id"]}, "got 'lake.order_by'; allowed: silver datasets only"),
        ({"quality_gate": {"maxRejectedRatio": 0}}, "got 'lake.quality_gate'; allowed: silver datasets only"),
        ({"write": "merge"}, "got 'merge'; allowed: overwrite or overwrite_partitions on gold"),
    ],
)
def test_product_is_refused_when_it_says_what_only_a_source_can(
    project: Project, lake: Json, fault: str
) -> None:
    project.write(product("shop/totals", **lake), "shop/totals")
    project.text("shop/totals.sql", "SELECT '1' AS order_id")
    assert fault in project.fault()


def test_product_is_refused_when_it_masks_a_column(project: Project) -> None:
    hidden = column("note", customProperties=[{"property": "lake.masking", "value": "hash"}])
    project.write(product("shop/totals", hidden), "shop/totals")
    project.text("shop/totals.sql", "SELECT '1' AS order_id, '2' AS note")
    assert "[1].customProperties: got 'hash'; allowed: masking on silver only" in project.fault()


@pytest.mark.parametrize(
    ("partition", "warning"),
    [
        ("order_id", "got 'order_id: a value of its own for each record'; allowed: columns of few values"),
        ("at", "got 'at: instants, nearly all different'; .*; fix: use day\\(at\\)"),
        ("receipt", "fix: use bucket\\(16, receipt\\), or none"),
    ],
)
def test_partition_is_warned_of_when_each_record_would_get_its_own(
    project: Project, partition: str, warning: str
) -> None:
    columns = (column("at", "timestamp", "timestamptz"), column("receipt", unique=True))
    project.write(source("shop/orders", *columns, partition=[partition]))
    (found,) = project.load().warnings
    assert re.search(warning, str(found))


def test_partition_is_not_warned_of_when_many_records_share_it(project: Project) -> None:
    columns = (column("at", "timestamp", "timestamptz"), column("country"))
    project.write(source("shop/orders", *columns, partition=["day(at)", "country", "bucket(8, order_id)"]))
    assert project.load().warnings == ()
