"""Everything of one domain: streams, tables, jobs, pipeline and alarms of its datasets."""

from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from config.settings import Settings
from lakehouse import iceberg, manifest
from lakehouse.model import Dataset, Lake, Layer, Mode
from stacks.components.alarms import alarm
from stacks.components.bronze_table import BronzeTable
from stacks.components.domain_job_role import bronze_to_silver_role, silver_to_gold_role
from stacks.components.iceberg_table import IcebergTable
from stacks.components.pipeline import Pipeline
from stacks.components.python_function import metrics_namespace
from stacks.components.source_stream import SourceStream
from stacks.components.spark_job import SparkJob, job_assets
from stacks.lake_stack import LakeStack
from stacks.resources import DomainResources, FoundationResources, GovernanceResources


class DomainStack(LakeStack):
    """Deployed by the team that owns the domain, beside the platform stacks."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        lake: Lake,
        domain: str,
        foundation: FoundationResources,
        governance: GovernanceResources,
    ) -> None:
        """Build the datasets that `lake` holds of `domain`."""
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description=f"Datasets and pipeline of the {domain} domain",
        )
        self._lake = lake
        self._domain = domain
        self._foundation = foundation
        self._datasets = lake.of_domain(domain)
        for dataset in self._datasets:
            self._dataset(dataset, governance)
        steps = self._jobs()
        pipeline = Pipeline(
            self,
            "Pipeline",
            name=self.naming.resource(domain),
            domain=domain,
            steps=steps,
            topic=foundation.alarm_topic,
            logs_key=foundation.logs_key,
            schedule=settings.processing.schedule,
        )
        self._pipeline_alarm(pipeline)
        self.resources = DomainResources(
            domain=domain,
            pipeline_arn=pipeline.arn,
            streams=tuple(
                self.naming.resource(domain, dataset.name) for dataset in self._datasets if _streamed(dataset)
            ),
            jobs=tuple(steps.values()),
            datasets=tuple(dataset.id for dataset in self._datasets),
        )

    def _dataset(self, dataset: Dataset, governance: GovernanceResources) -> None:
        scope = Construct(self, dataset.name.title().replace("_", ""))
        layers = [dataset.layer]
        if dataset.ingestion:
            layers.append(Layer.QUARANTINE)
            BronzeTable(scope, "Bronze", catalog_id=self.account, dataset=dataset, naming=self.naming)
        for layer in layers:
            IcebergTable(
                scope,
                layer.title(),
                keeper_arn=governance.iceberg_tables.function_arn,
                definition=iceberg.table(dataset, layer, self.naming),
            )
        if _streamed(dataset):
            self._stream(dataset)

    def _stream(self, dataset: Dataset) -> None:
        name = dataset.name.title().replace("_", "")
        SourceStream(
            self,
            f"{name}Source",
            dataset=dataset,
            bronze_key=self._foundation.keys[Layer.BRONZE],
            logs_key=self._foundation.logs_key,
        )
        alarm(
            self,
            f"{name}IteratorAge",
            name=f"{dataset.domain}-{dataset.name}-iterator-age",
            description=f"Firehose falls behind on {dataset.id}: add shards, or read its delivery log",
            namespace="AWS/Kinesis",
            metric="GetRecords.IteratorAgeMilliseconds",
            dimensions={"StreamName": self.naming.resource(dataset.domain, dataset.name)},
            statistic="Maximum",
            period_seconds=60,
            periods=5,
            threshold=self.settings.alarms.iterator_age_seconds * 1000,
            topic=self._foundation.alarm_topic,
        )

    def _jobs(self) -> dict[str, str]:
        """The domain's Glue jobs: the pipeline's step names to job names, in order."""
        package, scripts = job_assets(self)
        document = manifest.compile_domain(self._lake, self._domain, self.naming)
        compiled = s3_assets.Asset(self, "Manifest", path=str(self.compiled(self._domain, document)))
        roles = {}
        if document["datasets"]:
            roles["bronze_to_silver"] = bronze_to_silver_role(
                self,
                domain=self._domain,
                masks=any(field.masking for dataset in self._datasets for field in dataset.fields),
                foundation=self._foundation,
                manifest=compiled,
            )
        if document["products"]:
            roles["silver_to_gold"] = silver_to_gold_role(
                self, lake=self._lake, domain=self._domain, foundation=self._foundation, manifest=compiled
            )
        steps = {}
        for script, role in roles.items():
            step = script.title().replace("_", "")
            steps[step] = self.naming.resource(self._domain, script)
            SparkJob(
                self,
                f"{step}Job",
                name=steps[step],
                description=f"{script.replace('_', ' ').capitalize()} of the {self._domain} domain",
                script=scripts[script],
                package=package,
                role=role,
                security=self._foundation.glue_security,
                settings=self.settings.processing,
                warehouse=f"s3://{self.naming.bucket('silver')}/",
                arguments={
                    "--manifest": compiled.s3_object_url,
                    "--metrics_namespace": metrics_namespace(self),
                },
            )
        return steps

    def _pipeline_alarm(self, pipeline: Pipeline) -> None:
        alarm(
            self,
            "PipelineFailed",
            name=f"{self._domain}-pipeline-failed",
            description=f"A run of {self._domain} failed: read the execution's cause, mend, redrive it",
            namespace="AWS/States",
            metric="ExecutionsFailed",
            dimensions={"StateMachineArn": pipeline.arn},
            statistic="Sum",
            period_seconds=300,
            threshold=0,
            topic=self._foundation.alarm_topic,
        )


def _streamed(dataset: Dataset) -> bool:
    return dataset.ingestion is not None and dataset.ingestion.mode is Mode.STREAM
