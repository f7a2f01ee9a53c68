"""`lake cost`: what an environment costs in a month, before it is deployed.

What it does is imported when it runs, so that no other command needs the jobs' judge, which says whose a
dataset is.
"""

from pathlib import Path
from typing import Annotated

import typer

from tools.cli.project import AsJson, Root, project_root, telling_faults


@telling_faults
def cost(
    *,
    env: Annotated[str, typer.Option("--env", help="Environment, a file in config/environments.")] = "dev",
    templates: Annotated[
        Path | None,
        typer.Option(
            "--templates",
            help="Cloud assembly that is there; without it, the environment is synthesized.",
            show_default=False,
        ),
    ] = None,
    ref: Annotated[
        str | None,
        typer.Option("--against", metavar="REF", help="Tell what changed since a branch, tag or commit."),
    ] = None,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Estimate what an environment costs in a month: idle, and in use at least and at most.

    What there is, the templates say; how much comes, the contracts (`lake.volume`); what it costs, AWS's
    prices on demand in tools/lake/cost/prices.yaml; whatever nobody knows is assumed, and printed.
    docs/cost.md tells what is left out.
    """
    from tools.lake.cost.run import run  # noqa: PLC0415 (the judge is slow to import)

    run(env, project_root(root), templates, ref, as_json=as_json)
