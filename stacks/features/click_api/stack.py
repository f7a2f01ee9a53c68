"""What the APIs add: one to each dataset that names the feature, and what all of them share."""

from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from lakehouse.model.dataset import Dataset, Lake, Layer
from stacks.features.builder import FeatureBuilder
from stacks.features.click_api.api import ClickApi
from stacks.features.click_api.logging_role import ApiLogging
from stacks.features.click_api.responses import TOO_MANY
from stacks.features.click_api.settings import ClickApiSettings
from stacks.features.click_api.source import NAME
from stacks.features.click_api.web_acl import WebAcl
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources


class Builder(FeatureBuilder):
    """Adds nothing to a lake without APIs."""

    def __init__(self, section: ClickApiSettings) -> None:
        """Take the limits of the APIs."""
        self._limits = section
        self._web_acl_arn: str | None = None

    def share(self, stack: LakeStack, lake: Lake) -> None:
        """Add the role by which API Gateway logs, and the web ACL, as far as the settings want them."""
        sources = (each.ingestion.source for each in lake.datasets if each.ingestion)
        if not any(source and source.feature == NAME for source in sources):
            return
        if self._limits.logging_role:
            ApiLogging(stack, "ApiLogging")
        requests = self._limits.requests_per_address
        if requests is not None:
            self._web_acl_arn = WebAcl(stack, "WebAcl", stack=stack, requests=requests, message=TOO_MANY).arn

    def bring(
        self,
        scope: Construct,
        *,
        stack: LakeStack,
        dataset: Dataset,
        stream: kinesis.IStream | None,
        foundation: FoundationResources,
    ) -> None:
        """Add the API of a dataset.

        Raises:
            TypeError: The dataset has no stream of its own, which its contract is checked for.
        """
        if stream is None:
            raise TypeError(f"{dataset.id} has no stream of its own for an API to put records on")
        ClickApi(
            scope,
            "Door",
            stack=stack,
            dataset=dataset,
            stream=stream,
            stream_key=foundation.keys[Layer.BRONZE],
            logs_key=foundation.logs_key,
            alarm_topic=foundation.alarm_topic,
            limits=self._limits,
            web_acl_arn=self._web_acl_arn,
        )
