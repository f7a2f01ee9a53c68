"""A database of its own for each case, with a table in a registered location and somebody who asks."""

import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.athena.asking import Asker
from tests.local.services.lakeformation.requests import cells, of_filter, of_table, to
from tests.local.services.lakeformation.tables import ACCOUNT, close, table

DATA, RESULTS, WORKGROUP = "lf-data", "lf-results", "lf-queries"
ROWS = [
    {"id": 1, "region": "EU", "amount": 10, "email": "a", "day": "2026-01-01"},
    {"id": 2, "region": "US", "amount": 20, "email": "b", "day": "2026-01-02"},
    {"id": 3, "region": None, "amount": 30, "email": "c", "day": "2026-01-03"},
]
Statement = tuple[list[str], list[str]]
ATHENA: Statement = (
    ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"],
    [f"arn:aws:athena:us-east-1:{ACCOUNT}:workgroup/{WORKGROUP}"],
)
CATALOG: Statement = (["glue:Get*", "glue:CreateTable"], ["*"])
RESULT: Statement = (
    ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetBucketLocation"],
    [f"arn:aws:s3:::{RESULTS}", f"arn:aws:s3:::{RESULTS}/*"],
)
DATA_ACCESS: Statement = (["lakeformation:GetDataAccess"], ["*"])
OWN_DATA: Statement = (
    ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
    [f"arn:aws:s3:::{DATA}", f"arn:aws:s3:::{DATA}/*"],
)
PERSONA = (ATHENA, CATALOG, RESULT, DATA_ACCESS)
"""What an analyst may by IAM: no right on data."""


@dataclass
class World:
    """A database, its table, and an analyst who may describe the database.

    Attributes:
        aws: The embedded AWS.
        admin: Lake Formation as its administrator.
        database: The database's name.
        role: ARN of the analyst's role.
        clients: Makes a client of a service as the analyst.
    """

    aws: EmbeddedAws
    admin: Any
    database: str
    role: str
    clients: Any
    _asker: list[Asker] = field(default_factory=list)

    def prepare(self) -> None:
        """Make the table, in the registered location, and take Super from whoever IAM allows."""
        glue, lines = self.aws.client("glue"), "\n".join(map(json.dumps, ROWS))
        place = f"{self.database}/t/"
        self.aws.client("s3").put_object(Bucket=DATA, Key=f"{place}rows.json", Body=lines.encode())
        glue.create_database(DatabaseInput={"Name": self.database})
        glue.create_table(DatabaseName=self.database, TableInput=table("t", f"s3://{DATA}/{place}"))
        close(self.aws.client("lakeformation"), {"Database": {"Name": self.database}})
        close(self.aws.client("lakeformation"), of_table(self.database))
        self.grant({"Database": {"Name": self.database}}, "DESCRIBE")

    def grant(self, resource: dict[str, Any], *permissions: str) -> None:
        """Grant to the analyst."""
        self.admin.grant_permissions(**to(self.role, resource, *permissions))

    def filter(self, expression: str = "", *columns: str, **more: Any) -> None:
        """Make a filter and grant SELECT on it."""
        name = f"f{expression}{columns}{sorted(more)}"[:100]
        self.admin.create_data_cells_filter(**cells(self.database, name, expression, *columns, **more))
        self.grant(of_filter(self.database, name), "SELECT")

    def ask(self, sql: str) -> Any:
        """The columns and rows of a query, or why it failed."""
        answer = self.asker.ask(sql)
        if answer.state == "FAILED":
            return answer.reason
        return [name for name, _ in answer.columns], answer.rows

    def values(self, sql: str) -> Any:
        """The rows of a query, or why it failed."""
        found = self.ask(sql)
        return found if isinstance(found, str) else found[1]

    @property
    def asker(self) -> Asker:
        """The analyst at Athena."""
        if not self._asker:
            self._asker.append(Asker(self.clients("athena"), WORKGROUP, self.database))
        return self._asker[0]

    def shown_columns(self) -> list[str]:
        """The columns of the table in Glue, as the analyst sees them."""
        found = self.clients("glue").get_table(DatabaseName=self.database, Name="t")["Table"]
        return [each["Name"] for each in found["StorageDescriptor"]["Columns"]]


def refusal(call: Any, **request: Any) -> str:
    """The code and text with which a call is refused."""
    try:
        call(**request)
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    raise AssertionError("the call was not refused")
