"""What the definition of a domain's pipeline is made from."""

from collections.abc import Mapping
from dataclasses import dataclass

MESSAGE_LENGTH = 20_000
"""Characters of a cause that are passed on; Step Functions takes 32,768, SNS 262,144 bytes."""


@dataclass(frozen=True)
class FunctionFacts:
    """The function that brings into silver what is little."""

    name: str
    arn: str
    parallel: int
    """Datasets that it is invoked for at the same time."""


@dataclass(frozen=True)
class PipelineFacts:
    """One domain's pipeline."""

    domain: str
    environment: str
    """Name of the environment, as `lake-ops --env` takes it."""
    title: str
    """Project and environment, as people know them."""
    region: str
    steps: Mapping[str, str]
    """Names of the steps, in order, to the names of their Glue jobs."""
    topic_arn: str
    poll_seconds: int
    """Seconds between two looks at whether another execution has ended."""
    events: Mapping[str, tuple[str, str]]
    """Bucket and prefix of the events about the runs of each step."""
    function: FunctionFacts | None = None
    """None: Glue brings everything into silver."""
