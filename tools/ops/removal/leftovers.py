"""What carries an environment's name in its account, asked service by service."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jmespath
from botocore.exceptions import ClientError

from tools.ops.target import Account


@dataclass(frozen=True)
class Listing:
    """How to ask a service for what it has."""

    kind: str
    service: str
    operation: str
    names: str
    """JMESPath of the names, ARNs or URLs in an answer."""
    options: dict[str, Any] = field(default_factory=dict)


LISTINGS = (
    Listing("bucket", "s3", "list_buckets", "Buckets[].Name"),
    Listing("database", "glue", "get_databases", "DatabaseList[].Name"),
    Listing("job", "glue", "get_jobs", "Jobs[].Name"),
    Listing("crawler", "glue", "get_crawlers", "Crawlers[].Name"),
    Listing("security configuration", "glue", "get_security_configurations", "SecurityConfigurations[].Name"),
    Listing("log group", "logs", "describe_log_groups", "logGroups[].logGroupName"),
    Listing("stream", "kinesis", "list_streams", "StreamNames"),
    Listing("delivery stream", "firehose", "list_delivery_streams", "DeliveryStreamNames", {"Limit": 10_000}),
    Listing("queue", "sqs", "list_queues", "QueueUrls"),
    Listing("topic", "sns", "list_topics", "Topics[].TopicArn"),
    Listing("function", "lambda", "list_functions", "Functions[].FunctionName"),
    Listing("state machine", "stepfunctions", "list_state_machines", "stateMachines[].name"),
    Listing("rule", "events", "list_rules", "Rules[].Name"),
    Listing("pipe", "pipes", "list_pipes", "Pipes[].Name"),
    Listing("API", "apigateway", "get_rest_apis", "items[].name"),
    Listing("work group", "athena", "list_work_groups", "WorkGroups[].Name", {"MaxResults": 50}),
    Listing("alarm", "cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName"),
    Listing("dashboard", "cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName"),
    Listing("parameter", "ssm", "describe_parameters", "Parameters[].Name"),
    Listing("secret", "secretsmanager", "list_secrets", "SecretList[].Name"),
    Listing("key alias", "kms", "list_aliases", "Aliases[].AliasName"),
    Listing("trail", "cloudtrail", "list_trails", "Trails[].Name"),
    Listing("role", "iam", "list_roles", "Roles[].RoleName"),
    Listing("policy", "iam", "list_policies", "Policies[].PolicyName", {"Scope": "Local"}),
)


class Names:
    """Tells names of one environment from all others of the account."""

    def __init__(self, account: Account, environments: tuple[str, ...]) -> None:
        """Take the names of all environments, since one may begin with the name of another."""
        naming = account.settings.naming
        self._prefix = f"{naming.prefix}-"
        self._path = f"{naming.parameter()}/"
        self._others = tuple(
            longer
            for environment in environments
            if (longer := f"{naming.project}-{environment}-") != self._prefix
            and longer.startswith(self._prefix)
        )

    def is_ours(self, name: str) -> bool:
        """Tell whether a name, an ARN, a URL or a path is of the environment."""
        parts = (part.lower().replace("_", "-") for part in re.split(r"[/:]", name))
        return name.startswith(self._path) or any(
            part.startswith(self._prefix) and not part.startswith(self._others) for part in parts
        )


def listed(account: Account, listing: Listing) -> Iterator[str]:
    """Yield all names of one kind in the environment's account and region."""
    client, options = account.client(listing.service), dict(listing.options)
    if client.can_paginate(listing.operation):
        for page in client.get_paginator(listing.operation).paginate(**options):
            yield from jmespath.search(listing.names, page) or []
        return
    answer: dict[str, Any] = getattr(client, listing.operation)(**options)
    yield from jmespath.search(listing.names, answer) or []
    while token := answer.get("NextToken"):
        answer = getattr(client, listing.operation)(**options, NextToken=token)
        yield from jmespath.search(listing.names, answer) or []


def leftovers(account: Account, names: Names) -> list[tuple[str, str]]:
    """Return kind and name of everything that is there."""
    return [
        (listing.kind, name)
        for listing in LISTINGS
        for name in listed(account, listing)
        if names.is_ours(name)
    ]


def waiting_keys(account: Account) -> Iterator[tuple[str, str]]:
    """Yield id and state of each KMS key that is tagged as the environment's."""
    kms, settings = account.client("kms"), account.settings
    wanted = {"project": settings.project, "environment": settings.environment, "managed-by": "cdk"}
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            if wanted.items() <= _tags(kms, key["KeyId"]).items():
                about = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
                until = about.get("DeletionDate")
                yield key["KeyId"], f"deleted on {until:%Y-%m-%d}" if until else about["KeyState"]


def _tags(kms: Any, key_id: str) -> dict[str, str]:
    """Return the tags of a key; none of one that does not let us ask, since ours let the account."""
    try:
        tags = kms.list_resource_tags(KeyId=key_id)["Tags"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return {}
        raise
    return {tag["TagKey"]: tag["TagValue"] for tag in tags}


def log_role(account: Account) -> str | None:
    """Return the name of the role by which all APIs of the account write logs."""
    arn = account.client("apigateway").get_account().get("cloudwatchRoleArn")
    return str(arn).rpartition("/")[2] if arn else None
