"""The table of findings, and who reads it."""

from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from constructs import Construct

from config.naming import Naming
from lakehouse.model.dataset import Layer
from lakehouse.targets.glue import FIRST_INGEST_DATE, Column, json_table
from lakehouse.targets.glue import ExternalTable as Definition
from stacks.components.access.governed_tables import Governed, GovernedTables
from stacks.components.access.grants import READ, SEE, Grants
from stacks.components.tables.external_table import ExternalTable
from stacks.features.security_findings.settings import SecurityFindingsSettings
from stacks.lake_stack import KEEP, LakeStack
from stacks.resources import GovernanceResources

FOLDER = "security_findings"
"""Folder in the silver bucket, and what the database is called after, in place of a domain."""

TABLE = "findings"
DAY = "day"
"""Partition column."""

FINDINGS = f"{FOLDER}/{TABLE}/"
"""Prefix of the rows in the silver bucket."""

COLUMNS = (
    Column("finding_id", "string", "id of the finding at its service, which its later events share"),
    Column("found_at", "string", "instant of the event in UTC, in ISO 8601"),
    Column("source", "string", "guardduty, security_hub, inspector, macie or config"),
    Column("severity", "string", "CRITICAL, HIGH, MEDIUM, LOW or INFORMATIONAL"),
    Column("told", "string", "who was told: page, mail, or keep for nobody"),
    Column("finding_type", "string", "what kind of finding it is, as its service calls it"),
    Column("title", "string", "what was found"),
    Column("description", "string", "what that means"),
    Column("resource", "string", "what it was found at: an ARN, a name or a kind, as its service tells"),
    Column("account", "string", "account of the event"),
    Column("region", "string", "region of the event"),
    Column("event", "string", "all of the event, as JSON"),
)

QUERIES = {
    "serious": (
        "What is critical or high, of the last seven days",
        """SELECT found_at, severity, source, title, resource
FROM findings
WHERE day >= date_format(current_date - interval '7' day, '%Y-%m-%d')
  AND severity IN ('CRITICAL', 'HIGH')
ORDER BY found_at DESC""",
    ),
    "again": (
        "Findings that come again and again, as they were last",
        """SELECT finding_id, max_by(title, found_at) AS title, count(*) AS events, max(found_at) AS last
FROM findings
GROUP BY finding_id
ORDER BY events DESC""",
    ),
}
"""What is found by each, and how, by the name under which it is saved."""


def database(naming: Naming) -> str:
    """Return the name of the table's database."""
    return naming.database(Layer.SILVER, FOLDER)


def definition(naming: Naming) -> Definition:
    """Return the table; partitions are projected, nobody registers them."""
    location = f"s3://{naming.bucket(Layer.SILVER)}/{FINDINGS}"
    return json_table(
        location,
        COLUMNS,
        (Column(DAY, "string", "day on which the finding arrived in UTC, as YYYY-MM-DD"),),
        {
            "projection.enabled": "true",
            f"projection.{DAY}.type": "date",
            f"projection.{DAY}.format": "yyyy-MM-dd",
            f"projection.{DAY}.range": f"{FIRST_INGEST_DATE},NOW+1DAYS",
            "storage.location.template": f"{location}{DAY}=${{{DAY}}}/",
        },
    )


class FindingsTable(Construct):
    """The table, the grants of those who read it, and queries to begin with."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        section: SecurityFindingsSettings,
        governance: GovernanceResources,
    ) -> None:
        """Build for the readers of the settings."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._govern(section, governance)
        self._queries(section)

    def _govern(self, section: SecurityFindingsSettings, governance: GovernanceResources) -> None:
        """Let the readers read, by name: the table has no tags by which others would."""
        stack, name = self._stack, database(self._stack.naming)
        made = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=stack.account,
            database_name=name,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=name,
                description="What AWS's security services found",
                location_uri=f"s3://{stack.naming.bucket(Layer.SILVER)}/{FOLDER}/",
            ),
        )
        made.apply_removal_policy(KEEP)
        table = ExternalTable(
            self,
            "Findings",
            catalog_id=stack.account,
            database=name,
            name=TABLE,
            description="Security findings: a row for each event of each.",
            owner=stack.settings.owner,
            table=definition(stack.naming),
        ).resource
        table.add_resource_dependency(made)
        grants = Grants.of(stack)
        grants.follow(made, table)
        for reader in section.readers:
            principal = stack.arns.role(stack.naming.resource(reader))
            title = reader.title().replace("_", "")
            grants.on_database(f"{title}Database", principal, name, SEE)
            grants.on_tables(f"{title}Tables", principal, name, READ)
        GovernedTables(
            self,
            "Closed",
            stack=stack,
            governance=governance,
            governed=[Governed(name), Governed(name, TABLE)],
            after=[made, table, *grants.made],
        )

    def _queries(self, section: SecurityFindingsSettings) -> None:
        """Save queries to begin with in the work group of the first reader."""
        for name, (description, sql) in QUERIES.items():
            athena.CfnNamedQuery(
                self,
                f"Asks{name.title().replace('-', '')}",
                database=database(self._stack.naming),
                name=f"findings: {name}",
                description=description,
                query_string=sql,
                work_group=self._stack.naming.resource(section.readers[0]),
            )
