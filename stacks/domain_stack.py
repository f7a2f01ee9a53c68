"""Everything of one domain: catalog, datasets, jobs and pipeline, in one stack or in several parts."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from config.settings import Settings
from lakehouse.model.dataset import Lake, Layer
from lakehouse.model.lineage import starters
from lakehouse.placement.parts import SHARED_PART, stack_id
from lakehouse.targets.erasures import tells_subjects
from stacks.components.access.grants import Grants
from stacks.components.access.personas import grant_domain_readers
from stacks.components.domain.catalog import DomainCatalog
from stacks.components.domain.dataset_resources import DatasetResources
from stacks.components.jobs.domain_jobs import DomainJobs
from stacks.components.jobs.silver_function import SilverFunction
from stacks.components.monitoring.alarms import alarm
from stacks.components.monitoring.paging import page_once
from stacks.components.pipeline.fresh_news import FreshNews
from stacks.components.pipeline.pipeline import Pipeline
from stacks.components.pipeline.silence import alarm_on_silent_schedule, silent_hours
from stacks.features.builder import FeatureBuilder
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, GovernanceResources, IngestionResources


class DomainStack(LakeStack):
    """One part of a domain, deployed by the team that owns it, beside the platform stacks.

    Each part holds the datasets whose contracts place them there. What they share is in the first part: the
    databases and, over the datasets of all parts, the jobs and the pipeline.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        lake: Lake,
        domain: str,
        part: int,
        foundation: FoundationResources,
        governance: GovernanceResources,
        ingestion: IngestionResources,
        features: Mapping[str, FeatureBuilder],
    ) -> None:
        """Build one part of the domain from what `lake` holds of it."""
        super().__init__(
            scope,
            stack_id(domain, part),
            settings=settings,
            description=f"Datasets of the {domain} domain, part {part}",
            indented=False,
        )
        self.tags.set_tag("domain", domain)  # to tell costs of domains apart
        self._lake = lake
        self._domain = domain
        self._foundation = foundation
        self._governance = governance
        self._ingestion = ingestion
        self._features = features
        self._datasets(part, self._shared() if part == SHARED_PART else None)
        name = f"{domain}-alarms" if part == SHARED_PART else f"{domain}-alarms-of-part-{part}"
        page_once(self, name, f"the {domain} domain", foundation.alarm_topic)

    def _shared(self) -> cdk.CfnResource:
        """Build what all parts share, and return what stands for the databases."""
        catalog = DomainCatalog(self, "Catalog", domain=self._domain, governance=self._governance)
        grants, measured = Grants.of(self), sorted(self._layers)
        grants.follow(catalog.tagged)
        self._jobs()
        personas = {name: self._lake.access.personas[name] for name in self.settings.people.personas}
        grant_domain_readers(grants, self, self._domain, personas)
        tables = [*catalog.results(measured), *catalog.runs(measured)]
        if any(map(tells_subjects, self._lake.of_domain(self._domain))):
            tables.append(catalog.erasures())
        catalog.close(measured, after=[*tables, *grants.made])
        return catalog.tagged

    def _datasets(self, part: int, catalog: cdk.CfnResource | None) -> None:
        scope = Construct(self, "Datasets")  # apart, so that no dataset has the name of another construct
        for dataset in self._lake.of_domain(self._domain):
            if dataset.part == part:
                DatasetResources(
                    scope,
                    dataset.name.title(),  # with its underscores, or a_1 and a1 would be one
                    stack=self,
                    dataset=dataset,
                    foundation=self._foundation,
                    governance=self._governance,
                    ingestion=self._ingestion,
                    catalog=catalog,
                    policy=self._lake.access,
                    features=self._features,
                )

    @property
    def _layers(self) -> frozenset[Layer]:
        return frozenset(dataset.layer for dataset in self._lake.of_domain(self._domain))

    def _jobs(self) -> None:
        jobs = DomainJobs(self, lake=self._lake, domain=self._domain, foundation=self._foundation)
        jobs.maintain(self._layers)
        pipeline = Pipeline(
            self,
            "Pipeline",
            name=self.naming.resource(self._domain),
            domain=self._domain,
            steps=jobs.steps,
            function=jobs.function,
            news=self._news(jobs.function),
            topic=self._foundation.alarm_topic,
            logs_key=self._foundation.logs_key,
            keys=self._foundation.keys,
            settings=self.settings.processing,
            on_arrival=any(dataset.ingestion for dataset in self._lake.of_domain(self._domain)),
            after=[self.naming.resource(other) for other in starters(self._lake, self._domain)],
        )
        alarm(
            self,
            "PipelineFailed",
            name=f"{self.naming.resource(self._domain)}-pipeline-failed",
            description=(
                f"A run of {self._domain} failed: read the mail about it, mend the cause, then "
                f"`lake-ops redrive pipeline {self._domain}`"
            ),
            runbook="pipeline-failed",
            namespace="AWS/States",
            metric="ExecutionsFailed",
            dimensions={"StateMachineArn": pipeline.arn},
            statistic="Sum",
            period_seconds=300,
            threshold=0,
            topic=self._foundation.alarm_topic,
        )
        schedule = self.settings.processing.schedule
        if schedule is not None:
            alarm_on_silent_schedule(
                self, self._domain, pipeline.arn, silent_hours(schedule), self._foundation.alarm_topic
            )

    def _news(self, function: SilverFunction | None) -> FreshNews | None:
        settings = self.settings.processing
        if function is None or function.settings.gather_seconds is None:
            return None
        return FreshNews(
            self,
            "FreshNews",
            domain=self._domain,
            function=function,
            seconds=function.settings.gather_seconds,
            parallel=settings.parallel_datasets,
            foundation=self._foundation,
        )
