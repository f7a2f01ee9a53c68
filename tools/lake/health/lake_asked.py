"""The lake that a command asks: the one that is kept on this machine, or an environment in AWS."""

from pathlib import Path

from tools.lake.health.options import KEPT
from tools.lake.laptop.connected import connected
from tools.ops.target import Target, open_target


def asked(environment: str, project: Path) -> Target:
    """Return an environment, or the kept lake.

    Raises:
        InvalidInputError: Settings or contracts have faults.
        LakeError: The kept lake is asked, and none runs.
        OperationError: The credentials are those of another account.
    """
    if environment != KEPT:
        return open_target(environment, project)
    lake = connected(project)
    return Target(lake.settings, lake.lake, lake.aws.session())
