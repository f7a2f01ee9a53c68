"""What one environment of the lake is made of, read from `config/environments/<name>.yaml`.

What that file leaves out, `base.yaml` beside it says. Environments differ by values in those files, never by
code. Every key is typed, unknown keys are refused.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from config.alarms import AlarmSettings, Email
from config.naming import Naming
from config.processing import ProcessingSettings
from config.section import Section

PersonaName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=24)]
"""A kind of people who query the lake, as `config/access.yaml` names them."""

_IDENTITY = r"(role|user)/[\w+=,.@/-]+|root"
_PERMISSION_SET = r"sso/[\w+=,.@-]{1,32}"

Principal = Annotated[str, Field(pattern=rf"^({_IDENTITY}|{_PERMISSION_SET})$")]
"""Who asks, in the account of the environment: `role/<path and name>` and `user/<path and name>` of IAM,
`sso/<permission set>` of IAM Identity Center. `root` is the account's root user, whom AWS lets assume no role
and the embedded AWS does."""

Person = Annotated[str, Field(pattern=rf"^({_IDENTITY}|{_PERMISSION_SET}|saml/[\w.-]{{1,128}})$")]
"""Who may assume a role: a principal, or `saml/<provider>` for all whom a SAML provider of the account
sends."""

Administrator = Annotated[str, Field(pattern=rf"^({_IDENTITY})$")]
"""Who administers Lake Formation, which takes whole names alone: `role/<path and name>` or
`user/<path and name>` of IAM."""


class StorageSettings(Section):
    """How long the buckets keep what, and where."""

    landing_expiry_days: Annotated[int, Field(ge=1)]
    """Days after which a file that the router left in landing expires."""
    unrouted_expiry_days: Annotated[int, Field(ge=1)] | None
    """Days after which a file expires that the router could not place, which no contract speaks of; null:
    never."""
    infrequent_access_days: Annotated[int, Field(ge=30)]
    """Days until data moves to Infrequent Access; S3 moves nothing before its 30th day."""
    glacier_days: Annotated[int, Field(ge=90)]
    """Days until bronze data moves to Glacier Instant Retrieval."""
    noncurrent_days: Annotated[int, Field(ge=1)]
    """Days that a replaced or deleted object version can still be restored."""
    query_results_expiry_days: Annotated[int, Field(ge=1)]
    """Days that results of Athena queries are kept."""
    access_log_expiry_days: Annotated[int, Field(ge=1)]
    """Days that S3 access logs are kept."""
    object_lock_days: Annotated[int, Field(ge=1)] | None
    """Days that S3 Object Lock (governance mode) holds bronze objects; null leaves the lock off."""

    @model_validator(mode="after")
    def _colder_later(self) -> Self:
        if self.glacier_days <= self.infrequent_access_days:
            raise ValueError(
                "glacier_days greater than infrequent_access_days: S3 moves data to colder classes only"
            )
        return self


class LandingSettings(Section):
    """The router of dropped files."""

    concurrency: Annotated[int, Field(ge=2, le=1000)]
    """Files that are moved at the same time. All functions of an account and region share 1,000 executions,
    of a new account perhaps 10: leave some to the others."""


class StreamSettings(Section):
    """Kinesis Data Streams and Data Firehose."""

    shards: Annotated[int, Field(ge=1)] | None
    """Shards of a provisioned stream (each 1 MB/s in, 2 MB/s out); null means on-demand."""
    shared_shards: Annotated[int, Field(ge=1)] | None
    """Shards of a stream that several datasets share; null means on-demand."""
    retention_hours: Annotated[int, Field(ge=24, le=8760)]
    """Hours that a stream keeps its records: 24 hours to 365 days."""
    buffer_seconds: Annotated[int, Field(ge=60, le=900)]
    """Seconds that Firehose collects records before it writes an object."""
    buffer_mebibytes: Annotated[int, Field(ge=1, le=128)]
    """MiB that Firehose collects before it writes an object."""


class TableSettings(Section):
    """How Iceberg tables are kept small and fast, and how far back they can be read."""

    maintenance: Literal["managed", "job"]
    """Who compacts silver and gold tables, expires their snapshots and deletes orphan files: Glue's table
    optimizers (`managed`), or the domain's maintenance `job`. The job keeps all other tables either way."""
    snapshot_days: Annotated[int, Field(ge=1)]
    """Days for which a table can be read as it was."""
    snapshots_min: Annotated[int, Field(ge=2)]
    """Newest snapshots that stay, however old: whoever reads the last but one is not cut off."""
    orphan_days: Annotated[int, Field(ge=3)]
    """Days until a file that no snapshot names is deleted; more than the two that the longest job run takes,
    since what a run has written is named by nothing before it commits."""
    results_days: Annotated[int, Field(ge=1)] | None
    """Days for which `quality_results` keeps what rules measured, and `run_events` what runs did; null: for
    ever."""
    rejected_text_days: Annotated[int, Field(ge=1)] | None
    """Days for which quarantine keeps the text of a rejected record; the rest of it stays as long as the
    retention of its dataset has it. Null: the text does, too."""
    job_every_days: Annotated[int, Field(ge=1, le=6)] | None
    """Days between two runs of the maintenance job; null: by hand. CloudWatch looks back seven days for one
    that succeeded."""

    @model_validator(mode="after")
    def _noted_in_time(self) -> Self:
        if self.job_every_days is None and self.maintenance == "managed":
            raise ValueError(
                "job_every_days where Glue expires snapshots: the job notes what runs have processed before "
                "the snapshot that tells it expires"
            )
        if self.job_every_days is not None and self.job_every_days >= self.snapshot_days:
            raise ValueError("job_every_days less than snapshot_days: the job works on what has not expired")
        if self.job_every_days is None and (self.results_days or self.rejected_text_days):
            raise ValueError(
                "job_every_days where results_days or rejected_text_days is set: the job removes what is old"
            )
        return self


class AnalyticsSettings(Section):
    """Athena work groups."""

    scan_limit_gib: dict[PersonaName, Annotated[int, Field(ge=1)]]
    """GiB that one query may scan, per persona; each persona gets a work group and a role."""


class PeopleSettings(Section):
    """Who may act as whom. Nobody else may, whatever IAM policies of the account allow them."""

    personas: dict[PersonaName, Annotated[tuple[Person, ...], Field(min_length=1)]]
    """Who may assume the role of a persona: `role/<name>`, `user/<name>`, `sso/<permission set>` or
    `saml/<provider>`."""
    operator: Annotated[tuple[Principal, ...], Field(min_length=1)]
    """Who may assume the role of `lake-ops`."""
    repairers: tuple[Principal, ...] = ()
    """Who may assume the role of `lake-ops repair`, which reads silver; it is not made where nobody may."""
    erasers: tuple[Principal, ...] = ()
    """Who may assume the role of `lake-ops erase`, which replaces and deletes objects in every layer; it is
    not made where nobody may."""
    key_administrators: tuple[Principal, ...] = ()
    """Who may administer the lake's keys beside the role by which CloudFormation deploys, and use none."""
    producers: tuple[Principal, ...] = ()
    """Who may encrypt what they put on streams and into landing; roles of the lake may without."""
    smoke_testers: tuple[Principal, ...] = ()
    """Who may run `lake smoke`: they send records and files, and read in bronze how they arrived."""
    detokenizers: tuple[Principal, ...] = ()
    """Who may assume the role that reads back what `lake.masking: tokenize` has encrypted; without them there
    is no such role."""
    auditors: tuple[Principal, ...] = ()
    """Who may decrypt the files of the audit trail, if they may read its bucket."""
    break_glass: tuple[Principal, ...] = ()
    """Who may delete objects from bronze and change its bucket's policy; nobody where none is named, but that
    the role of `lake-ops erase` deletes."""


class LakeFormationSettings(Section):
    """Lake Formation: who reads which table, column and row."""

    hybrid: bool
    """False: Lake Formation alone opens tables, and databases that are made in the account later belong to it
    too. True, for an account that has tables already: its other databases stay as they are, and in the lake's
    own what IAM allows goes on beside Lake Formation for everybody but the personas."""
    administrators: tuple[Administrator, ...]
    """Who administers Lake Formation beside those that do, such as `role/<name>`; never takes the place of
    others."""


class CostSettings(Section):
    """What the environment may cost, and who is told.

    AWS counts what is tagged as the lake's, once the tag `lake` is activated in the account that pays.
    """

    monthly_budget_usd: Annotated[int, Field(ge=1)]
    """USD a month; told of at 80 and 100 percent, and when the month is likely to end above."""
    anomaly_usd: Annotated[int, Field(ge=1)]
    """USD by which a day or more must have cost more than usual to be told of."""
    emails: Annotated[tuple[Email, ...], Field(min_length=1, max_length=10)]
    """Addresses that are told; a budget takes ten."""


class Settings(Section):
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
    masking_key_of: str | None = None
    """Environment of the project and account whose keys of masking hide personal data here as well, by
    replicas of their secrets in this region; null: this one makes keys of its own. Two keys give one person
    two pseudonyms."""
    disposable: bool
    """True lets `make destroy` remove the environment with its data; false has it refuse."""
    drafts: bool
    """Whether datasets are deployed whose contract says `status: draft`."""
    storage: StorageSettings
    landing: LandingSettings
    streams: StreamSettings
    processing: ProcessingSettings
    tables: TableSettings
    analytics: AnalyticsSettings
    people: PeopleSettings
    lake_formation: LakeFormationSettings
    alarms: AlarmSettings
    cost: CostSettings | None
    """Budget and detection of anomalies; null: AWS watches nothing."""
    features: Section
    """Optional systems: a section switches one on. `config.load` knows their types."""

    @field_validator("people")
    @classmethod
    def _people_of_every_persona(cls, people: PeopleSettings, info: ValidationInfo) -> PeopleSettings:
        analytics = info.data.get("analytics")  # absent where it is faulty itself
        if analytics is not None and people.personas.keys() != analytics.scan_limit_gib.keys():
            raise ValueError(
                f"personas {', '.join(analytics.scan_limit_gib)}, as in analytics.scan_limit_gib"
            )
        return people

    @property
    def naming(self) -> Naming:
        """Physical names of this environment."""
        return Naming(
            self.project, self.environment, self.account, self.region, masking_key_of=self.masking_key_of
        )
