"""`lake smoke`: whether a deployed lake works, and what is wrong if not.

It asks AWS; what it does is imported when it runs, so that other commands need none of AWS's libraries.
"""

from typing import Annotated

import typer

from tools.cli.project import AsJson, Root, telling_faults


@telling_faults
def smoke(
    *,
    env: Annotated[
        str, typer.Option("--env", help="Environment to try, a file in config/environments.")
    ] = "dev",
    dataset: Annotated[
        list[str] | None, typer.Option("--dataset", help="Dataset to send a record of; may be repeated.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Send a record of every dataset, not of one for each way in.")
    ] = False,
    look: Annotated[bool, typer.Option("--look", help="Look only: send nothing, run no pipeline.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Send records into an environment that is not disposable, too.")
    ] = False,
    wait: Annotated[
        int | None,
        typer.Option(
            "--wait",
            min=1,
            help="Seconds to wait for each record in bronze, if not what the buffers imply.",
        ),
    ] = None,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Try a deployed lake, and name the likely cause of what fails.

    Looks at stacks, tables, keys, queues and quotas; sends one record on each way in and follows it to
    bronze, silver and gold; asks Athena as each persona; looks at alarms, logs and dead letters. Records are
    made from the contracts, the same in each run, under keys that no other row has. They stay in the tables
    of the environment. Exit code 0: nothing failed. 1: something did. 2: the command was called in a wrong
    way, or the environment is not disposable and `--yes` is missing.
    """
    from tools.smoke.run import Choice, run  # noqa: PLC0415 (needs AWS's libraries)

    run(Choice(env, dataset or [], everything, look, yes, wait, as_json, root))
