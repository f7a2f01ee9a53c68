"""The layer by which the function speaks to PostgreSQL, with the authorities that it trusts beside it."""

import shutil
from importlib import metadata

from aws_cdk import aws_lambda as lambda_

from stacks.lake_stack import LakeStack

_DISTRIBUTIONS = ("pg8000", "scramp", "asn1crypto")
"""The driver, and what it needs beside what the layer of all functions has; all pure Python."""

_AUTHORITIES = "certificate_authorities.pem"
"""As `secret_rotation.trust` has it."""


def driver_layer(stack: LakeStack, authorities: str | None) -> lambda_.LayerVersion:
    """Make the layer; `authorities` are certificates in PEM."""
    target = stack.compiled_directory / "driver"
    shutil.rmtree(target, ignore_errors=True)
    for name in _DISTRIBUTIONS:
        for file in metadata.files(name) or []:
            if ".." not in file.parts and "__pycache__" not in file.parts and not _is_about_here(file.name):
                destination = target / "python" / file
                destination.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), destination)
    if authorities is not None:
        (target / "python" / _AUTHORITIES).write_text(authorities)
    return lambda_.LayerVersion(
        stack,
        "Driver",
        description=f"pg8000 {metadata.version('pg8000')}",
        code=lambda_.Code.from_asset(str(target)),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_14],
    )


def _is_about_here(name: str) -> bool:
    """Whether a file tells how a distribution was installed here."""
    return name in {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
