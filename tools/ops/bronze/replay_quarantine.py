"""`lake-ops replay quarantine`: rejected records go through the silver job again."""

from typing import Annotated

import typer

from lakehouse.model.dataset import Dataset, Layer, Write
from tools.cli.project import AsJson, Root, dataset_of
from tools.cli.summary import Item, State, conclude
from tools.ops.athena import literal, query
from tools.ops.bronze.requests import ask, existing, start_pipeline
from tools.ops.target import DryRun, Env, OperationError, Target, acting, open_target


@acting
def quarantine(
    dataset: Annotated[str, typer.Argument(help="DOMAIN/DATASET, or DATASET if its name is unique.")],
    reason: Annotated[list[str] | None, typer.Option(help="Only records rejected for this reason.")] = None,
    run: Annotated[list[str] | None, typer.Option(help="Only records that this run rejected.")] = None,
    *,
    env: Env = "dev",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Process rejected records again, once the contract is relaxed or the parser mended.

    Asks the silver job for the bronze objects that hold such records; its next run processes each of them
    whole. What is accepted now leaves quarantine for silver in that run, what is not stays with its present
    reason, and what was accepted before is replaced by what the contract makes of it now. So the command may
    be repeated. It deletes and copies nothing itself.

    Datasets under `lake.write: overwrite` are refused: a version counts as a whole.
    """
    target = open_target(env, root)
    chosen = dataset_of(target.lake, dataset)
    if chosen.ingestion is None:
        raise OperationError(f"{chosen.id} is a gold product: records are rejected on the way to silver")
    if chosen.write is Write.OVERWRITE:
        raise OperationError(
            f"{chosen.id}: got lake.write: overwrite, where a version counts as a whole; allowed: merge or "
            f"append; fix: lake-ops reprocess {chosen.id} --all, which judges its versions again"
        )
    items = _items(target, chosen, reason or [], run or [], dry_run=dry_run)
    conclude("replay quarantine", items, as_json, start_pipeline([chosen.domain]))


def _items(
    target: Target, dataset: Dataset, reasons: list[str], runs: list[str], *, dry_run: bool
) -> list[Item]:
    rejected = _rejected(target, dataset, reasons, runs)
    there = existing(target, rejected.keys())
    keys = [key for key in rejected if key in there]
    if keys and not dry_run:
        ask(target, dataset, keys, "quarantine")
    asked = State.PLANNED if dry_run else State.DONE
    return [
        Item(key, asked, records)
        if key in there
        else Item(key, State.SKIPPED, records, "no longer in bronze, so it cannot be processed again")
        for key, records in rejected.items()
    ]


def _rejected(target: Target, dataset: Dataset, reasons: list[str], runs: list[str]) -> dict[str, int]:
    """Rejected records by the key of the bronze object that holds them."""
    conditions = [
        f"{column} IN ({', '.join(map(literal, values))})"
        for column, values in (("reason", reasons), ("run_id", runs))
        if values
    ]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    database = target.settings.naming.database(Layer.QUARANTINE, dataset.domain)
    rows = query(
        target,
        f'SELECT source_object, count(*) FROM "{database}"."{dataset.name}"{where} '  # noqa: S608 (quoted)
        "GROUP BY source_object ORDER BY source_object",
    )
    start = f"s3://{target.settings.naming.bucket(Layer.BRONZE)}/"
    return {uri.removeprefix(start): int(count) for uri, count in rows}
