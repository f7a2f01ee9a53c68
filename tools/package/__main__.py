"""`python -m tools.package fetch` gets the wheels, `python -m tools.package build` makes the package."""

import sys

import typer

from tools.package.build import LIMIT, Report, build
from tools.package.gluewheels import build_archive
from tools.package.targets import GLUE, LAMBDA, LOCK, PACKAGE, TARGETS
from tools.package.wheels import PackageError, fetch, find_wheels

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command("fetch")
def fetch_all() -> None:
    """Fetch the wheels for Lambda and for the tests here, and put those for Glue into their archive."""
    for target in TARGETS:
        fetch(target, LOCK, target.wheels)
    build_archive(GLUE.wheels)


@app.command("build")
def build_for_lambda() -> None:
    """Make the package for Lambda, and tell what it weighs."""
    report = build(find_wheels(LAMBDA.wheels, LOCK), PACKAGE)
    print(*_lines(report), sep="\n")


def _lines(report: Report) -> list[str]:
    kept = [f"  {size / 1e6:6.1f}  {name}" for name, size in report.kept.most_common(12)]
    dropped = [f"  {size / 1e6:6.1f}  {name}" for name, size in report.dropped.most_common()]
    title = f"{PACKAGE}: {report.size / 1e6:.1f} MB of at most {LIMIT / 1e6:.0f}; the largest parts:"
    return [title, *kept, "left out:", *dropped]


if __name__ == "__main__":
    try:
        app()
    except PackageError as error:
        sys.exit(str(error))
