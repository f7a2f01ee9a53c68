import pytest

from lakehouse.model.dataset import Refresh, Write
from tests.unit.lakehouse.project import Json, Project, column, product, source

DAY = column("day", "date", required=True)
SIZE = column("size", "integer", "int")
GOOD: Json = {
    "write": "overwrite_partitions",
    "refresh": {"input": "shop/orders", "column": "day"},
    "partition": ["day(day)"],
}
SQL = "SELECT order_id, day, size FROM silver_shop.orders"


def write(project: Project, *columns: Json, sql: str = SQL, **lake: object) -> None:
    project.write(source("shop/orders", DAY, SIZE))
    kept = {key: value for key, value in {**GOOD, **lake}.items() if value is not None}
    project.write(product("shop/totals", *(columns or (DAY, SIZE)), **kept), "shop/totals")
    project.text("shop/totals.sql", sql)


@pytest.mark.parametrize("partition", ["day", "day(day)", "month(day)", "year(day)"])
def test_refresh_is_read_when_parts_can_be_replaced(project: Project, partition: str) -> None:
    write(project, partition=[partition, "bucket(4, order_id)"])
    totals = project.load().datasets[1]
    assert totals.write is Write.OVERWRITE_PARTITIONS
    assert totals.refresh == Refresh("shop/orders", "day")


@pytest.mark.parametrize(
    ("lake", "fault"),
    [
        ({"write": None}, "got 'lake.refresh'; allowed: nothing without `lake.write: overwrite_partitions`"),
        ({"refresh": None}, "got 'nothing'; allowed: lake.refresh with `lake.write: overwrite_partitions`"),
        (
            {"refresh": {"input": "shop/orders", "column": "dya"}},
            "refresh.column: got 'dya'; allowed: day, order_id, size; fix: did you mean 'day'?",
        ),
        (
            {"refresh": {"input": "shop/order", "column": "day"}},
            "refresh.input: got 'shop/order'; allowed: shop/orders; fix: did you mean 'shop/orders'?",
        ),
        (
            {"refresh": {"input": "shop/orders", "column": "size"}, "partition": ["size"]},
            "got 'size'; allowed: a column with `required: true`",
        ),
        ({"partition": ["bucket(4, day)"]}, "allowed: day, day(day), month(day), year(day); fix: add it"),
        (
            {"refresh": {"input": "shop/orders", "column": "order_id"}},
            "got 'nothing of the column'; allowed: order_id; fix: add it",
        ),
    ],
    ids=["write", "refresh", "column", "input", "optional", "partition", "partition of text"],
)
def test_product_is_refused_when_write_and_refresh_disagree(project: Project, lake: Json, fault: str) -> None:
    write(project, **lake)
    assert fault in project.fault().replace("value.", "refresh.")


def test_product_is_refused_when_the_column_has_too_many_values(project: Project) -> None:
    at = column("day", "timestamp", "timestamptz", required=True)
    write(
        project, at, SIZE, sql="SELECT order_id, CAST(day AS TIMESTAMP) AS day, size FROM silver_shop.orders"
    )
    found = "\n".join(project.faults())
    assert "got 'day of type timestamptz'; allowed: date, int, long, string" in found


def test_product_is_refused_when_the_column_has_another_type_in_the_input(project: Project) -> None:
    text = column("day", required=True)
    write(
        project,
        text,
        SIZE,
        partition=["day"],
        sql="SELECT order_id, STRING(day) AS day, size FROM silver_shop.orders",
    )
    assert "refresh.column: got 'string, and date in shop/orders'; allowed: the same type" in project.fault()


def test_product_is_refused_when_the_input_lacks_the_column(project: Project) -> None:
    other = column("month", "date", required=True)
    write(
        project,
        DAY,
        SIZE,
        other,
        refresh={"input": "shop/orders", "column": "month"},
        partition=["month"],
        sql="SELECT order_id, day, size, TRUNC(day, 'MM') AS month FROM silver_shop.orders",
    )
    assert (
        "got 'month'; allowed: _record_hash, _source_object, day, order_id, size of shop/orders"
        in project.fault()
    )


@pytest.mark.parametrize("call", ["CURRENT_DATE", "now()", "RAND()", "unix_timestamp()", "uuid()"])
def test_product_is_refused_when_its_parts_depend_on_more_than_rows(project: Project, call: str) -> None:
    write(project, sql=SQL.replace("size", f"CAST({call} AS INT) AS size"))
    assert "allowed: functions of the rows alone under lake.refresh" in project.fault()


def test_source_is_refused_when_it_is_to_be_refreshed_in_parts(project: Project) -> None:
    found = "\n".join(project.faults_of(source("shop/orders", DAY, **GOOD)))
    assert "got 'overwrite_partitions'; allowed: merge, append or overwrite on silver" in found
    assert "got 'lake.refresh'; allowed: gold datasets only" in found
