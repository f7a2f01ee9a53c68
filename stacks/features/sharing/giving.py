"""The side that has a table: what of it another account may read, and pass on to its own people.

Lake Formation shares the table by AWS RAM, and gives the files as the role that their bucket is registered
with. So the account gets no right on a bucket or a key, and no policy of theirs names it. Who grants needs
RAM's rights, which the role of the CDK's bootstrap has unless it was narrowed.

- https://docs.aws.amazon.com/lake-formation/latest/dg/granting-filter-perms.html
- https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-prereqs.html
- https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLakeFormationCrossAccountManager.html
"""

import aws_cdk as cdk
from constructs import Construct

from stacks.components.access.filters import cells_filter
from stacks.components.access.grants import Grants
from stacks.features.sharing.exchange import Shared
from stacks.lake_stack import LakeStack


def give(scope: Construct, stack: LakeStack, shared: Shared, account: str, governed: cdk.CfnResource) -> None:
    """Grant an account the cells of a table that are shared, once IAM alone opens it to nobody."""
    title = f"{shared.filter_name}-{account}".title().replace("-", "")
    cells = cells_filter(
        scope,
        title,
        database=shared.database,
        table=shared.dataset.name,
        name=shared.filter_name,
        reading=shared.reading,
        after=governed,
    )
    grant = Grants.of(stack).on_filter(
        f"{shared.dataset.name.title()}{title}",
        account,
        shared.database,
        shared.dataset.name,
        shared.filter_name,
        passed_on=True,
    )
    grant.add_resource_dependency(cells)
