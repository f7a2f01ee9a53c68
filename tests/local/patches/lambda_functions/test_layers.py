import json
from collections.abc import Callable
from pathlib import Path

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.lambda_functions.functions import deploy_function, zipped

CODE = """
import first, second

def handler(event, context):
    return {"files": [first.__file__, second.__file__], "value": first.VALUE}
"""


def test_functions_find_their_layers_in_the_same_folders(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str]
) -> None:
    client = embedded_aws.client("lambda")
    layers = [
        client.publish_layer_version(LayerName=name, Content={"ZipFile": zipped(**{f"python__{name}": text})})
        for name, text in (("first", "VALUE = 7"), ("second", ""))
    ]
    arns = [layer["LayerVersionArn"] for layer in layers]
    answers = []
    for name in ("layers-a", "layers-b"):
        deploy_function(embedded_aws, make_role, name, CODE, Layers=arns)
        answer = client.invoke(FunctionName=name)
        assert "FunctionError" not in answer
        answers.append(json.loads(answer["Payload"].read()))
    assert answers[0] == answers[1]
    assert answers[0]["value"] == 7
    first, second = map(Path, answers[0]["files"])
    assert first.is_relative_to(embedded_aws.directory)
    assert first.parent.parent != second.parent.parent
