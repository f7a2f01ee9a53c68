"""The layer of the libraries with which a function runs silver without Spark, as `make package` makes it.

https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
"""

import hashlib
import os
import shutil
from functools import cache
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from config.processing import FunctionSettings
from stacks.lake_stack import LakeStack

LAYERS = Path(__file__).parents[3] / ".build" / "layers"

RUNTIMES = {"3.11": lambda_.Runtime.PYTHON_3_11, "3.14": lambda_.Runtime.PYTHON_3_14}
ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


def native_layer(stack: LakeStack, settings: FunctionSettings) -> lambda_.ILayerVersion:
    """Deploy the layer for a Python and an architecture with the assets of a stack.

    It is as large as a layer may be, so it is neither unzipped nor copied: the archive gets a second name.

    Raises:
        FileNotFoundError: The archive has not been made.
    """
    archive = LAYERS / f"{settings.python}-{settings.architecture}.zip"
    digest = _digest(archive)
    file = stack.compiled_directory / f"layer-{digest}.zip"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        _name_again(archive, file)
    place = stack.synthesizer.add_file_asset(
        source_hash=digest,
        file_name=str(file.relative_to(stack.compiled_directory.parent)),
        packaging=cdk.FileAssetPackaging.FILE,
    )
    layer = lambda_.CfnLayerVersion(
        stack,
        "NativeLayer",
        description=f"Silver without Spark, for Python {settings.python} on {settings.architecture}",
        content=lambda_.CfnLayerVersion.ContentProperty(s3_bucket=place.bucket_name, s3_key=place.object_key),
        compatible_runtimes=[RUNTIMES[settings.python].name],
        compatible_architectures=[ARCHITECTURES[settings.architecture].name],
    )
    return lambda_.LayerVersion.from_layer_version_arn(stack, "NativeLayerVersion", layer.ref)


def _name_again(archive: Path, file: Path) -> None:
    try:
        os.link(archive, file)
    except OSError:  # the two folders lie on different disks
        shutil.copyfile(archive, file)


@cache
def _digest(archive: Path) -> str:
    if not archive.is_file():
        raise FileNotFoundError(
            f"{archive}: got no file; allowed: the layer that processing.function names; fix: make package"
        )
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
