"""The `lake` command line: one module for each command."""

import typer

from tools.lake.access import access
from tools.lake.audit import audit
from tools.lake.cost.command import cost
from tools.lake.dashboards.command import dashboards
from tools.lake.diff import diff
from tools.lake.docs import docs
from tools.lake.domains.command import domain
from tools.lake.feature.command import app as feature
from tools.lake.health.command import runs, why
from tools.lake.health.status import status
from tools.lake.importing.command import import_documents
from tools.lake.init.command import init
from tools.lake.laptop.holding import down, up
from tools.lake.laptop.looking import env, logs, open_catalogue, rejected
from tools.lake.laptop.run import run
from tools.lake.laptop.sql import sql
from tools.lake.new import new
from tools.lake.preflight import preflight
from tools.lake.show import show
from tools.lake.smoke import smoke
from tools.lake.testing.command import run_tests
from tools.lake.upgrade import upgrade
from tools.lake.validate import validate

app = typer.Typer(
    help="Work with the contracts of the lake, from the first draft to a change of a running table, look at "
    "what will be deployed, and try a lake that is.",
    epilog="Begin with `lake new DOMAIN/DATASET --from SAMPLE`, then `lake validate` and `lake show`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # paragraphs are filled anew for the width of the terminal
)
app.command()(init)
app.command()(new)
app.command("import")(import_documents)
app.command()(validate)
app.command("test")(run_tests)
app.command()(up)
app.command()(run)
app.command()(sql)
app.command()(rejected)
app.command()(logs)
app.command("open")(open_catalogue)
app.command()(env)
app.command()(status)
app.command()(runs)
app.command()(why)
app.command()(dashboards)
app.command()(down)
app.command()(show)
app.command()(docs)
app.command()(diff)
app.command()(access)
app.command()(audit)
app.command()(cost)
app.command()(upgrade)
app.command()(preflight)
app.command()(smoke)
app.add_typer(feature, name="feature", no_args_is_help=True)
app.add_typer(domain, name="domain")
