"""The stacks of a cloud assembly, or of a folder of templates, as they lie there."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.faults import Fault, InvalidInputError
from config.load import load_settings
from lakehouse.odcs.lake.load import load_lake

Json = Mapping[str, Any]

_SUFFIX = ".template.json"
_ACCOUNT, _REGION = "123456789012", "us-east-1"
"""Where stacks go whose assembly does not say it: an account of AWS's own examples."""


@dataclass(frozen=True)
class Stack:
    """One template, and where it is deployed."""

    id: str
    """Its name in the assembly, such as `Foundation`."""
    name: str
    """Its name on AWS."""
    account: str
    region: str
    template: Json
    needs: tuple[str, ...] = ()
    """Ids of the stacks that are deployed before it."""
    bytes: int = 0
    """Size of the template's file."""
    deployer: str | None = None
    """ARN of the role under which CloudFormation makes it, with `${AWS::Partition}`; None if nobody says."""

    @property
    def partition(self) -> str:
        """Partition of its region."""
        for prefix, found in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(prefix):
                return found
        return "aws"

    @property
    def resources(self) -> Mapping[str, Json]:
        """Its resources by logical id."""
        found: Mapping[str, Json] = self.template.get("Resources", {})
        return found


def read(folder: Path) -> tuple[Stack, ...]:
    """Return the stacks of a cloud assembly, those of stages included, or of a folder of templates.

    Templates are JSON, as the CDK writes it; stacks inside of stacks are not read.

    Raises:
        InvalidInputError: There is no template, or one is no JSON.
    """
    manifest = folder / "manifest.json"
    if manifest.is_file():
        stacks = tuple(_of_manifest(folder, _json(manifest)))
    else:
        stacks = tuple(
            _stack(file, {"stackName": file.name.removesuffix(_SUFFIX)})
            for file in sorted(folder.glob(f"*{_SUFFIX}"))
        )
    if not stacks:
        raise _fault(folder, "no template", f"files named *{_SUFFIX}", "write them with `cdk synth`")
    return stacks


@contextmanager
def synthesized(environment: str, root: Path, *, checked: bool = True) -> Iterator[Path]:
    """Yield a folder with the assembly of an environment, made as `cdk synth` would make it.

    The app runs in a process of its own, so that who asks needs no CDK. What validates templates is left
    out: whoever looks at them here finds more if they are not refused before. Settings and contracts of
    another revision are not `checked` by the rules of this one.

    Raises:
        InvalidInputError: Settings or contracts have faults, or the app ended with an error.
    """
    if checked:
        load_settings(environment, root), load_lake(root)
    flags = _json(root / "cdk.json").get("context", {})
    with TemporaryDirectory() as folder:
        settings = {
            "CDK_OUTDIR": folder,
            "CDK_CONTEXT_JSON": json.dumps({**flags, "env": environment}),
            "CDK_VALIDATION": "false",
        }
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=root,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            why = done.stderr.strip().rpartition("\n")[2]
            raise _fault(root / "app.py", why, "an app that can be synthesized", "see what `cdk synth` says")
        yield Path(folder)


def _of_manifest(folder: Path, manifest: Json) -> Iterator[Stack]:
    artifacts: Mapping[str, Json] = manifest.get("artifacts", {})
    for name, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact.get("type") == "aws:cloudformation:stack":
            needs = [each for each in artifact.get("dependencies", ()) if _is_stack(artifacts.get(each, {}))]
            yield _stack(folder / properties["templateFile"], artifact, name, tuple(needs))
        elif artifact.get("type") == "cdk:cloud-assembly":
            nested = folder / properties["directoryName"]
            yield from _of_manifest(nested, _json(nested / "manifest.json"))


def _is_stack(artifact: Json) -> bool:
    return artifact.get("type") == "aws:cloudformation:stack"


def _stack(file: Path, artifact: Json, name: str = "", needs: tuple[str, ...] = ()) -> Stack:
    properties = artifact.get("properties", {})
    account, _, region = artifact.get("environment", "").removeprefix("aws://").partition("/")
    own = name or file.name.removesuffix(_SUFFIX)
    account = account if account.isdigit() else _ACCOUNT
    region = region if region and not region.startswith("unknown") else _REGION
    return Stack(
        id=own,
        name=properties.get("stackName") or artifact.get("stackName") or artifact.get("displayName") or own,
        account=account,
        region=region,
        template=_json(file),
        needs=needs,
        bytes=file.stat().st_size,
        deployer=properties.get("cloudFormationExecutionRoleArn"),
    )


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _fault(file, str(error), "a file of JSON", "write it with `cdk synth`") from error


def _fault(where: Path, got: str, allowed: str, fix: str) -> InvalidInputError:
    return InvalidInputError([Fault(str(where), "", got, allowed, fix)])
