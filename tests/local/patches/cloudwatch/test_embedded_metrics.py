import time

from local.emulator.launcher import EmbeddedAws
from tests.fixtures.embedded_aws import MakeRole
from tests.local.patches.lambda_functions.functions import deploy_function

CODE = """
import json
import time

def handler(event, context):
    metrics = [{"Name": "Moved", "Unit": "Count"}, {"Name": "Sizes", "Unit": "Bytes"}]
    directive = {"Namespace": "embedded", "Dimensions": [["service"]], "Metrics": metrics}
    told = {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print("a line that is none, though it names \\"_aws\\"")
    print(json.dumps({"_aws": told, "service": "router", "Moved": 2, "Sizes": [10, 30]}))
"""


def test_line_in_the_embedded_metric_format_becomes_metrics(
    embedded_aws: EmbeddedAws, make_role: MakeRole
) -> None:
    deploy_function(embedded_aws, make_role, "embedded-metrics", CODE)
    answer = embedded_aws.client("lambda").invoke(FunctionName="embedded-metrics", Payload=b"{}")
    assert "FunctionError" not in answer
    found = {}
    for metric in ("Moved", "Sizes"):
        [point] = embedded_aws.client("cloudwatch").get_metric_statistics(
            Namespace="embedded",
            MetricName=metric,
            Dimensions=[{"Name": "service", "Value": "router"}],
            StartTime=time.time() - 3600,
            EndTime=time.time() + 60,
            Period=7200,
            Statistics=["Sum", "SampleCount"],
        )["Datapoints"]
        found[metric] = point["Sum"], point["SampleCount"]
    assert found == {"Moved": (2, 1), "Sizes": (40, 2)}
