import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any, cast

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from shared import custom_resource as answer
from shared.errors import TerminalError

BODY_MAX = 4096


class CloudFormation(http.server.HTTPServer):
    """Takes answers as CloudFormation's presigned URL does, after refusing some."""

    refusals = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.answers: list[dict[str, Any]] = []
        self.content_types: list[str | None] = []

    def event(self) -> dict[str, str]:
        """A request that asks to be answered here."""
        identity = {"StackId": "stack", "RequestId": "request", "LogicalResourceId": "Orders"}
        return {**identity, "ResponseURL": f"http://127.0.0.1:{self.server_port}/answer?signed=yes"}


class Receiver(http.server.BaseHTTPRequestHandler):
    """One answer."""

    server: CloudFormation

    def do_PUT(self) -> None:
        """Keep the answer, or refuse it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refused, self.server.refusals = self.server.refusals > 0, self.server.refusals - 1
        if not refused:
            assert len(body) <= BODY_MAX
            self.server.answers.append(json.loads(body))
            self.server.content_types.append(self.headers["Content-Type"])
        self.send_response(503 if refused else 200)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    with CloudFormation() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_answer_is_success_with_the_identity_of_the_request_when_it_succeeded(
    cloudformation: CloudFormation,
) -> None:
    answer.success(cloudformation.event(), "silver_sales.orders")
    assert cloudformation.answers == [
        {
            "Status": "SUCCESS",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Orders",
            "PhysicalResourceId": "silver_sales.orders",
        }
    ]
    assert cloudformation.content_types == [""]


def test_answer_is_failure_with_reason_and_log_stream_when_it_failed(cloudformation: CloudFormation) -> None:
    answer.failure(cloudformation.event(), "silver_sales.orders", "column a: got long", "2026/01/02/[1]abc")
    (sent,) = cloudformation.answers
    assert sent["Status"] == "FAILED"
    assert sent["Reason"] == "column a: got long (log stream 2026/01/02/[1]abc)"


@pytest.mark.parametrize("character", ["x", "ü", '"', "a\n"])
def test_answer_fits_what_cloudformation_takes_when_the_reason_is_long(
    cloudformation: CloudFormation, character: str
) -> None:
    answer.failure(cloudformation.event(), "silver_sales.orders", character * 10_000, "stream")
    assert cloudformation.answers[0]["Reason"].endswith(" ... (log stream stream)")


def test_answer_is_sent_again_when_it_was_not_taken(cloudformation: CloudFormation) -> None:
    cloudformation.refusals = 2
    answer.success(cloudformation.event(), "silver_sales.orders")
    assert len(cloudformation.answers) == 1


def test_answer_gives_up_when_it_is_never_taken(cloudformation: CloudFormation) -> None:
    cloudformation.refusals = 3
    with pytest.raises(OSError, match="503"):
        answer.success(cloudformation.event(), "silver_sales.orders")


def test_caller_without_a_place_for_an_answer_sees_the_error_itself() -> None:
    def refuse() -> str:
        raise TerminalError("column a: got long")

    event = {"RequestType": "Update", "LogicalResourceId": "Orders"}
    with pytest.raises(TerminalError, match="column a"):
        answer.answer(event, cast("LambdaContext", None), Logger(), refuse)
    answer.answer(event, cast("LambdaContext", None), Logger(), lambda: "silver_sales.orders")
