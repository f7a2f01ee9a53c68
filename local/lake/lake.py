"""The whole lake on the embedded AWS: deploy it, feed it, run its pipelines, ask it."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import awswrangler as wr
import boto3
import pandas as pd

from config.load import load_settings
from lakehouse.layout.streams import stream_name
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.drafts import deployed
from lakehouse.model.lineage import selection, waves
from lakehouse.odcs.lake.load import load_lake
from local.emulator.launcher import EmbeddedAws
from local.lake import deployment

ENVIRONMENT = "local"
_KINESIS_BATCH = 500
_ROUTING_SECONDS = 120.0
_PIPELINE_SECONDS = 900.0
_POLL_SECONDS = 0.25
Around = Callable[[str], AbstractContextManager[None]]
_SUPERSEDED = "superseded"
"""What the output of an execution says that left its work to a later one."""


class LakeError(RuntimeError):
    """The lake did not do what it was asked; the message says which part and why."""


class LocalLake:
    """An environment on one embedded AWS: `local`, unless told otherwise."""

    def __init__(
        self,
        aws: EmbeddedAws,
        root: Path = deployment.PROJECT,
        select: Collection[str] = (),
        environment: str = ENVIRONMENT,
    ) -> None:
        """Read settings and contracts below `root`, all of them or those of a selection.

        Raises:
            InvalidInputError: Settings or contracts are invalid, or the selection names what is not there.
        """
        self.aws = aws
        self.root = root
        self.settings = load_settings(environment, root)
        self.naming = self.settings.naming
        self.select = select
        lake = load_lake(root)
        self.lake = deployed(selection(lake, select) if select else lake, self.settings)

    @property
    def sources(self) -> list[Dataset]:
        """Datasets that take records from outside."""
        return [dataset for dataset in self.lake.datasets if dataset.ingestion]

    @property
    def products(self) -> list[Dataset]:
        """Gold products."""
        return [dataset for dataset in self.lake.datasets if dataset.layer is Layer.GOLD]

    @property
    def assembly(self) -> Path:
        """Where the synthesized templates lie."""
        return self.aws.directory / f"cdk.{self.settings.environment.replace(ENVIRONMENT, 'out')}"

    def synthesize(self) -> None:
        """Write the templates."""
        deployment.synthesize(self.settings.environment, self.assembly, self.root, self.select)

    def write_catalogue(self) -> Path:
        """Write the catalogue of the datasets, and return its first page."""
        environment, folder = self.settings.environment, self.aws.directory / "catalogue"
        return deployment.write_catalogue(environment, folder, self.assembly, self.root)

    def bootstrap(self) -> None:
        """Prepare the account for deployments, once."""
        stacks = self.aws.client("cloudformation").describe_stacks()["Stacks"]
        if deployment.BOOTSTRAP_STACK not in {stack["StackName"] for stack in stacks}:
            deployment.bootstrap(self.aws)

    def deploy(self, *stacks: str) -> None:
        """Deploy what was synthesized, or these stacks of it, into an account that is prepared for it."""
        self.bootstrap()
        deployment.deploy(self.aws, self.assembly, stacks)

    def stream(self, dataset: Dataset, records: Iterable[bytes]) -> None:
        """Put records on the stream that takes a dataset's, in order, and have Firehose deliver them."""
        kinesis = self.aws.client("kinesis")
        name = stream_name(dataset, self.naming)
        entries = [{"Data": record, "PartitionKey": dataset.name} for record in records]
        for start in range(0, len(entries), _KINESIS_BATCH):
            answer = kinesis.put_records(StreamName=name, Records=entries[start : start + _KINESIS_BATCH])
            if answer["FailedRecordCount"]:
                raise LakeError(f"stream {name} refused {answer['FailedRecordCount']} records")
        self.aws.flush_firehose()

    def drop(self, files: Mapping[str, bytes]) -> None:
        """Drop files into landing, by key, and wait until the router has moved them all away."""
        s3, landing = self.aws.client("s3"), self.naming.bucket("landing")
        for key, content in files.items():
            s3.put_object(Bucket=landing, Key=key, Body=content)
        _wait(
            lambda: not self._keys(landing, ""),
            _ROUTING_SECONDS,
            f"the router did not empty landing; see {self.aws.log}",
        )

    def bronze_keys(self, dataset: Dataset) -> list[str]:
        """Keys of the dataset's bronze objects."""
        return self._keys(self.naming.bucket("bronze"), f"{dataset.id}/")

    def _keys(self, bucket: str, prefix: str) -> list[str]:
        pages = self.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def run_pipelines(self, domains: Iterable[str]) -> None:
        """Run the state machines of these domains after those that they read.

        Raises:
            LakeError: One or more failed; the message holds the cause of each.
        """
        if failures := self.try_pipelines(domains):
            raise LakeError("\n".join(failures.values()))

    def try_pipelines(
        self, domains: Iterable[str], *, at_once: int = 1, around: Around = lambda _: nullcontext()
    ) -> dict[str, str]:
        """Run the state machines of these domains, so many side by side where none reads the other.

        `around` is what each is run in. Returns why domains failed.
        """
        failures: dict[str, str] = {}

        def run(domain: str) -> None:
            try:
                with around(domain):
                    self._run_pipeline(domain)
            except LakeError as error:
                failures[domain] = str(error)

        pool = ThreadPoolExecutor(max_workers=at_once)
        try:
            for wave in waves(self.lake, domains):
                list(pool.map(run, wave))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # Ctrl-C waits for no pipeline
        return failures

    def _run_pipeline(self, domain: str) -> None:
        states = self.aws.client("stepfunctions")
        name = self.naming.resource(domain)
        arn = f"arn:aws:states:{self.aws.region}:{self.aws.account}:stateMachine:{name}"
        execution = states.start_execution(stateMachineArn=arn)["executionArn"]
        while _SUPERSEDED in (outcome := self._ended(execution)).get("output", ""):
            later = states.list_executions(stateMachineArn=arn)["executions"]
            execution = max(later, key=lambda one: one["startDate"])["executionArn"]
        if outcome["status"] != "SUCCEEDED":
            raise LakeError(f"pipeline {name} {outcome['status']}: {outcome.get('cause', '')}")

    def _ended(self, execution: str) -> dict[str, Any]:
        """Wait until an execution has ended, and describe it."""
        states = self.aws.client("stepfunctions")
        _wait(
            lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING",
            _PIPELINE_SECONDS,
            f"{execution} did not end",
        )
        return dict(states.describe_execution(executionArn=execution))

    def session_as(self, persona: str) -> boto3.Session:
        """A session under the credentials of a persona's role."""
        credentials = self.credentials_of(persona)
        return self.aws.session(**{name.lower(): value for name, value in credentials.items()})

    def credentials_of(self, persona: str) -> dict[str, str]:
        """Environment variables that make an AWS client a persona, for an hour."""
        role = f"arn:aws:iam::{self.aws.account}:role/{self.naming.resource(persona)}"
        answer = self.aws.client("sts").assume_role(RoleArn=role, RoleSessionName="laptop")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
            "AWS_SESSION_TOKEN": answer["SessionToken"],
        }

    def environment_of(self, persona: str | None = None) -> dict[str, str]:
        """The whole environment of a process whose AWS clients are to use this lake.

        It makes them the root user or, for an hour, a persona, who asks Athena in their own work group and
        without a table for each answer, which no persona may make. docs/clients.md tells who reads what.
        """
        found = {
            **self.aws.environment(),
            "PYICEBERG_CATALOG__LAKE__TYPE": "glue",
            "PYICEBERG_CATALOG__LAKE__S3__ENDPOINT": self.aws.endpoint,
            "PYICEBERG_CATALOG__LAKE__S3__REGION": self.aws.region,
        }
        if persona is not None:
            group = self.naming.resource(persona)
            found |= self.credentials_of(persona)
            found |= {
                "AWS_ATHENA_WORK_GROUP": group,
                "WR_WORKGROUP": group,
                "WR_CTAS_APPROACH": "false",
                "DATACONTRACT_ATHENA_WORKGROUP": group,
            }
        return found

    def reader(self, layer: Layer) -> str:
        """The persona with the fewest rights that reads something in a layer.

        Raises:
            LakeError: Nobody does.
        """
        for persona in self.lake.access.readers(layer):
            if persona in self.settings.people.personas:
                return persona
        raise LakeError(f"no persona of the settings reads {layer}")

    def query(
        self, sql: str, *, domain: str, layer: Layer = Layer.GOLD, persona: str | None = None
    ) -> pd.DataFrame:
        """Ask Athena as a persona, in its work group, with the domain's database of a layer as default.

        Without a name, the first who reads something in the layer asks.
        """
        persona = persona or self.reader(layer)
        return wr.athena.read_sql_query(
            sql,
            database=self.naming.database(layer, domain),
            workgroup=self.naming.resource(persona),
            ctas_approach=False,
            boto3_session=self.session_as(persona),
        )


def _wait(done: Callable[[], bool], seconds: float, problem: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise LakeError(f"{problem} within {seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
