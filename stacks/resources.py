"""What stacks hand to one another: frozen, typed by interface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns

from lakehouse.model.dataset import Layer


@dataclass(frozen=True)
class FoundationResources:
    """Keys, logs and alarms that all other stacks use."""

    keys: Mapping[Layer, kms.IKey]
    logs_key: kms.IKey
    access_logs: s3.IBucket
    alarm_topic: sns.ITopic
    masking_secret: secretsmanager.ISecret
    """Holds the key of hashes."""
    token_secret: secretsmanager.ISecret
    """Holds the key of tokens."""
    glue_security: str
    """Name of the Glue security configuration: encrypted logs and bookmarks."""


@dataclass(frozen=True)
class GovernanceResources:
    """What creates the catalog's tables, lets them grow, and decides who reads them."""

    iceberg_tables: lambda_.IFunction
    lake_formation: lambda_.IFunction
    """Puts databases and tables under Lake Formation."""
    personas: Sequence[str]
    """ARNs of the personas' roles."""


@dataclass(frozen=True)
class IngestionResources:
    """What datasets share on their way into the lake."""

    router: lambda_.IFunction
    stream_transform: lambda_.IFunction
    """Prepares the records of streams for bronze."""
    dead_letter_queue_name: str
    queue_name: str
