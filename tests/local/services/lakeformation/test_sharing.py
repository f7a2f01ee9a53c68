"""Cases of AWS's behaviour between two accounts, asked through Glue, Athena and RAM under real signatures.

As in `test_golden_cases`, D cases are documented by AWS, and M cases are our reading of the pages:

- D: a filter is granted to an account, whose administrator grants it on.
  https://docs.aws.amazon.com/lake-formation/latest/dg/granting-filter-perms.html
- D: nothing is reached before the invitation is accepted.
  https://docs.aws.amazon.com/lake-formation/latest/dg/accepting-ram-invite.html
- D: link and target are asked for separately, by IAM and by Lake Formation; who may not see the target sees
  the link. https://docs.aws.amazon.com/lake-formation/latest/dg/resource-links-glue-apis.html
- D: Super is not available for other accounts, and what IAMAllowedPrincipals holds is not shared.
  https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-prereqs.html
- M: what an account holds no more, none of its people does; a share that ended and begins again has another
  invitation.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.athena.asking import Asker
from tests.local.services.lakeformation import world
from tests.local.services.lakeformation.requests import cells, of_filter, of_table, to
from tests.local.services.lakeformation.world import World, refusal

OWNER, READER = "000000000000", "333344445555"
GROUP = "lf-readers"
NOT_AUTHORIZED = "AccessDeniedException: Resource does not exist or requester is not authorized"
LACKING = "Insufficient Lake Formation permission(s): Required Describe on t"
DESCRIBE = f"Insufficient permissions to execute the query. {LACKING}"


@dataclass
class Reader:
    """Another account with a database of links, an administrator, and an analyst who may describe them."""

    aws: EmbeddedAws
    owner: World
    role: str

    @property
    def filter(self) -> dict[str, Any]:
        """The filter that is shared."""
        found: dict[str, Any] = of_filter(self.owner.database, "shared")
        return found

    def share(self) -> None:
        """Grant what the filter shows to the account."""
        self.owner.admin.grant_permissions(**to(READER, self.filter, "SELECT", grantable=["SELECT"]))

    def end(self) -> None:
        """Revoke that."""
        self.owner.admin.revoke_permissions(**to(READER, self.filter, "SELECT"))

    def invitations(self, status: str = "PENDING") -> list[str]:
        """ARNs of the account's invitations."""
        found = self.aws.client("ram").get_resource_share_invitations()["resourceShareInvitations"]
        return [each["resourceShareInvitationArn"] for each in found if each["status"] == status]

    def accept(self) -> None:
        """Accept the one that waits."""
        [arn] = self.invitations()
        self.aws.client("ram").accept_resource_share_invitation(resourceShareInvitationArn=arn)

    def pass_on(self, resource: dict[str, Any] | None = None, *permissions: str) -> Any:
        """Parameters of a grant to the analyst."""
        return to(self.role, resource or self.filter, *(permissions or ["SELECT"]))

    @property
    def session(self) -> Any:
        """A session of the analyst."""
        keys = self.aws.client("sts").assume_role(RoleArn=self.role, RoleSessionName="test")["Credentials"]
        return self.aws.session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def ask(self, sql: str) -> Any:
        """The rows of a query, or why it failed."""
        answer = Asker(self.session.client("athena"), GROUP, "links").ask(sql)
        return answer.reason if answer.state == "FAILED" else answer.rows

    def entry(self) -> dict[str, Any]:
        """What Glue shows to the analyst of the link."""
        found: dict[str, Any] = self.session.client("glue").get_table(DatabaseName="links", Name="t")
        return dict(found["Table"])


@pytest.fixture
def reader(embedded_aws: EmbeddedAws, make_world: Callable[..., World]) -> Reader:
    """The account that reads, before anything is shared with it."""
    owner = make_world("sharing")
    owner.admin.create_data_cells_filter(**cells(owner.database, "shared", "region='EU'", "id", "region"))
    aws = embedded_aws.of_account(READER)
    aws.client("s3").create_bucket(Bucket="lf-answers")
    place = {"ResultConfiguration": {"OutputLocation": "s3://lf-answers/a/"}}
    aws.client("athena").create_work_group(Name=GROUP, Configuration=place)
    glue, lakeformation = aws.client("glue"), aws.client("lakeformation")
    settings = lakeformation.get_data_lake_settings()["DataLakeSettings"]
    closed: dict[str, Any] = {"CreateDatabaseDefaultPermissions": [], "CreateTableDefaultPermissions": []}
    lakeformation.put_data_lake_settings(DataLakeSettings={**settings, **closed})
    glue.create_database(DatabaseInput={"Name": "links"})
    target = {"CatalogId": OWNER, "DatabaseName": owner.database, "Name": "t"}
    glue.create_table(DatabaseName="links", TableInput={"Name": "t", "TargetTable": target})
    made = Reader(aws, owner, _analyst(aws, owner.database))
    lakeformation.grant_permissions(**made.pass_on({"Database": {"Name": "links"}}, "DESCRIBE"))
    lakeformation.grant_permissions(**made.pass_on(of_table("links"), "DESCRIBE"))
    return made


def _analyst(aws: EmbeddedAws, database: str) -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{READER}:root"},
        "Action": "sts:AssumeRole",
    }
    theirs = [f"arn:aws:glue:us-east-1:{OWNER}:{each}" for each in ("catalog", f"database/{database}")]
    allowed = [
        (world.ATHENA[0], ["*"]),
        (["s3:*"], ["arn:aws:s3:::lf-answers", "arn:aws:s3:::lf-answers/*"]),
        (["lakeformation:GetDataAccess"], ["*"]),
        (["glue:Get*"], [f"arn:aws:glue:us-east-1:{READER}:*", *theirs]),
    ]
    iam = aws.client("iam")
    role = iam.create_role(RoleName="lf-reader", AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
    statements = [{"Effect": "Allow", "Action": actions, "Resource": at} for actions, at in allowed]
    iam.put_role_policy(RoleName="lf-reader", PolicyName="own", PolicyDocument=_policy(*statements))
    return str(role)


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _let_see_target(reader: Reader) -> None:
    table = f"arn:aws:glue:us-east-1:{OWNER}:table/{reader.owner.database}/t"
    more = _policy({"Effect": "Allow", "Action": "glue:Get*", "Resource": table})
    reader.aws.client("iam").put_role_policy(RoleName="lf-reader", PolicyName="target", PolicyDocument=more)


def test_table_is_shared_as_far_as_it_is_granted_accepted_and_passed_on(reader: Reader) -> None:
    here, there = reader.aws.client("lakeformation"), reader.owner.admin
    assert refusal(here.grant_permissions, **reader.pass_on()).startswith(NOT_AUTHORIZED)

    reader.share()
    [resource] = reader.owner.aws.client("ram").list_resources(resourceOwner="SELF")["resources"]
    assert resource["arn"].endswith(f":table/{reader.owner.database}/t")
    assert reader.aws.client("ram").list_resources(resourceOwner="OTHER-ACCOUNTS")["resources"] == []
    assert refusal(here.grant_permissions, **reader.pass_on()).startswith(NOT_AUTHORIZED)

    reader.accept()
    assert refusal(here.grant_permissions, **reader.pass_on(_whole(reader))).startswith(NOT_AUTHORIZED)
    here.grant_permissions(**reader.pass_on())
    assert "StorageDescriptor" not in reader.entry()  # IAM does not let it see the target
    _let_see_target(reader)
    found = reader.entry()
    assert [each["Name"] for each in found["StorageDescriptor"]["Columns"]] == ["id", "region"]
    assert (found["DatabaseName"], found["CatalogId"]) == ("links", READER)
    assert reader.ask("SELECT * FROM t") == [["1", "EU"]]
    assert "'email' cannot be resolved" in reader.ask("SELECT email FROM t")

    given = there.list_permissions(Resource=reader.filter)["PrincipalResourcePermissions"]
    holders = {each["Principal"]["DataLakePrincipalIdentifier"] for each in given}
    assert holders == {READER, reader.role}

    reader.end()
    assert reader.ask("SELECT * FROM t") == DESCRIBE
    assert "StorageDescriptor" not in reader.entry()
    assert reader.invitations("ACCEPTED") == []
    reader.share()
    assert reader.ask("SELECT * FROM t") == DESCRIBE
    reader.accept()
    assert reader.ask("SELECT * FROM t") == DESCRIBE  # what was passed on went with the share
    here.grant_permissions(**reader.pass_on())
    assert reader.ask("SELECT * FROM t") == [["1", "EU"]]

    _refuses_what_is_not_shared(reader)


def _whole(reader: Reader) -> dict[str, Any]:
    return {"Table": {"CatalogId": OWNER, "DatabaseName": reader.owner.database, "Name": "t"}}


def _refuses_what_is_not_shared(reader: Reader) -> None:
    admin = reader.owner.admin
    table = of_table(reader.owner.database)
    assert "Super is not available" in refusal(admin.grant_permissions, **to(READER, table, "ALL"))
    single = to(reader.role, table, "SELECT")
    assert "single principals of another account" in refusal(admin.grant_permissions, **single)
    glue = reader.session.client("glue")
    request = {"CatalogId": OWNER, "DatabaseName": reader.owner.database, "Name": "t"}
    assert refusal(glue.get_table, **request).startswith("AccessDeniedException")
    opened = to("IAM_ALLOWED_PRINCIPALS", table, "ALL")
    admin.grant_permissions(**opened)
    assert reader.ask("SELECT * FROM t") == DESCRIBE
    admin.revoke_permissions(**opened)
