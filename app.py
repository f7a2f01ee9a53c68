#!/usr/bin/env python3
"""Synthesizes the lake of one environment: `cdk synth -c env=dev`.

`-c select=DOMAIN,DOMAIN/DATASET` leaves out all domains and datasets but these and what they read.
"""

import sys
from pathlib import Path

import aws_cdk as cdk

from config.faults import InvalidInputError
from lakehouse.odcs.lines import with_lines
from stacks.lake import build_lake
from stacks.policies.packs import plugins
from stacks.project import load_project

ROOT = Path(__file__).parent


def main() -> None:
    """Load settings and contracts, build the stacks, check them, write the cloud assembly."""
    app = cdk.App()
    environment, select = (app.node.try_get_context(name) for name in ("env", "select"))
    try:
        build_lake(app, *load_project(ROOT, environment or "dev", select))
    except InvalidInputError as error:
        sys.exit(str(InvalidInputError(with_lines(error.faults, ROOT))))
    cdk.Validations.of(app).add_plugins(*plugins(app))
    app.synth()


if __name__ == "__main__":
    main()
