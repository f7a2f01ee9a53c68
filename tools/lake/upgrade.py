"""`lake upgrade`: what a change does to what is deployed, before it is.

What it asks is imported when it runs, so that no other command needs the schemas of CloudFormation and the
evaluator of policies.
"""

from pathlib import Path
from typing import Annotated

import typer

from tools.cli.project import INVALID, AsJson, Root, project_root, telling_faults

Before = Annotated[
    Path | None,
    typer.Option(
        "--before",
        help="Cloud assembly that is deployed, instead.",
        exists=True,
        file_okay=False,
        show_default=False,
    ),
]


@telling_faults
def upgrade(
    *,
    env: Annotated[str, typer.Option("--env", help="Environment, a file in config/environments.")] = "dev",
    ref: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="REF",
            help="Branch, tag or commit that is deployed; its own code synthesizes it.",
            show_default=False,
        ),
    ] = None,
    before: Before = None,
    templates: Annotated[
        Path | None,
        typer.Option(
            "--templates",
            help="Cloud assembly that is going to be; without it, the environment is synthesized.",
            exists=True,
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Tell what a change of the templates does to data, rights and running things.

    replaced, deleted: something that holds data or keys is made anew or goes. unprotected: its loss is
    easier. refused: CloudFormation rolls it back. stale: a stack goes on with what another one replaces.
    rights: somebody can do more. acknowledged: a finding of a policy pack is newly accepted. public:
    something new can be reached from outside. interrupted: something that holds nothing is made anew, goes,
    or stops.
    All but the last are dangerous, until config/approvals.yaml approves each with a reason; an entry that
    approves nothing is a fault. Exit code 0: everything dangerous is approved. 1: something is not.
    """
    from tools.upgrade import run  # noqa: PLC0415 (schemas and the evaluator are slow to import)

    if (ref is None) == (before is None):
        raise typer.BadParameter(
            "got both or none of --against and --before; allowed: one; fix: --against main"
        )
    project = project_root(root)
    findings = run.found(env, project, ref=ref, before=before, templates=templates)
    if not run.tell(env, findings, project, as_json=as_json):
        raise typer.Exit(INVALID)
