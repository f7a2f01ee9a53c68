import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.lambda_functions.functions import deploy_function

CODE = """
class FullError(RuntimeError):
    pass

def handler(event, context):
    if event["fail"] == "full":
        raise FullError("no room")
    return {"half": 1 / event["by"]}
"""


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"fail": "full"}, {"errorType": "FullError", "errorMessage": "no room"}),
        ({"fail": "", "by": 0}, {"errorType": "ZeroDivisionError", "errorMessage": "division by zero"}),
        ({"fail": "", "by": 2}, {"half": 0.5}),
    ],
)
def test_error_of_a_function_is_told_by_the_name_of_its_class(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], event: dict[str, Any], expected: dict[str, Any]
) -> None:
    client = embedded_aws.client("lambda")
    if "errors" not in {each["FunctionName"] for each in client.list_functions()["Functions"]}:
        deploy_function(embedded_aws, make_role, "errors", CODE)
    answer = client.invoke(FunctionName="errors", Payload=json.dumps(event))
    assert ("FunctionError" in answer) is ("errorType" in expected)
    payload = json.loads(answer["Payload"].read())
    assert {name: payload[name] for name in expected} == expected
