"""`lake-ops erase`: one person is taken out of the lake."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from tools.cli.project import AsJson, Root, count, errors
from tools.cli.summary import Item, State, conclude
from tools.ops.erasure.erasing import RESULTS, Plan, answers, erase, planned, tables
from tools.ops.erasure.objects import Found
from tools.ops.erasure.person import person_of
from tools.ops.erasure.renaming import is_renamed
from tools.ops.erasure.traces import traces
from tools.ops.target import Env, Target, acting, open_target

Who = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KIND=VALUE]...",
        help="Identifiers of one person; without any, those of standard input, one a line: shells keep none.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it, the plan is shown and nothing changes.")]


@acting
def erase_person(
    identifiers: Who = None,
    *,
    yes: Yes = False,
    env: Env = "dev",
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Take the records of one person out of the lake, as article 17 of the GDPR has it.

    Finds a person by identifiers of the kinds that contracts name in `lake.subject`, in every dataset that
    has them, and with `--yes` rewrites the objects that hold records of it without these, deletes their older
    versions, has the pipelines make silver, quarantine and products anew, expires all older versions of
    these tables at once, and deletes the answers that Athena keeps. All other records stay as they are.

    It tells until when traces remain where no command reaches. What was done is noted in the table `erasures`
    of each domain, which tells nothing about the person. One that was ended half-way goes on when it is
    asked for again. It takes the role `eraser`.
    """
    target = open_target(env, root)
    person = person_of(identifiers or sys.stdin, target.lake)
    plan = planned(target, person)
    if not yes or not (plan.gone_versions or plan.keys):
        conclude("erase", [*_planned_items(target, plan)], as_json)
        return
    id_ = erase(target, person, plan, lambda text: errors.print(f"[dim]{text}[/dim]"))
    left = planned(target, person)
    conclude("erase", [*_done_items(target, plan, left, id_)], as_json)


def _planned_items(target: Target, plan: Plan) -> Iterator[Item]:
    for area in plan.areas:
        own = [each for each in plan.found if each.area == area]
        due = [each for each in own if each in plan.due]
        state = State.PLANNED if due else State.SKIPPED
        yield Item(area.name, state, sum(each.records for each in due), _extent(own))
    for dataset, keys in plan.keys.items():
        yield Item(
            f"silver of {dataset.id}", State.PLANNED, why=f"{count(len(keys), 'object')} anew, as a whole"
        )
    for product in plan.products:
        yield Item(product.id, State.PLANNED, why="made anew, as far as its inputs change")
    if plan.keys:
        number = len([*tables(target, plan)])
        yield Item("tables", State.PLANNED, why=f"{count(number, 'table')} keep their current version alone")
        yield Item(RESULTS, State.PLANNED, why=f"{count(answers(target), 'answer')} of queries: all of them")
    yield from _doubts(plan)
    yield from _traces(target, plan)


def _done_items(target: Target, plan: Plan, left: Plan, id_: str) -> Iterator[Item]:
    remaining = _by_area(left.due)
    for area in plan.areas:
        own = [each for each in plan.due if each.area == area]
        records = sum(each.records for each in own)
        if again := remaining.get(area.name):
            why = f"{sum(each.records for each in again)} records came meanwhile; fix: run the command again"
            yield Item(area.name, State.FAILED, records, why)
        else:
            yield Item(area.name, State.DONE if own else State.SKIPPED, records, _extent(own))
    for dataset in plan.keys:
        if left.keys.get(dataset) or any(left.gone.get(dataset, ())):
            why = "it still names the person; fix: run the command again"
            yield Item(f"silver of {dataset.id}", State.FAILED, why=why)
            continue
        yield Item(f"silver of {dataset.id}", State.DONE, why="made anew, older versions expired")
    for product in plan.products:
        yield Item(product.id, State.DONE, why="made anew, older versions expired")
    yield Item(f"erasure {id_}", State.DONE, why="noted in the tables erasures")
    yield from _doubts(left)
    yield from _traces(target, left, plan)


def _doubts(plan: Plan) -> Iterator[Item]:
    """Yield what the command leaves to people."""
    for each in plan.unreadable:
        why = (
            f"{each.unreadable}: nobody can tell whom it is about; fix: look at it, and delete it if need be"
        )
        yield Item(f"{each.area.name}: {_shown(each)}", State.FAILED, why=why)
    for name, found in _by_area([each for each in plan.named if not is_renamed(each)]).items():
        why = f"names of {count(len(found), 'object')} mention the person; fix: see docs/personal-data.md"
        yield Item(f"{name}: names", State.FAILED, why=why)
    for name, found in _by_area([each for each in plan.found if each.latest and each.mentioned]).items():
        number = sum(each.mentioned for each in found)
        yield Item(
            f"{name}: mentions",
            State.SKIPPED,
            number,
            "records of others that mention an identifier; they stay",
        )


def _traces(target: Target, plan: Plan, before: Plan | None = None) -> Iterator[Item]:
    datasets = [*(before or plan).keys]
    for each in traces(target, datasets, plan.found):
        yield Item(f"trace in {each.where}", State.SKIPPED, why=str(each))


def _extent(found: Sequence[Found]) -> str:
    now = sum(1 for each in found if each.latest and each.records)
    older = sum(1 for each in found if not each.latest and each.records)
    return f"{count(now, 'object')}, {count(older, 'older version')}"


def _by_area(found: Sequence[Found]) -> dict[str, list[Found]]:
    groups: dict[str, list[Found]] = defaultdict(list)
    for each in found:
        groups[each.area.name].append(each)
    return groups


def _shown(found: Found) -> str:
    """Return a key without what it may tell of the person."""
    return "an object whose key mentions the person" if found.named else found.key
