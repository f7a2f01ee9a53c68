"""Athena: a work group for each persona."""

from aws_cdk import aws_athena as athena
from constructs import Construct

from config.settings import Settings
from lakehouse.model.dataset import Layer
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_GIBIBYTE = 1024**3


class AnalyticsStack(LakeStack):
    """Work groups that enforce where results go, how they are encrypted and how much a query may scan."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        foundation: FoundationResources,
    ) -> None:
        """Build for the personas of the settings."""
        super().__init__(scope, construct_id, settings=settings, description="Athena work groups")
        key = foundation.keys[Layer.GOLD].key_arn
        for persona, limit in settings.analytics.scan_limit_gib.items():
            self._workgroup(persona, limit, key)

    def _workgroup(self, persona: str, limit_gib: int, key_arn: str) -> None:
        group = athena.CfnWorkGroup
        group(
            self,
            f"{persona.title().replace('_', '')}WorkGroup",
            name=self.naming.resource(persona),
            description=f"Queries of the {persona} persona",
            recursive_delete_option=self.settings.disposable,
            work_group_configuration=group.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=limit_gib * _GIBIBYTE,
                engine_version=group.EngineVersionProperty(selected_engine_version="Athena engine version 3"),
                result_configuration=group.ResultConfigurationProperty(
                    output_location=f"s3://{self.naming.bucket('query-results')}/{persona}/",
                    encryption_configuration=group.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=key_arn
                    ),
                ),
            ),
        )
