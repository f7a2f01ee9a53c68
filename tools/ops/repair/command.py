"""`lake-ops repair`: makes anew what a defect touched, and nothing else."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from lakehouse.model.dataset import Dataset
from tools.cli.project import AsJson, Root, count, errors
from tools.cli.summary import Item, State, conclude
from tools.ops.repair.asked import Asked, asked_of
from tools.ops.repair.carrying_out import carry_out, requests_of
from tools.ops.repair.downstream import extents
from tools.ops.repair.found import RECORDS_MAX, Found, by_record, find, rows_by_object
from tools.ops.repair.record import (
    Outcome,
    Plan,
    Step,
    definition_of,
    finished,
    unfinished,
    versions,
    write,
)
from tools.ops.target import Env, Target, acting, open_target

_MEBIBYTE = 1024 * 1024

What = Annotated[str, typer.Argument(help="`domain/dataset`, or `dataset` if its name is unique.")]
Where = Annotated[
    str | None,
    typer.Option("--where", help="Condition, in Athena's SQL, of the rows of silver that are wrong."),
]
Objects = Annotated[
    list[str] | None,
    typer.Option("--objects", help="One object, as `_source_object` of its rows tells it; may be repeated."),
]
Run = Annotated[
    str | None, typer.Option("--run", help="What this run brought into silver: `lake.run-id` of its commits.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it, the plan is shown and nothing changes.")]


@acting
def repair(
    dataset: What,
    where: Where = None,
    objects: Objects = None,
    run: Run = None,
    *,
    yes: Yes = False,
    env: Env = "dev",
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Make rows of silver anew from bronze, and of the products those parts that follow them.

    Finds the records that the rows were made of, and the products that are made of these, tells how much
    that is and, with `--yes`, has the pipelines make exactly that anew: rows of other records keep their
    content, other products their snapshots, and what is new in bronze waits for the next run. With `--where`
    records are processed alone; with `--objects` and `--run`, beyond 10,000 rows, and where changes of a
    database table or a whole content came, objects are as a whole.

    The plan, who asked and what came of it are kept in bronze, below `_repairs/`. A repair that was ended
    half-way goes on when the same is asked for again. It takes the role `repairer`.
    """
    asked = asked_of(where, objects, run)
    target = open_target(env, root)
    [chosen] = target.datasets([dataset])
    document = asked.document()
    if (known := done_before(target, chosen, asked)) is not None:
        conclude("repair", [Item(chosen.id, State.SKIPPED, why=known)], as_json)
        return
    begun = unfinished(target, chosen, document)
    plan = begun or _planned(target, chosen, asked)
    if not plan.objects:
        why = "no row of silver is concerned"
        conclude("repair", [Item(chosen.id, State.SKIPPED, plan.rows, why)], as_json)
    elif not yes:
        conclude("repair", planned_items(chosen, plan, begun is not None), as_json)
    else:
        outcome = _done(target, chosen, plan)
        conclude("repair", done_items(chosen, plan, outcome), as_json)


def done_before(target: Target, dataset: Dataset, asked: Asked) -> str | None:
    """Return what is known of a repair that asked for the same, if nothing could come out otherwise now."""
    if (last := finished(target, dataset, asked.document())) is None:
        return None
    plan, outcome = last
    same = versions(target, [dataset])[dataset.id] == outcome.after[dataset.id]
    if not same or plan.definition != definition_of(dataset):
        return None
    if outcome.remaining and not covers(plan, find(target, dataset, asked)):
        return None
    return f"repaired already by {plan.id}; neither silver nor the contract has changed since"


def covers(plan: Plan, found: Found) -> bool:
    """Whether a plan was about all that is found now: rows may have become wrong since it was made."""
    if not plan.records:
        return found.objects.keys() <= plan.objects.keys()
    known = {key: frozenset(hashes) for key, hashes in plan.records.items()}
    told = all(known.get(key, frozenset()).issuperset(hashes) for key, hashes in found.records.items())
    return told and found.objects.keys() == found.records.keys()


def _planned(target: Target, dataset: Dataset, asked: Asked) -> Plan:
    now = datetime.now(UTC)
    found = find(target, dataset, asked)
    steps = extents(target, dataset, found) if found.objects else []
    domains = {dataset.domain, *(each.product.domain for each in steps)}
    return Plan(
        id=f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
        dataset=dataset.id,
        asked=asked.document(),
        by=target.client("sts").get_caller_identity()["Arn"],
        at=now.isoformat(timespec="seconds"),
        definition=definition_of(dataset),
        rows=found.rows,
        objects=found.objects,
        records=found.records,
        products=[Step(each.product.id, str(each), each.parts) for each in steps],
        before=versions(target, [each for each in target.lake.datasets if each.domain in domains]),
    )


def _done(target: Target, dataset: Dataset, plan: Plan) -> Outcome:
    """Carry a plan out, and keep it with what came of it."""
    write(target, dataset, plan.id, plan)
    wanted = [(dataset, [*requests_of(dataset, plan.objects, plan.records)])]
    products = [step.id for step in plan.products]
    executions = carry_out(target, plan.id, wanted, products, lambda text: errors.print(f"[dim]{text}[/dim]"))
    after = versions(target, [each for each in target.lake.datasets if each.id in plan.before])
    own = {dataset.id, *(step.id for step in plan.products)}
    where = plan.asked.get("where")
    outcome = Outcome(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        executions=executions,
        after=after,
        remaining=sum(rows_by_object(target, dataset, f"({where}\n)").values()) if where else None,
        moved=[id_ for id_ in after if id_ not in own and after[id_] != plan.before[id_]],
    )
    write(target, dataset, plan.id, outcome)
    return outcome


def planned_items(dataset: Dataset, plan: Plan, begun: bool) -> Iterator[Item]:
    """Yield what would be done, and what would stay."""
    again = f"begun at {plan.at} and not ended; " if begun else ""
    yield Item(dataset.id, State.PLANNED, plan.rows, f"{again}{_extent(dataset, plan)}")
    for step in plan.products:
        yield Item(step.id, State.PLANNED, why=step.extent)
    yield _others(plan, ())


def done_items(dataset: Dataset, plan: Plan, outcome: Outcome) -> Iterator[Item]:
    """Yield what was done, and what stayed."""
    yield Item(
        dataset.id, State.DONE, plan.rows, f"{_moved(plan, outcome, dataset.id)}{_left(plan, outcome)}"
    )
    for step in plan.products:
        yield Item(step.id, State.DONE, why=f"{step.extent}; {_moved(plan, outcome, step.id)}")
    yield _others(plan, outcome.moved)
    yield Item(f"repair {plan.id}", State.DONE, why="kept in bronze, below _repairs/")


def _extent(dataset: Dataset, plan: Plan) -> str:
    size = sum(plan.objects.values()) / _MEBIBYTE
    objects = f"{count(len(plan.objects), 'object')}, {size:.1f} MiB"
    if plan.records:
        return f"{count(plan.rows, 'row')} of {objects}; no other row of these"
    why = "" if by_record(dataset) else ": changes, or versions, count together"
    more = f": more than {RECORDS_MAX:,} rows" if "where" in plan.asked and not why else why
    return f"{count(plan.rows, 'row')} of {objects} as a whole{more}"


def _moved(plan: Plan, outcome: Outcome, id_: str) -> str:
    was, now = plan.before[id_], outcome.after[id_]
    return f"snapshot {was.snapshot} of {was.rows} rows, now {now.snapshot} of {now.rows}"


def _left(plan: Plan, outcome: Outcome) -> str:
    if outcome.remaining is None:
        return ""
    return f"; {count(outcome.remaining, 'row')} for which the condition still holds"


def _others(plan: Plan, moved: Sequence[str]) -> Item:
    own = {plan.dataset, *(step.id for step in plan.products)}
    kept = [id_ for id_ in plan.before if id_ not in own and id_ not in moved]
    more = f"; others committed to {', '.join(moved)} meanwhile" if moved else ""
    return Item("other tables", State.SKIPPED, why=f"{len(kept)} keep their snapshots{more}")
