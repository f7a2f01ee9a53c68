"""`lake-ops redrive pipeline`: runs pipelines again that failed; and how other commands start one."""

from typing import Annotated, Any

import typer

from lakehouse.model.dataset import Dataset
from tools.cli.project import AsJson, Root
from tools.cli.summary import Item, State, conclude
from tools.ops.target import DryRun, Env, Target, acting, open_target

_NEXT = "It may take minutes; a failure is told to the subscribers of the alarm topic, as before."
Domains = Annotated[list[str] | None, typer.Argument(help="Domains; all of them if none is named.")]

FAILED = ("FAILED", "TIMED_OUT", "ABORTED")


@acting
def pipeline(
    domains: Annotated[
        list[str] | None, typer.Argument(help="Domains; all of them if none is named.")
    ] = None,
    env: Env = "dev",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Run pipelines again whose last run failed, once the cause is mended.

    A new execution is started: every step takes up where tables say that the last one ended. The redrive of
    Step Functions itself goes on at the last state, which is the one that fails, with the old definition.
    """
    target = open_target(env, root)
    known = sorted({dataset.domain for dataset in target.lake.datasets})
    if unknown := sorted(set(domains or ()) - set(known)):
        raise typer.BadParameter(f"got {', '.join(unknown)}; allowed: {', '.join(known)}")
    items = [_redrive(target, domain, dry_run) for domain in domains or known]
    conclude("redrive pipeline", items, as_json, _NEXT)


def start(target: Target, domain: str, given: str = "{}") -> str:
    """Start the pipeline of a domain, whatever runs already, and return the execution's ARN.

    One that finds others at work waits for its turn or leaves the work to a later one.
    """
    states = target.client("stepfunctions")
    return str(
        states.start_execution(stateMachineArn=machine_arn(target, domain), input=given)["executionArn"]
    )


def machine_arn(target: Target, domain: str) -> str:
    """Return the ARN of a domain's state machine."""
    settings = target.settings
    partition = target.session.get_partition_for_region(settings.region)
    name = settings.naming.resource(domain)
    return f"arn:{partition}:states:{settings.region}:{settings.account}:stateMachine:{name}"


def domains_of(datasets: list[Dataset]) -> list[str]:
    """Return the domains of some datasets, sorted."""
    return sorted({dataset.domain for dataset in datasets})


def _redrive(target: Target, domain: str, dry_run: bool) -> Item:
    states, arn = target.client("stepfunctions"), machine_arn(target, domain)
    last = last_execution(states, arn)
    if last is None:
        return Item(domain, State.SKIPPED, why="it has never run")
    if last["status"] not in FAILED:
        return Item(domain, State.SKIPPED, why=f"its last run is {last['status'].lower()}")
    failed = states.describe_execution(executionArn=last["executionArn"])
    why = f"{last['status'].lower()}: {failed.get('cause') or 'no cause given'}"
    if dry_run:
        return Item(domain, State.PLANNED, why=why)
    return Item(domain, State.DONE, why=f"{why}; started {start(target, domain, failed.get('input', '{}'))}")


def last_execution(states: Any, arn: str) -> dict[str, Any] | None:
    """Return the execution that started last, running ones among them; None if there is none."""
    running = states.list_executions(stateMachineArn=arn, statusFilter="RUNNING", maxResults=1)["executions"]
    ended = states.list_executions(stateMachineArn=arn, maxResults=1)["executions"]
    found: list[dict[str, Any]] = [*running, *ended]
    return max(found, key=lambda one: one["startDate"], default=None)
