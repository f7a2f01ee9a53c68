import pytest

from local.alarms.insights import Query
from local.alarms.metrics import Datum, Memory, Metric, UnsupportedError, Window


@pytest.fixture
def store() -> Memory:
    """Two datasets, and a metric with one dimension more."""
    memory = Memory()
    for dataset, value in (("a", 1), ("b", 5)):
        memory.put(Metric.of("lake/x", "Late", [{"Name": "Dataset", "Value": dataset}]), Datum.of(30, value))
    more = [{"Name": "Dataset", "Value": "a"}, {"Name": "Stream", "Value": "s"}]
    memory.put(Metric.of("lake/x", "Late", more), Datum.of(90, 100))
    return memory


WINDOW = Window(end=120, period=60, count=2)


def series(text: str, store: Memory) -> object:
    query = Query.parse(text)
    assert query is not None
    return query.series(store, WINDOW)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('SELECT SUM(Late) FROM SCHEMA("lake/x", Dataset)', {(): (6, None)}),
        ('SELECT MAX(Late) FROM "lake/x"', {(): (5, 100)}),
        (
            'SELECT MAX(Late) FROM SCHEMA("lake/x", Dataset) GROUP BY Dataset ORDER BY MAX() DESC',
            {(("Dataset", "a"),): (1, None), (("Dataset", "b"),): (5, None)},
        ),
        ("SELECT MAX(Late) FROM SCHEMA(\"lake/x\", Dataset) WHERE Dataset != 'b'", {(): (1, None)}),
        ("select max(Late) from SCHEMA(\"lake/x\", Dataset) where Dataset = 'c'", {}),
    ],
)
def test_query_yields_what_it_asks_for(query: str, expected: object, store: Memory) -> None:
    assert series(query, store) == expected


def test_alarm_sees_three_hours(store: Memory) -> None:
    query = Query.parse('SELECT MAX(Late) FROM "lake/x"')
    assert query is not None
    late = Window(end=3 * 3600 + 60, period=3600, count=4)
    assert query.series(store, late) == {(): (None, 100, None, None)}


@pytest.mark.parametrize("query", ["SELECT LATEST(a) FROM b", "SELECT MAX(a) FROM b LIMIT 3"])
def test_query_with_what_is_not_emulated_is_refused(query: str) -> None:
    with pytest.raises(UnsupportedError, match="query"):
        Query.parse(query)


def test_expression_is_no_query() -> None:
    assert Query.parse("m1 + m2") is None
