from dataclasses import replace

import pytest

from lakehouse.model.dataset import Documentation
from lakehouse.model.fields import Array, Checks, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.model.table_rules import Metric, Operator, TableRule, Threshold
from tests.unit.lakehouse.datasets import ORDERS
from tools.lake.site.highlight import highlight
from tools.lake.site.words import duration, limits, subject, title, type_note, type_text


@pytest.mark.parametrize(
    ("hours", "text"),
    [(1 / 12, "5 minutes"), (1, "1 hour"), (36.5, "36.5 hours"), (48, "48 hours"), (168, "7 days")],
)
def test_duration_takes_the_unit_of_people_when_hours_are_few_or_many(hours: float, text: str) -> None:
    assert duration(hours) == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Scalar.LONG, "bigint"),
        (Decimal(12, 2), "decimal(12,2)"),
        (Array(Struct((Field("a", Scalar.INT, True, ""),))), "array<struct<…>>"),
        (Map(Scalar.STRING, Array(Scalar.DATE)), "map<string, array<date>>"),
    ],
)
def test_type_text_is_that_of_sql_when_nested(kind: Type, text: str) -> None:
    assert type_text(kind) == text


def test_type_note_tells_the_zone_when_sql_does_not() -> None:
    notes = [type_note(kind) for kind in (Scalar.TIMESTAMPTZ, Scalar.TIMESTAMP, Scalar.DATE)]
    assert notes == ["UTC", "no zone", ""]


def test_limits_leave_out_what_the_page_marks_up_when_there_are_several() -> None:
    checks = Checks(allowed=("a",), pattern="a", minimum=0, max_length=3)
    assert limits(Field("a", Scalar.STRING, True, "", checks=checks)) == ["≥ 0", "at most 3 characters"]


def test_title_reads_the_name_when_the_contract_has_none() -> None:
    assert title(replace(ORDERS, name="menu_clicks")) == "Menu clicks"
    assert title(replace(ORDERS, documentation=Documentation("Orders!"))) == "Orders!"


@pytest.mark.parametrize(
    ("metric", "more", "text"),
    [
        (Metric.ROW_COUNT, {}, "Number of rows"),
        (Metric.NULL_VALUES, {"percent": True}, "Share of rows without a, in percent"),
        (Metric.MISSING_VALUES, {"texts": ("NA",)}, "Number of rows in which a is missing or one of 'NA'"),
        (Metric.INVALID_VALUES, {"texts": ("x", "y")}, "Number of rows in which a is none of 'x', 'y'"),
        (Metric.INVALID_VALUES, {"pattern": "^x"}, "Number of rows in which a does not match ^x"),
        (Metric.DUPLICATE_VALUES, {}, "Number of rows that repeat a"),
        (Metric.SQL, {}, "Result of the query"),
    ],
)
def test_subject_tells_what_is_measured_when_metrics_differ(
    metric: Metric, more: dict[str, object], text: str
) -> None:
    rule = TableRule("rule", "", metric, Threshold(Operator.MUST_BE, (0,)), ("a",))
    assert subject(replace(rule, **more)) == text  # type: ignore[arg-type]


def test_highlight_keeps_every_character_when_sql_is_odd() -> None:
    sql = "SELECT 'it''s -- no' AS a, \"b<c\", 1.5e3 /* <i> */ FROM silver_shop.orders -- end\nWHERE a < 2"
    marked = highlight(sql, {"silver_shop.orders": "orders.html"})
    assert marked.striptags() == " ".join(sql.split())
    assert '<span class="sql-text">&#39;it&#39;&#39;s -- no&#39;</span>' in marked
    assert '<span class="sql-comment">/* &lt;i&gt; */</span>' in marked
    assert '<a href="orders.html">silver_shop.orders</a>' in marked
    assert marked.count("sql-keyword") == 4
