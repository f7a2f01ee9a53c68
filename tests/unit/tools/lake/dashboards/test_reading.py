"""What CloudWatch is asked for a widget."""

import json

import pytest

from tools.lake.dashboards.reading import NotDrawableError, drawable, queries


def test_widget_with_an_expression_asks_for_it() -> None:
    assert queries({"metrics": [[{"expression": "SUM(SEARCH('{a,B}', 'Sum'))", "label": "all"}]]}) == [
        {"Id": "q0", "Expression": "SUM(SEARCH('{a,B}', 'Sum'))", "Label": "all"}
    ]


def test_widget_with_a_metric_asks_for_its_dimensions_and_statistic() -> None:
    metrics = [["AWS/SQS", "Sent", "QueueName", "q", {"stat": "Maximum"}], ["AWS/Lambda", "Errors"]]
    first, second = queries({"metrics": metrics, "stat": "Sum"})
    assert first["MetricStat"] == {
        "Metric": {
            "Namespace": "AWS/SQS",
            "MetricName": "Sent",
            "Dimensions": [{"Name": "QueueName", "Value": "q"}],
        },
        "Stat": "Maximum",
    }
    assert second["MetricStat"] == {
        "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": []},
        "Stat": "Sum",
    }


def test_widgets_that_cannot_be_drawn_are_named_together() -> None:
    place = {"x": 0, "y": 0, "width": 6, "height": 6}
    widgets = [
        {"type": "log", **place, "properties": {"title": "Errors"}},
        {"type": "metric", **place, "properties": {"title": "Share", "view": "pie", "metrics": []}},
        {"type": "metric", **place, "properties": {"title": "More", "metrics": [["a", "b"], [".", "c"]]}},
    ]
    with pytest.raises(NotDrawableError) as raised:
        drawable("lake", json.dumps({"widgets": widgets}))
    for part in ("'Errors' of type log", "'Share' of type metric pie", "'More' with metrics in short"):
        assert part in str(raised.value)
