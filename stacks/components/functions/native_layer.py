"""The layer of the libraries with which a function runs silver without Spark, as `make package` makes it.

https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
"""

from pathlib import Path

from aws_cdk import aws_lambda as lambda_

from config.processing import FunctionSettings
from stacks.components.functions.archive import deploy_archive
from stacks.lake_stack import LakeStack

LAYERS = Path(__file__).parents[3] / ".build" / "layers"

RUNTIMES = {"3.11": lambda_.Runtime.PYTHON_3_11, "3.14": lambda_.Runtime.PYTHON_3_14}
ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


def native_layer(stack: LakeStack, settings: FunctionSettings) -> lambda_.ILayerVersion:
    """Deploy the layer for a Python and an architecture with the assets of a stack.

    Raises:
        InvalidInputError: The archive has not been made.
    """
    archive = LAYERS / f"{settings.python}-{settings.architecture}.zip"
    place = deploy_archive(stack, archive, made_by="make package")
    layer = lambda_.CfnLayerVersion(
        stack,
        "NativeLayer",
        description=f"Silver without Spark, for Python {settings.python} on {settings.architecture}",
        content=lambda_.CfnLayerVersion.ContentProperty(s3_bucket=place.bucket_name, s3_key=place.object_key),
        compatible_runtimes=[RUNTIMES[settings.python].name],
        compatible_architectures=[ARCHITECTURES[settings.architecture].name],
    )
    return lambda_.LayerVersion.from_layer_version_arn(stack, "NativeLayerVersion", layer.ref)
