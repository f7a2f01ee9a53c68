#!/usr/bin/env python3
"""Synthesizes the lake of one environment: `cdk synth -c env=dev`.

`-c select=DOMAIN,DOMAIN/DATASET` leaves out all domains and datasets but these and what they read.
"""

import sys
from pathlib import Path

import aws_cdk as cdk

from config.collisions import collisions
from config.faults import Fault, InvalidInputError
from config.load import load_settings
from lakehouse.access.load import unknown_personas
from lakehouse.model.drafts import deployed
from lakehouse.model.lineage import selection
from lakehouse.odcs.lake.load import load_lake
from lakehouse.odcs.lines import with_lines
from stacks.lake import build_lake
from stacks.policies.packs import plugins

ROOT = Path(__file__).parent


def main() -> None:
    """Write the cloud assembly, or tell what is wrong, each fault with its line."""
    try:
        _synthesize(cdk.App())
    except InvalidInputError as error:
        sys.exit(str(InvalidInputError(with_lines(error.faults, ROOT))))


def _synthesize(app: cdk.App) -> None:
    """Load settings and contracts, build the stacks, check them, write the cloud assembly."""
    faults: list[Fault] = []
    settings = lake = None
    environment = str(app.node.try_get_context("env") or "dev")
    try:
        settings = load_settings(environment, ROOT)
        faults += collisions(ROOT, environment)
    except InvalidInputError as error:
        faults += error.faults
    try:
        lake = load_lake(ROOT)
        if chosen := app.node.try_get_context("select"):
            lake = selection(lake, str(chosen).split(","))
    except InvalidInputError as error:
        faults += error.faults
    if settings is not None and lake is not None:
        faults += unknown_personas(settings, lake.access)
        try:
            lake = deployed(lake, settings)
        except InvalidInputError as error:
            faults += error.faults
    if faults or settings is None or lake is None:
        raise InvalidInputError(faults)
    build_lake(app, settings, lake)
    cdk.Validations.of(app).add_plugins(*plugins(app))
    app.synth()


if __name__ == "__main__":
    main()
