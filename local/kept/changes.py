"""Deploys what has changed since the last deployment, by CloudFormation, and nothing else."""

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from local.kept.connection import DIRECTORY, write_private
from local.lake import deployment
from local.lake.lake import ENVIRONMENT, LocalLake

_STATE = "deployed.json"
_INPUTS = ("app.py", "cdk.json", "config", "contracts", "lakehouse", "stacks", "lambda_src", "glue_scripts")
"""What templates and their assets are made of."""

Stages = Callable[[str], AbstractContextManager[None]]
"""Shows a stage while it runs."""


def selected(directory: Path = DIRECTORY) -> tuple[str, ...] | None:
    """Return what the kept lake was made of: nothing named is everything; None: nothing is deployed yet."""
    path = directory / _STATE
    return tuple(json.loads(path.read_text())["select"]) if path.is_file() else None


def deploy_changes(lake: LocalLake, stages: Stages) -> list[str]:
    """Bring the kept lake to what the project is, and return the stacks that changed.

    Templates are made only if any file has changed that they are made of; only stacks whose templates or
    assets differ are deployed.

    Raises:
        DeploymentError: The project cannot be synthesized, or CloudFormation failed.
    """
    state = lake.aws.directory / _STATE
    now = made_of(lake)
    before = json.loads(state.read_text()) if state.is_file() else None
    if before == now:
        return []
    draft = lake.assembly.with_name("cdk.out.new")
    shutil.rmtree(draft, ignore_errors=True)  # of a deployment that failed
    with stages("synthesize the templates"):
        deployment.synthesize(ENVIRONMENT, draft, lake.root, lake.select)
    templates = _stacks(draft)
    known = _stacks(lake.assembly) if before else {}
    changed = [name for name, digest in templates.items() if known.get(name) != digest]
    if before is None:
        with stages("deploy every stack with the CDK"):
            deployment.bootstrap(lake.aws)
            deployment.deploy(lake.aws, draft)
    elif changed:
        with stages(f"deploy {', '.join(changed)} with the CDK"):
            deployment.deploy(lake.aws, draft, changed)
    _replace(draft, lake.assembly)
    note_deployed(lake, now)
    return changed


def made_of(lake: LocalLake) -> dict[str, object]:
    """Return what tells whether the templates of a lake are those of the project as it is."""
    return {"files": _fingerprint(lake.root), "select": sorted(lake.select)}


def note_deployed(lake: LocalLake, made_of: dict[str, object]) -> None:
    """Note what the deployed lake was made of."""
    write_private(lake.aws.directory / _STATE, json.dumps(made_of))


def _replace(draft: Path, assembly: Path) -> None:
    former = assembly.with_name("cdk.out.old")
    if assembly.exists():
        assembly.rename(former)
    draft.rename(assembly)
    shutil.rmtree(former, ignore_errors=True)


def _fingerprint(root: Path) -> str:
    """Return what differs when a file was written, added or removed."""
    digest = hashlib.sha256()
    for path in _files(root, _INPUTS):
        found = path.stat()
        digest.update(f"{path}\0{found.st_mtime_ns}\0{found.st_size}\n".encode())
    return digest.hexdigest()


def _files(root: Path, names: Collection[str]) -> Iterator[Path]:
    for name in names:
        path = root / name
        if path.is_file():
            yield path
        for below in sorted(path.rglob("*")):
            if below.is_file() and below.suffix != ".pyc":
                yield below


def _stacks(assembly: Path) -> dict[str, str]:
    """Return a digest of each stack's template and assets, by the stack's id."""
    manifest = json.loads((assembly / "manifest.json").read_text())
    found = {}
    for name, artifact in manifest["artifacts"].items():
        if artifact["type"] == "aws:cloudformation:stack":
            template = (assembly / artifact["properties"]["templateFile"]).read_bytes()
            assets = (assembly / f"{name}.assets.json").read_bytes()
            found[name] = hashlib.sha256(template + assets).hexdigest()
    return found
