"""Settings of the feature `dms`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.section import Section

DmsCapacity = Literal[1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384]
"""https://docs.aws.amazon.com/dms/latest/APIReference/API_ComputeConfig.html"""


class DmsSettings(Section):
    """AWS DMS Serverless, which copies tables of one Aurora PostgreSQL database, and every change of them."""

    secret_arn: Annotated[str, Field(pattern=r"^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:.+-\w{6}$")]
    """Secret with `host`, `port`, `username` and `password` of the database."""
    secret_key_arn: Annotated[str, Field(pattern=r"^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key/.+$")]
    """Key that encrypts the secret."""
    database: Annotated[str, Field(min_length=1, max_length=63)]
    """Name of the database."""
    subnet_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]+$")], ...], Field(min_length=2)
    ]
    """Subnets of two or more availability zones, from which the database can be reached, and S3 and Secrets
    Manager by VPC endpoints."""
    security_group_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^sg-[0-9a-f]+$")], ...], Field(min_length=1)
    ]
    """Security groups that let replication out to the database and those endpoints."""
    capacity_min: DmsCapacity
    """Least capacity units that replication is scaled down to; one has 2 GB of memory."""
    capacity_max: DmsCapacity
    """Most capacity units that replication is scaled up to."""
    multi_az: bool
    """Whether a standby in another availability zone takes over."""
    batch_seconds: Annotated[int, Field(ge=1, le=3600)]
    """Seconds that changes of a table are collected before a file of them is written."""
    latency_seconds: Annotated[int, Field(ge=60)]
    """Seconds that changes may take from commit to S3 before an alarm is raised."""
    account_roles: bool
    """Whether this environment makes the roles `dms-vpc-role` and `dms-cloudwatch-logs-role`, by which DMS
    reaches into the VPC and writes logs: an account has one of each, so one environment alone may make
    them."""

    @model_validator(mode="after")
    def _capacity_in_order(self) -> Self:
        if self.capacity_max < self.capacity_min:
            raise ValueError("capacity_max that is not less than capacity_min")
        return self
