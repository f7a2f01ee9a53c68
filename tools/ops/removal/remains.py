"""What no stack deletes: logs that Glue began by itself, and roles of stacks that are gone."""

from typing import Any

from tools.cli.summary import Item, State
from tools.ops.removal.leftovers import Names, leftovers, log_role, waiting_keys
from tools.ops.target import Account

KEPT_ROLE = "kept: every API of the account writes its logs by it"


def sweep(account: Account, names: Names) -> list[Item]:
    """Delete what remains and no stack knows; return what was deleted."""
    done = []
    for kind, name in leftovers(account, names):
        if kind == "log group":
            account.client("logs").delete_log_group(logGroupName=name)
        elif kind == "role" and _is_orphan(account, name):
            _delete_role(account.client("iam"), name)
        else:
            continue
        done.append(Item(f"{kind} {name}", State.DONE))
    return done


def verify(account: Account, names: Names) -> list[Item]:
    """Ask every service again; what should be gone and is not has failed."""
    kept = log_role(account)
    found = [
        Item(f"{kind} {name}", State.SKIPPED, why=KEPT_ROLE)
        if (kind, name) == ("role", kept)
        else Item(f"{kind} {name}", State.FAILED, why="still there")
        for kind, name in leftovers(account, names)
    ]
    for key, state in waiting_keys(account):
        gone = state.startswith("deleted")
        found.append(Item(f"key {key}", State.SKIPPED if gone else State.FAILED, why=state))
    return found


def _is_orphan(account: Account, role: str) -> bool:
    """Whether CloudFormation named a role, for a stack that is gone; that of the APIs' logs stays."""
    return role.startswith(account.settings.naming.stack("")) and role != log_role(account)


def _delete_role(iam: Any, role: str) -> None:
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    iam.delete_role(RoleName=role)
