"""`lake access`: who can do what with which table, before anything is deployed.

What it asks is imported when it runs, so that no other command needs the evaluator of policies.
"""

from pathlib import Path
from typing import Annotated

import typer

from tools.cli.project import INVALID, AsJson, Root, project_root, telling_faults


@telling_faults
def access(
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
    explained: Annotated[
        tuple[str, str, str] | None,
        typer.Option(
            "--why",
            metavar="ROLE TABLE COLUMN",
            help="Explain one cell, as in: --why analyst DOMAIN/DATASET COLUMN",
            show_default=False,
        ),
    ] = None,
    ref: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="REF",
            help="Tell what changed since a branch, tag or commit; exit code 1 if anybody can do more.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Compute what each role can do with each table, by column and row.

    What decides is taken from the environment's templates: policies of roles, boundaries, buckets and keys,
    and Lake Formation's grants, tags and filters, judged by the evaluator that the embedded AWS enforces
    with. What policies of an organization take away is not known here.
    """
    from tools.access import run  # noqa: PLC0415 (the evaluator is slow to import)

    project = project_root(root)
    subject = run.load(env, project, templates)
    if explained is not None:
        run.explain(subject, *explained)
    elif ref is not None:
        changed = run.against(subject, env, project, ref)
        if run.show_changes(changed, subject, as_json=as_json):
            raise typer.Exit(INVALID)
    else:
        run.show(subject, as_json=as_json)
