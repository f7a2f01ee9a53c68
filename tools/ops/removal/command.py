"""`lake-ops remove`: removes an environment with all its data; and repeated, what an earlier one left."""

from contextlib import suppress
from typing import Annotated

import typer
from rich.markup import escape

from config.load import environment_names, load_settings
from tools.cli.project import Root, console, project_root
from tools.cli.summary import Item, State, conclude
from tools.ops.removal import buckets, writers
from tools.ops.removal.leftovers import Names
from tools.ops.removal.remains import sweep, verify
from tools.ops.removal.stacks import Stack, Stacks, waves
from tools.ops.removal.templates import released, spared
from tools.ops.target import Account, DryRun, Env, OperationError, acting, open_account

_ATTEMPTS = 3
"""Access logs and the audit trail come while their bucket is deleted; S3 keeps one that is not empty."""

_BUCKET = "AWS::S3::Bucket"
_TABLE = "Custom::IcebergTable"
_STAYS = (
    "KMS keys for 30 days, in which they can be restored, disabled and free of charge",
    "what cdk bootstrap made, for other apps",
    "metrics, and the logs of Glue's table optimizers and of DMS, which carry no name of the environment",
)


@acting
def remove(
    env: Env,
    yes: Annotated[str | None, typer.Option("--yes", help="The environment's name, not to be asked.")] = None,
    bypass_lock: Annotated[
        bool, typer.Option("--bypass-lock", help="Delete what Object Lock holds in governance mode.")
    ] = False,
    dry_run: DryRun = False,
    root: Root = None,
) -> None:
    """Remove an environment with all its data, for good, if its settings say `disposable: true`.

    Whatever stops it, it can be repeated. It ends with code 1 if anything is left that should be gone.
    """
    project = project_root(root)
    settings = load_settings(env, project)
    if not settings.disposable:
        raise OperationError(
            f"got {env}, whose data is kept; allowed: environments with disposable: true; fix: set it in "
            f"config/environments/{env}.yaml"
        )
    account = open_account(settings)
    stacks = Stacks(account)
    found = stacks.find()
    _tell(stacks, found)
    buckets.check_locks(account.client("s3"), _buckets(stacks, found), bypass_lock=bypass_lock)
    if dry_run:
        return
    _confirm(env, yes)
    ordered = waves(settings.naming, found)
    for wave in reversed(ordered):  # whose outputs others read, first
        _release(stacks, wave)
    for wave in ordered:
        _delete(account, stacks, wave, bypass_lock)
    names = Names(account, environment_names(project))
    items = [Item(f"stack {stack.name}", State.DONE) for stack in found]
    conclude("remove", [*items, *sweep(account, names), *verify(account, names)], as_json=False)


def _tell(stacks: Stacks, found: list[Stack]) -> None:
    console.print("[bold]Goes, for good:[/bold]")
    for stack in found:
        with_buckets = " and all in ".join((stack.name, *_buckets(stacks, [stack])))
        console.print(escape(f"  stack {with_buckets}"), soft_wrap=True)
    console.print("[bold]Stays:[/bold]")
    deployed = [stacks.template(stack) for stack in found if stack.changeable]
    kept = {reason for template in deployed for _, reason in spared(template)}
    for text in (*_STAYS, *(f"the role of API logs: {reason}" for reason in kept)):
        console.print(escape(f"  {text}"), soft_wrap=True)


def _confirm(env: str, yes: str | None) -> None:
    typed = typer.prompt(f"Type {env} to remove it") if yes is None else yes
    if typed != env:
        raise OperationError(
            f"got {typed}; allowed: {env}, the environment that is removed; nothing was done"
        )


def _release(stacks: Stacks, wave: list[Stack]) -> None:
    """Deploy templates by which CloudFormation deletes what they kept so far."""
    changed = []
    for stack in wave:
        template = stacks.template(stack)
        if stack.changeable and released(template) != template:
            stacks.change(stack, released(template))
            changed.append(stack)
            console.print(f"letting go of what {stack.name} keeps", soft_wrap=True)
    if failed := stacks.wait(changed, "UPDATE"):
        raise OperationError("\n".join(why for _, why in failed))


def _delete(account: Account, stacks: Stacks, wave: list[Stack], bypass_lock: bool) -> None:
    left, reasons = wave, list[str]()
    for _ in range(_ATTEMPTS):
        for stack in left:
            for kind, name in stacks.resources(stack):
                writers.stop(account, kind, name)
                if kind == _TABLE:
                    drop_table(account, name)
        for name in _buckets(stacks, left):
            _empty(account, name, bypass_lock)
        for stack in left:
            stacks.delete(stack)
        console.print(f"deleting {', '.join(stack.name for stack in left)}", soft_wrap=True)
        failed = stacks.wait(left, "DELETE")
        if not failed:
            return
        left, reasons = [stack for stack, _ in failed], [why for _, why in failed]
    raise OperationError("\n".join(reasons))


def _buckets(stacks: Stacks, found: list[Stack]) -> list[str]:
    return [name for stack in found for kind, name in stacks.resources(stack) if kind == _BUCKET]


def _empty(account: Account, bucket: str, bypass_lock: bool) -> None:
    with console.status(f"emptying {bucket}") as status:
        deleted = buckets.empty(
            account.client("s3"),
            bucket,
            bypass_lock=bypass_lock,
            told=lambda number: status.update(f"emptying {bucket}: {number} versions"),
        )
    if deleted:
        console.print(f"emptied {bucket}: {deleted} versions", soft_wrap=True)


def drop_table(account: Account, physical_id: str) -> None:
    """Drop a table that the lake's function keeps, by the id that CloudFormation has; it may be gone already.

    Glue deletes the tables of a deleted database at its own discretion, so that a database of the same name
    could find them again, without their files:
    https://docs.aws.amazon.com/glue/latest/webapi/API_DeleteDatabase.html
    """
    database, _, table = physical_id.partition(".")
    glue = account.client("glue")
    with suppress(glue.exceptions.EntityNotFoundException):
        glue.delete_table(DatabaseName=database, Name=table)
