"""What CloudWatch is asked for a widget."""

from tools.lake.dashboards.reading import queries


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
