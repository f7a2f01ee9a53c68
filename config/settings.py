"""What one environment of the lake is made of, read from `config/environments/<name>.yaml`.

Environments differ by values in those files, never by code. Every key is typed, unknown keys are refused.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.naming import Naming

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]

LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

Persona = Literal["analyst", "engineer", "scientist"]
"""Who queries the lake: each has a work group and a role."""


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class StorageSettings(_Settings):
    """How long the buckets keep what, and where."""

    landing_expiry_days: Annotated[int, Field(ge=1)]
    """Days after which a file that the router left in landing expires."""
    infrequent_access_days: Annotated[int, Field(ge=30)]
    """Days until data moves to Infrequent Access; S3 moves nothing before its 30th day."""
    glacier_days: Annotated[int, Field(ge=90)]
    """Days until bronze data moves to Glacier Instant Retrieval."""
    noncurrent_days: Annotated[int, Field(ge=1)]
    """Days that a replaced or deleted object version can still be restored."""
    query_results_expiry_days: Annotated[int, Field(ge=1)]
    """Days that results of Athena queries are kept."""
    access_log_expiry_days: Annotated[int, Field(ge=1)]
    """Days that S3 access logs and the audit trail are kept."""
    object_lock_days: Annotated[int, Field(ge=1)] | None
    """Days that S3 Object Lock (governance mode) holds bronze objects; null leaves the lock off."""

    @model_validator(mode="after")
    def _colder_later(self) -> Self:
        if self.glacier_days <= self.infrequent_access_days:
            raise ValueError(
                "glacier_days greater than infrequent_access_days: S3 moves data to colder classes only"
            )
        return self


class StreamSettings(_Settings):
    """Kinesis Data Streams and Data Firehose."""

    shards: Annotated[int, Field(ge=1)] | None
    """Shards of a provisioned stream (each 1 MB/s in, 2 MB/s out); null means on-demand."""
    retention_hours: Annotated[int, Field(ge=24, le=8760)]
    """Hours that a stream keeps its records: 24 hours to 365 days."""
    buffer_seconds: Annotated[int, Field(ge=60, le=900)]
    """Seconds that Firehose collects records before it writes an object."""
    buffer_mebibytes: Annotated[int, Field(ge=1, le=128)]
    """MiB that Firehose collects before it writes an object."""


class ProcessingSettings(_Settings):
    """Glue jobs and the pipelines that run them."""

    worker_type: Literal["G.1X", "G.2X", "G.4X", "G.8X"]
    """Glue worker type; G.1X has 4 vCPU and 16 GB of memory."""
    workers: Annotated[int, Field(ge=2)]
    """Workers of each job; Spark on Glue needs two at least."""
    timeout_minutes: Annotated[int, Field(ge=1, le=2880)]
    """Minutes after which Glue stops a job run."""
    parallel_datasets: Annotated[int, Field(ge=1)]
    """Datasets that one Spark session works on at the same time."""
    schedule: Annotated[str, Field(pattern=r"^(rate|cron)\(.+\)$")] | None
    """EventBridge expression, such as `rate(1 hour)`, that starts each domain's pipeline; null: by hand."""


class AnalyticsSettings(_Settings):
    """Athena work groups."""

    scan_limit_gib: dict[Persona, Annotated[int, Field(ge=1)]]
    """GiB that one query may scan, per persona; each persona gets a work group and a role."""


class AlarmSettings(_Settings):
    """CloudWatch alarms, logs and who is told."""

    emails: tuple[Email, ...]
    """Addresses subscribed to the alarm topic."""
    log_retention_days: LogRetentionDays
    """Days that CloudWatch keeps log events."""
    iterator_age_seconds: Annotated[int, Field(ge=1)]
    """Age of the oldest unread stream record that raises an alarm."""


class FeatureSettings(_Settings):
    """Optional modules; one that is absent is not deployed and its code is not imported."""


class Settings(_Settings):
    """One environment."""

    project: str
    """Short name that every physical name starts with."""
    environment: str
    """Name of the environment; equals the name of its file."""
    account: Annotated[str, Field(pattern=r"^\d{12}$")]
    """AWS account that the environment lives in."""
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    """AWS region that the environment lives in."""
    owner: Email
    """Team address, used as a tag and as the contact on tables."""
    cost_center: str
    """Cost allocation tag."""
    disposable: bool
    """True lets `cdk destroy -c confirm-destroy=true` delete data; false always retains it."""
    storage: StorageSettings
    streams: StreamSettings
    processing: ProcessingSettings
    analytics: AnalyticsSettings
    alarms: AlarmSettings
    features: FeatureSettings

    @property
    def naming(self) -> Naming:
        """Physical names of this environment."""
        return Naming(self.project, self.environment, self.account, self.region)
