"""How much of a CloudFormation template something takes."""

from dataclasses import dataclass

RESOURCES_MAX = 500
BYTES_MAX = 1_000_000
"""Resources and size of one template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


@dataclass(frozen=True)
class Size:
    """Resources, and bytes of JSON."""

    resources: int = 0
    bytes: int = 0

    def __add__(self, other: "Size") -> "Size":
        """Both together."""
        return Size(self.resources + other.resources, self.bytes + other.bytes)

    def within(self, share: float) -> bool:
        """Whether it fits into this share of a template."""
        return self.resources <= share * RESOURCES_MAX and self.bytes <= share * BYTES_MAX
