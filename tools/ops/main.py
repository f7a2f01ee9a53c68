"""The `lake-ops` command line: one module for each command."""

import typer

from tools.ops.bronze.replay_quarantine import quarantine
from tools.ops.bronze.reprocess import reprocess
from tools.ops.detokenize import detokenize
from tools.ops.erasure.command import erase_person
from tools.ops.firehose.replay_errors import errors
from tools.ops.pipelines import pipeline
from tools.ops.reconcile import reconcile
from tools.ops.redrive_landing import landing
from tools.ops.removal.command import remove
from tools.ops.repair.command import repair
from tools.ops.replay_files import files
from tools.ops.restore.bronze import bronze
from tools.ops.restore.catalog import catalog
from tools.ops.restore.table import table


def _group(help_text: str) -> typer.Typer:
    return typer.Typer(
        help=help_text,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",  # as `lake` has it
    )


app = _group(
    "Act on a deployed lake: give it again what it refused, or what came before its contracts changed; bring "
    "back what it lost; read tokens back; erase a person; or remove it. Every command may be repeated, and "
    "ended at any time, without doubling a record or losing one that is to stay."
)

app.command()(detokenize)
app.command("erase")(erase_person)
app.command()(reconcile)
app.command()(remove)
app.command()(repair)
app.command()(reprocess)

replay = _group("Process again what was refused.")
replay.command()(errors)
replay.command()(files)
replay.command()(quarantine)
app.add_typer(replay, name="replay")

redrive = _group("Start again what gave up.")
redrive.command()(landing)
redrive.command()(pipeline)
app.add_typer(redrive, name="redrive")

restore = _group("Bring back what was lost; docs/recover.md says when.")
restore.command()(bronze)
restore.command()(table)
restore.command()(catalog)
app.add_typer(restore, name="restore")
