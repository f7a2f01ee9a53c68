"""The one layer of third-party code: the libraries that the functions were tested with, as they are locked.

Lambda updates the boto3 that it bundles by itself; a layer comes before it in Python's search path:
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
"""

import re
import shutil
from importlib import metadata
from pathlib import Path, PurePath

from aws_cdk import aws_lambda as lambda_

from stacks.lake_stack import LakeStack

LAMBDA_SRC = Path(__file__).parents[3] / "lambda_src"

DISTRIBUTIONS = (
    "aws-lambda-powertools", "boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six",
    "typing-extensions", "urllib3",
)  # fmt: skip
"""What the functions import beside the standard library, and what that needs; all pure Python."""

_CLIENT = re.compile(r'boto3\.(?:client|resource)\(\s*"([a-z0-9-]+)"')
_MODELS = ("botocore", "data")
_ABOUT = re.compile(r"METADATA|LICEN[CS]E.*|NOTICE.*", re.IGNORECASE)
"""Files about a distribution that go with it; the others tell how it was installed here."""


def runtime_layer(stack: LakeStack) -> lambda_.LayerVersion:
    """Return the stack's layer, made on first use."""
    existing = stack.node.try_find_child("Runtime")
    if isinstance(existing, lambda_.LayerVersion):
        return existing
    return lambda_.LayerVersion(
        stack,
        "Runtime",
        description=" ".join(
            f"{name} {metadata.version(name)}" for name in ("aws-lambda-powertools", "boto3")
        ),
        code=lambda_.Code.from_asset(str(stage_layer(stack.compiled_directory / "layer"))),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_14],
    )


def stage_layer(target: Path) -> Path:
    """Copy the installed, hash-locked packages into the folder structure of a layer, and return it.

    What an earlier synthesis left there is replaced.
    """
    shutil.rmtree(target, ignore_errors=True)
    models = services()
    for name in DISTRIBUTIONS:
        for file in metadata.files(name) or []:
            if _is_shipped(file, models):
                destination = target / "python" / file
                destination.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), destination)
    return target


def services() -> frozenset[str]:
    """Return the services that functions make clients of, by their names in botocore."""
    return frozenset(name for path in LAMBDA_SRC.rglob("*.py") for name in _CLIENT.findall(path.read_text()))


def _is_shipped(file: PurePath, models: frozenset[str]) -> bool:
    """Whether a file of a distribution goes into the layer: of botocore's services, those in `models`."""
    if ".." in file.parts or "__pycache__" in file.parts:
        return False
    if file.parts[0].endswith(".dist-info"):
        return "licenses" in file.parts or _ABOUT.fullmatch(file.name) is not None
    is_model = file.parts[:2] == _MODELS and len(file.parts) > len(_MODELS) + 1
    return not is_model or file.parts[2] in models
