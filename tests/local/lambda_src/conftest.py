import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from landing_router.copying import Copier
from landing_router.mover import Mover

from local.emulator.launcher import EmbeddedAws
from tests.local.lambda_src.router_lake import ROUTES, Lake

ASSET_ROOT = Path(__file__).parents[3] / "lambda_src"


@dataclass(frozen=True)
class Context:
    """What handlers use of the context that Lambda gives them."""

    function_name: str = "function"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:function"
    aws_request_id: str = "request"
    log_stream_name: str = "stream"
    get_remaining_time_in_millis: Callable[[], int] = lambda: 300_000


@pytest.fixture(scope="session")
def s3(embedded_aws: EmbeddedAws) -> Any:
    return embedded_aws.client("s3")


@pytest.fixture(scope="session")
def glue(embedded_aws: EmbeddedAws) -> Any:
    return embedded_aws.client("glue")


@pytest.fixture
def context() -> Context:
    return Context()


@pytest.fixture
def in_lambda(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Makes this process see the embedded AWS as a function does; returns what adds variables of its own."""
    for name, value in embedded_aws.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Lake")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return monkeypatch


@pytest.fixture(scope="session")
def asset() -> bytes:
    """The functions' asset, zipped as it is deployed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(ASSET_ROOT.rglob("*.py")):
            archive.write(path, path.relative_to(ASSET_ROOT))
    return buffer.getvalue()


@pytest.fixture
def lake(s3: Any) -> Lake:
    """Buckets of one test of the landing router."""
    return Lake.make(s3)


@pytest.fixture
def mover(lake: Lake) -> Mover:
    return Mover(lake.s3, lake.settings, ROUTES, Copier(lake.s3))
