"""The kept lake, as commands find it."""

from pathlib import Path

from local.kept.changes import selected
from local.kept.connection import KeptAws
from local.lake.lake import LakeError, LocalLake


def connected(project: Path) -> LocalLake:
    """Return the lake that runs, with what it was deployed with.

    Raises:
        LakeError: None is running, or nothing is deployed to it.
        InvalidInputError: Contracts have become invalid since.
    """
    aws = KeptAws.running()
    former = selected()
    if former is None:
        raise LakeError("nothing is deployed to the lake that runs; fix: lake up deploys it")
    return LocalLake(aws, project, former)
