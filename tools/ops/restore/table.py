"""`lake-ops restore table`: a table as it was before."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from pyiceberg.table.metadata import TableMetadata

from tools.cli.project import AsJson, Root, dataset_of
from tools.cli.summary import Item, State, conclude
from tools.ops.restore.versions import chosen, committed, gone_back
from tools.ops.tables import LOCATION, entry_of, metadata_of
from tools.ops.target import DryRun, Env, OperationError, Target, acting, open_target

_NEXT = "The next run of its pipeline takes up again what came after; mend what made it wrong before that."

_KEPT = ("Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "TableType")
"""What UpdateTable takes of a table that GetTable returned, if it is not empty; parameters beside it."""


@acting
def table(
    dataset: Annotated[str, typer.Argument(help="`domain/dataset`; its silver or gold table.")],
    before: Annotated[
        datetime | None,
        typer.Option(
            "--before", formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"], help="As it was then, in UTC."
        ),
    ] = None,
    snapshot: Annotated[int | None, typer.Option("--snapshot", help="As this snapshot has it.")] = None,
    *,
    env: Env = "dev",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Go back to an older version of a table, which is a commit as any other and rewrites no data.

    Stop the pipeline of its domain before. Of a table that a source feeds, only versions count that say which
    bronze objects they were made of, so that the next run goes on from there; to make it anew from all of
    bronze, `lake-ops reprocess`. Versions are kept for `tables.snapshot_days`. It takes who may write the
    table: its files, their key, and the table in Glue and Lake Formation.
    """
    if (before is None) == (snapshot is None):
        raise typer.BadParameter("got both or none of --before and --snapshot; allowed: one of them")
    target = open_target(env, root)
    found = dataset_of(target.lake, dataset)
    entry = entry_of(target, found)
    metadata = metadata_of(target, entry)
    goal = chosen(
        metadata,
        before=before.replace(tzinfo=UTC) if before else None,
        snapshot_id=snapshot,
        with_state=found.ingestion is not None,
    )
    current = metadata.current_snapshot_id
    state = State.PLANNED if dry_run else State.DONE
    if goal.snapshot_id == current:
        state = State.SKIPPED
    elif not dry_run:
        _commit(target, entry, gone_back(metadata, goal, entry["Parameters"][LOCATION]))
    why = f"snapshot {goal.snapshot_id}, committed {committed(goal):%Y-%m-%d %H:%M:%S} UTC"
    conclude("restore table", [Item(found.id, state, why=why)], as_json, _NEXT)


def _commit(target: Target, entry: Mapping[str, Any], metadata: TableMetadata) -> None:
    """Write the metadata and have Glue point at it, unless somebody has committed since.

    Raises:
        OperationError: Somebody has.
    """
    before, database = entry["Parameters"][LOCATION], entry["DatabaseName"]
    folder, _, name = before.rpartition("/")
    after = f"{folder}/{int(name.partition('-')[0]) + 1:05}-{uuid.uuid4()}.metadata.json"
    bucket, _, key = after.removeprefix("s3://").partition("/")
    body = metadata.model_dump_json(exclude_none=True).encode()
    target.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    parameters = {
        **entry["Parameters"],
        LOCATION: after,
        "previous_metadata_location": before,
    }
    glue, kept = target.client("glue"), {key: entry[key] for key in _KEPT if entry.get(key)}
    try:
        glue.update_table(
            DatabaseName=database,
            TableInput={**kept, "Parameters": parameters},
            VersionId=entry["VersionId"],
            SkipArchive=True,
        )
    except glue.exceptions.ConcurrentModificationException as error:
        raise OperationError(
            f"got a commit of somebody else to {database}.{entry['Name']}; allowed: none meanwhile; fix: "
            "stop the pipeline of its domain, wait for its run, and repeat"
        ) from error
