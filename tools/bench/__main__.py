"""Runs the bench."""

import typer

from tools.bench.main import main

typer.run(main)
