import pytest

from local.alarms.metrics import Datum, Memory, Metric, UnsupportedError, Window
from local.graphs.expressions import Series, evaluate

WINDOW = Window(end=120, period=60, count=2)
ROWS = "SEARCH('{lake,Dataset} MetricName=\"Rows\"', 'Sum')"


@pytest.fixture
def store() -> Memory:
    """Three datasets, one without a value in the second period."""
    memory = Memory()
    for dataset, values in (("a", (1, 2)), ("b", (10, 20)), ("c", (5,))):
        for index, value in enumerate(values):
            memory.put(Metric("lake", "Rows", frozenset({("Dataset", dataset)})), Datum.of(60 * index, value))
    return memory


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (ROWS, [("a", (1, 2)), ("b", (10, 20)), ("c", (5, None))]),
        (f"{ROWS}/10", [("a", (0.1, 0.2)), ("b", (1, 2)), ("c", (0.5, None))]),
        (f"SORT({ROWS}, SUM, DESC, 2)", [("b", (10, 20)), ("c", (5, None))]),
        (f"SORT({ROWS}, MAX, ASC)", [("a", (1, 2)), ("c", (5, None)), ("b", (10, 20))]),
        (f"SUM({ROWS})", [(f"SUM({ROWS})", (16, 22))]),
        (f"MAX({ROWS}/10)", [(f"MAX({ROWS}/10)", (1, 2))]),
        ("SUM(SEARCH('{lake,Dataset} MetricName=\"Other\"', 'Sum'))", []),
        ("SELECT MAX(Rows) FROM lake GROUP BY Dataset", [("a", (1, 2)), ("b", (10, 20)), ("c", (5, None))]),
    ],
)
def test_expression_yields_what_it_computes(
    store: Memory, expression: str, expected: list[tuple[str, tuple[float | None, ...]]]
) -> None:
    found = evaluate(expression, store, WINDOW)
    assert [each.label for each in found] == [label for label, _ in expected]
    for series, (_, values) in zip(found, expected, strict=True):
        assert series.values == pytest.approx(values)


@pytest.mark.parametrize("expression", ["m1 + m2", f"SUM({ROWS})/SUM({ROWS})", "FILL(m1, 0)"])
def test_expression_that_is_not_emulated_is_refused(store: Memory, expression: str) -> None:
    with pytest.raises(UnsupportedError, match="not emulated"):
        evaluate(expression, store, WINDOW)


def test_search_of_another_period_than_its_graph_is_refused(store: Memory) -> None:
    with pytest.raises(UnsupportedError, match="period of 300 s"):
        evaluate(ROWS.replace("'Sum')", "'Sum', 300)"), store, WINDOW)


def test_series_knows_the_values_that_there_are() -> None:
    assert Series("a", (None, 1, None)).known == [1]
