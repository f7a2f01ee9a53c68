import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shared.errors import TerminalError
from stream_transform import handler as module
from stream_transform.settings import Settings

LAMBDA_SRC = Path(__file__).parents[4] / "lambda_src"
ROUTES = {"lake-shared-all": {"member": "dataset", "unpacks": False, "datasets": ["a/one"]}}


@pytest.fixture(autouse=True)
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The function's variables and its layer; returns the layer's file."""
    file = tmp_path / "routes.json"
    file.write_text(json.dumps(ROUTES))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("ROUTES_FILE", "routes.json")
    monkeypatch.setenv("METRICS_NAMESPACE", "Lake")
    yield file
    module.settings.cache_clear()
    module.routes.cache_clear()


def invoke(stream: str, *records: bytes) -> list[dict[str, Any]]:
    data = [base64.b64encode(record).decode() for record in records]
    event = {
        "deliveryStreamArn": f"arn:aws:firehose:eu-west-1:111111111111:deliverystream/{stream}",
        "records": [{"recordId": str(at), "data": text} for at, text in enumerate(data)],
    }
    found: list[dict[str, Any]] = module.handler(event, None)["records"]
    return found


def test_handler_routes_when_the_stream_is_shared() -> None:
    (only,) = invoke("lake-shared-all", b'{"dataset": "a/one"}')
    assert only["metadata"]["partitionKeys"] == {"domain": "a", "dataset": "one"}


def test_handler_unpacks_when_the_stream_is_not_shared(capsys: pytest.CaptureFixture[str]) -> None:
    (only,) = invoke("lake-a-two", b'[{"n": 1}, {"n": 2}]')
    assert base64.b64decode(only["data"]) == b'{"n": 1}\n{"n": 2}\n'
    assert "metadata" not in only
    assert capsys.readouterr().out == ""


def test_handler_counts_refusals_and_shows_no_content(capsys: pytest.CaptureFixture[str]) -> None:
    invoke("lake-shared-all", b"secret", b'{"dataset": "a/one"}', b"{}", b"secret")
    report = json.loads(capsys.readouterr().out)
    (metric,) = report["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "Lake"
    assert metric["Dimensions"] == [["Stream"]]
    assert report["Stream"] == "lake-shared-all"
    assert report[metric["Metrics"][0]["Name"]] == 3
    assert report["reasons"] == {
        "no JSON": {"records": 2, "first": "0"},
        "no dataset of this stream": {"records": 1, "first": "2"},
    }


def test_settings_name_every_fault_when_variables_are_missing_or_empty() -> None:
    with pytest.raises(TerminalError, match="METRICS_NAMESPACE, ROUTES_FILE are not set"):
        Settings.from_env({"ROUTES_FILE": ""})


@pytest.mark.parametrize(
    "content", ["", "[]", '{"s": {}}', '{"s": {"member": "m", "unpacks": true, "datasets": ["a"]}}']
)
def test_handler_fails_when_the_routes_are_not_as_expected(deployed: Path, content: str) -> None:
    deployed.write_text(content)
    with pytest.raises(TerminalError, match="is not as the function expects it"):
        invoke("lake-shared-all", b"{}")


def test_handler_fails_when_the_layer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTES_FILE", "elsewhere.json")
    with pytest.raises(TerminalError, match=r"elsewhere\.json is in no layer"):
        invoke("lake-shared-all", b"{}")


def test_handler_imports_nothing_heavy_when_it_starts() -> None:
    code = "import sys, stream_transform.handler; print(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(LAMBDA_SRC)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"boto3", "botocore", "aws_lambda_powertools"} & set(run.stdout.split())


def test_handler_fails_when_the_routes_of_a_stream_are_no_object(deployed: Path) -> None:
    deployed.write_text('{"lake-shared-all": 1}')
    with pytest.raises(TerminalError, match="is not as the function expects it"):
        invoke("lake-shared-all", b"{}")
