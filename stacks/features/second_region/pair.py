"""What the two sides know of each other: names, by the rule that both keep."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from config.naming import Naming
from lakehouse.layout.paths import UNROUTED
from lakehouse.model.dataset import Layer

REPLICATED: Mapping[Layer, str] = {Layer.BRONZE: "", Layer.QUARANTINE: UNROUTED}
"""Prefixes of what is made of nothing else, by layer, whose name is its bucket's: what arrived, and files of
which no contract speaks.

Tables are made again of it. A copy of their files would be of no use: metadata of Iceberg name every file by
its bucket, which is the first region's. https://iceberg.apache.org/spec/#table-metadata
"""

RULE = "second-region"
"""Id of the replication rule of each bucket, by which CloudWatch knows it."""


@dataclass(frozen=True)
class Pair:
    """Names of this environment, and of the other one."""

    here: Naming
    there: Naming

    @classmethod
    def of(cls, here: Naming, environment: str, region: str) -> Self:
        """Return the pair of an environment with another one of its account."""
        return cls(here, replace(here, environment=environment, region=region, masking_key_of=None))

    @property
    def role_there(self) -> str:
        """Name of the role by which S3 replicates from there."""
        return role_name(self.there)

    def key_alias(self, layer: Layer) -> str:
        """Alias of the key of a layer there."""
        return f"alias/{self.there.resource(layer)}"

    def dimensions(self, layer: Layer, *, sends: bool) -> Mapping[str, str]:
        """Dimensions of the metrics of a rule, of which this side `sends` or receives.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
        """
        source, destination = (self.here, self.there) if sends else (self.there, self.here)
        return {
            "SourceBucket": source.bucket(layer),
            "DestinationBucket": destination.bucket(layer),
            "RuleId": RULE,
        }


def role_name(naming: Naming) -> str:
    """Name of the role by which S3 replicates from an environment."""
    return naming.resource("replication")
