"""`python -m tools.package fetch` gets the wheels, `python -m tools.package build` makes packages of them."""

import sys

import typer

from tools.package.build import LIMIT, Report
from tools.package.gluewheels import build_archive
from tools.package.layer import build_layer, layer_of
from tools.package.targets import GLUE, LOCK, TARGETS, Target
from tools.package.wheels import PackageError, fetch

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command("fetch")
def fetch_all() -> None:
    """Fetch the wheels for Lambda and for the tests here, and put those for Glue into their archive."""
    for target in TARGETS:
        fetch(target, LOCK, target.wheels)
    build_archive(GLUE.wheels)


@app.command("build")
def build_layers() -> None:
    """Make the layers for Lambda and for the laptop, and tell what they weigh."""
    for target in TARGETS:
        print(*_lines(target, build_layer(target)), sep="\n")


def _lines(target: Target, report: Report) -> list[str]:
    kept = [f"  {size / 1e6:6.1f}  {name}" for name, size in report.kept.most_common(12)]
    dropped = [f"  {size / 1e6:6.1f}  {name}" for name, size in report.dropped.most_common()]
    size = f"{report.size / 1e6:.1f} MB of at most {LIMIT / 1e6:.0f} unzipped"
    return [f"{layer_of(target)}: {size}; the largest parts:", *kept, "left out:", *dropped]


if __name__ == "__main__":
    try:
        app()
    except PackageError as error:
        sys.exit(str(error))
