"""The one function that prepares records of all streams for bronze."""

import json
from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from stacks.components.functions.python_function import PythonFunction, metrics_namespace
from stacks.lake_stack import LakeStack

_ROUTES_FILE = "stream_routes.json"


class StreamTransform(PythonFunction):
    """Unpacks records, and says which dataset's a record of a shared stream is.

    What it knows of shared streams comes with it, in a layer, so that it needs no permission at all.
    """

    def __init__(
        self, scope: LakeStack, construct_id: str, *, routes: Mapping[str, object], logs_key: kms.IKey
    ) -> None:
        """Deploy the function with these routes (see `lakehouse.layout.streams.transform_routes`)."""
        super().__init__(
            scope,
            construct_id,
            package="stream_transform",
            description="Prepares records of streams for bronze, between Firehose's buffer and its delivery",
            environment={"ROUTES_FILE": _ROUTES_FILE, "METRICS_NAMESPACE": metrics_namespace(scope)},
            timeout=cdk.Duration.minutes(1),
            memory_mebibytes=512,
            logs_key=logs_key,
        )
        folder = scope.compiled_directory / "stream_routes"
        (folder / "python").mkdir(parents=True, exist_ok=True)
        (folder / "python" / _ROUTES_FILE).write_text(json.dumps(routes, indent=1, sort_keys=True))
        layer = lambda_.LayerVersion(
            self,
            "Routes",
            description="Which datasets share a stream",
            code=lambda_.Code.from_asset(str(folder)),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_14],
        )
        self.function.add_layers(layer)
