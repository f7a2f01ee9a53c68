import pytest

from local.alarms.metrics import Metric, UnsupportedError
from local.graphs.search import Search, Term, labels


def metric(name: str, **dimensions: str) -> Metric:
    return Metric("lake/x", name, frozenset(dimensions.items()))


@pytest.mark.parametrize(
    ("part", "value", "fits"),
    [
        ("lakehouse-dev", "lakehouse-dev-clinic", True),
        ("lakehouse-dev", "arn:aws:states:us-east-1:1:stateMachine:lakehouse-dev-clinic", True),
        ("lakehouse-dev", "lakehouse-prod-dev", False),
        ("lakehouse-dev", "lakehouse-developer", False),
        ("Count1", "CustomCount1", True),
        ("ount", "CustomCount1", False),
    ],
)
def test_part_fits_whole_tokens_in_their_order(part: str, value: str, fits: bool) -> None:
    assert Term("Name", part, exact=False).fits(value) is fits


def test_exact_term_fits_the_whole_value_alone() -> None:
    term = Term("Name", "lakehouse-dev", exact=True)
    assert term.fits("lakehouse-dev")
    assert not term.fits("lakehouse-dev-clinic")


def test_search_finds_metrics_with_exactly_its_dimensions() -> None:
    search = Search.parse("SEARCH('{\"lake/x\",Dataset} MetricName=\"Rows\" Dataset=shop', 'Sum')")
    assert search is not None
    assert (search.statistic, search.period) == ("Sum", None)
    found = [
        each
        for each in (
            metric("Rows", Dataset="shop/orders"),
            metric("Rows", Dataset="cafe/orders"),
            metric("Row", Dataset="shop/orders"),
            metric("Rows", Dataset="shop/orders", Stream="s"),
            metric("Rows"),
        )
        if search.matches(each)
    ]
    assert found == [metric("Rows", Dataset="shop/orders")]


def test_search_may_have_a_period() -> None:
    search = Search.parse("SEARCH('{AWS/Lambda, FunctionName} MetricName=\"Errors\"', 'Sum', 300)")
    assert search is not None
    assert search.period == 300
    assert search.matches(Metric("AWS/Lambda", "Errors", frozenset({("FunctionName", "f")})))


def test_what_is_no_search_is_none() -> None:
    assert Search.parse("SELECT MAX(Late) FROM lake") is None


@pytest.mark.parametrize(
    "text",
    [
        "SEARCH('\"CustomCount1\"', 'Sum')",
        "SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\" OR Name=x', 'Sum')",
        "SEARCH('{AWS/Lambda,FunctionName} errors', 'Sum')",
    ],
)
def test_search_with_what_is_not_emulated_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError, match="not emulated"):
        Search.parse(text)


def test_labels_are_what_tells_metrics_apart() -> None:
    one, other = metric("Rows", Dataset="a", Layer="gold"), metric("Rows", Dataset="b", Layer="gold")
    assert labels([one, other]) == ["a", "b"]
    assert labels([one]) == ["Rows"]
    assert labels([]) == []
