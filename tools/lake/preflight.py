"""`lake preflight`: whether a first deployment can work, before there is one.

It asks no AWS. What it does is imported when it runs, since it needs the embedded AWS's evaluator.
"""

from pathlib import Path
from typing import Annotated

import typer

from tools.cli.project import AsJson, Root, telling_faults


@telling_faults
def preflight(
    *,
    env: Annotated[
        str, typer.Option("--env", help="Environment to synthesize, a file in config/environments.")
    ] = "dev",
    templates: Annotated[
        Path | None,
        typer.Option(
            "--templates",
            help="Folder with a cloud assembly, or with templates, to look at instead.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Ask the templates what AWS's services will ask while they are deployed, and after.

    Evaluates trust, key and resource policies for each request that a service makes by itself, in the form in
    which it makes it; looks at the order of resources that need one another; measures what AWS limits. The
    table of requests is docs/reference/preflight.md. Exit code 0: nothing was found. 1: something was, or the
    environment cannot be synthesized. A warning is not known for sure: try it in an account before you rely
    on it.
    """
    from tools.preflight.run import run  # noqa: PLC0415 (needs the embedded AWS)

    run(env, templates, as_json, root)
