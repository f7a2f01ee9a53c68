import pytest

from local.alarms.metrics import Datum, Memory, Metric, UnsupportedError, Window, statistic

VALUES = [Datum.of(0, 1), Datum.of(1, 2, count=3), Datum.of(2, 10)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SampleCount", 5),
        ("Sum", 17),
        ("Average", 3.4),
        ("Minimum", 1),
        ("Maximum", 10),
        ("p50", 2),
        ("p100", 10),
    ],
)
def test_statistic_counts_repeated_values(name: str, expected: float) -> None:
    assert statistic(name, VALUES) == pytest.approx(expected)


def test_percentile_lies_between_values() -> None:
    assert statistic("p75", [Datum.of(0, 0), Datum.of(0, 10)]) == pytest.approx(7.5)


@pytest.mark.parametrize("data", [[], [Datum.of(0, -1)], [Datum(0, 1, 2, 3, 2)]])
def test_percentile_is_not_told_where_cloudwatch_has_none(data: list[Datum]) -> None:
    assert statistic("p90", data) is None


def test_statistic_of_nothing_is_missing_and_not_zero() -> None:
    assert statistic("Sum", []) is None


@pytest.mark.parametrize("name", ["tm90", "IQM", "p"])
def test_other_statistic_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnsupportedError, match=name):
        statistic(name, VALUES)


def test_metric_is_found_by_all_of_its_dimensions() -> None:
    store = Memory()
    metric = Metric.of("n", "m", [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}])
    store.put(metric, Datum.of(5, 1))
    assert store.data(Metric.of("n", "m", [{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "1"}]), 0, 6)
    assert not store.data(Metric.of("n", "m", [{"Name": "a", "Value": "1"}]), 0, 6)


def test_periods_begin_with_their_start_and_end_before_their_end() -> None:
    window = Window(end=180, period=60, count=2)
    split = window.split([Datum.of(60, 1), Datum.of(119, 2), Datum.of(120, 3)])
    assert [[each.sum for each in period] for period in split] == [[1, 2], [3]]
