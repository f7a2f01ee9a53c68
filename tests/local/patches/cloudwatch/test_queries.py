import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

MINUTE = 60


@pytest.fixture(scope="module")
def noon(embedded_aws: EmbeddedAws) -> float:
    """The beginning of an hour, after which two datasets have rows, one of them in two minutes."""
    start = time.time() // 3600 * 3600 - 3600
    for dataset, minute, value in (("shop/a", 0, 3), ("shop/b", 0, 5), ("shop/b", 1, 7)):
        embedded_aws.client("cloudwatch").put_metric_data(
            Namespace="graphs/one",
            MetricData=[
                {
                    "MetricName": "Rows",
                    "Dimensions": [{"Name": "Dataset", "Value": dataset}],
                    "Timestamp": start + minute * MINUTE + 1,
                    "Value": value,
                }
            ],
        )
    return start


def asked(aws: EmbeddedAws, start: float, *queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Values by label."""
    found = aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=list(queries), StartTime=start, EndTime=start + 2 * MINUTE, **more
    )["MetricDataResults"]
    return {each["Label"]: each["Values"] for each in found}


def search(metric: str = "Rows") -> str:
    return f"SEARCH('{{\"graphs/one\",Dataset}} MetricName=\"{metric}\" Dataset=shop', 'Sum')"


def test_search_yields_a_series_for_each_metric(embedded_aws: EmbeddedAws, noon: float) -> None:
    query = {"Id": "q", "Expression": f"SORT({search()}, SUM, DESC, 20)", "Period": MINUTE}
    assert asked(embedded_aws, noon, query, ScanBy="TimestampAscending") == {"shop/b": [5, 7], "shop/a": [3]}


def test_data_points_come_newest_first_unless_told_otherwise(embedded_aws: EmbeddedAws, noon: float) -> None:
    query = {"Id": "q", "Label": "all", "Expression": f"SUM({search()})", "Period": MINUTE}
    assert asked(embedded_aws, noon, query) == {"all": [7, 8]}


def test_metric_is_asked_for_by_all_of_its_dimensions(embedded_aws: EmbeddedAws, noon: float) -> None:
    def stat(*dimensions: dict[str, str]) -> dict[str, Any]:
        metric = {"Namespace": "graphs/one", "MetricName": "Rows", "Dimensions": list(dimensions)}
        return {"Id": "q", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Maximum"}}

    assert asked(embedded_aws, noon, stat({"Name": "Dataset", "Value": "shop/b"})) == {"Rows": [7]}
    assert asked(embedded_aws, noon, stat()) == {"Rows": []}


def test_search_for_what_never_came_yields_nothing(embedded_aws: EmbeddedAws, noon: float) -> None:
    assert asked(embedded_aws, noon, {"Id": "q", "Expression": search("Never"), "Period": MINUTE}) == {}


def test_expression_that_is_not_emulated_is_refused_by_its_name(
    embedded_aws: EmbeddedAws, noon: float
) -> None:
    with pytest.raises(ClientError, match=r"expression 'm1 \+ m2' is not emulated"):
        asked(embedded_aws, noon, {"Id": "q", "Expression": "m1 + m2", "Period": MINUTE})
