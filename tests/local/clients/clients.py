"""The clients that are tried, in the order of the page about them."""

from tests.local.clients.client import ROOT_USER, Client

_DATABASE = "the name of the database"

DBT = ("project/dbt_project.yml", "project/profiles.yml", "project/models/sources.yml")

CLIENTS = (
    Client(
        "aws_cli", "AWS CLI, version 1", "awscli", f"nothing; {_DATABASE}, and the work group", ("ask.sh",)
    ),
    Client("boto3", "boto3", "boto3", f"nothing; {_DATABASE}, and the work group"),
    Client("awswrangler", "awswrangler", "awswrangler", f"nothing; {_DATABASE}"),
    Client(
        "pyathena",
        "PyAthena, with Arrow, pandas and SQLAlchemy",
        "pyathena",
        f"nothing; {_DATABASE}",
        ("ask.py", "reflect.py"),
    ),
    Client("pyiceberg", "PyIceberg", "pyiceberg", "nothing", who=ROOT_USER),
    Client(
        "duckdb",
        "DuckDB",
        "duckdb",
        "a secret with endpoint and keys, `ca_cert_file`, and its extensions",
        who=ROOT_USER,
    ),
    Client("dbt", "dbt", "dbt-athena", "a profile; usage statistics off", ("ask.sh",), shown=DBT),
    Client("datacontract", "datacontract-cli", "datacontract-cli", "a `servers` entry in the contract"),
    Client(
        "datacontract",
        "datacontract-cli, on objects",
        "datacontract-cli",
        "the same, `ca_cert_file`, and DuckDB's extensions; it reads no gzip",
        ("objects.py",),
        ROOT_USER,
    ),
    Client(
        "notebook",
        "A notebook, with awswrangler, PyIceberg and DuckDB",
        "nbclient",
        "`ctas_approach=False` and a work group, as the root user has none",
        ("run.py",),
        ROOT_USER,
        shown=("lake.ipynb",),
    ),
)
