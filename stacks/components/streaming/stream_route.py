"""What goes through a stream, where to, and what becomes of it on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_

from stacks.components.streaming.parquet_conversion import ParquetConversion

LOG_STREAM = "delivery"
"""Log stream to which a Firehose writes what it could not do."""


@dataclass(frozen=True)
class Transform:
    """The function that Firehose hands records to before it delivers them; it ends each with a newline."""

    function: lambda_.IFunction
    buffer_mebibytes: str
    """MiB of records in one invocation, 0.2 to 3: request and answer may have 6 MB each.

    https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
    """


@dataclass(frozen=True)
class Route:
    """What goes through a stream, and where to."""

    name: str
    """Name of the stream and of its Firehose."""
    subject: str
    """Whose records they are, as messages put it."""
    prefix: str
    """Folder of the objects in bronze, as Firehose writes it."""
    folders: Sequence[str]
    """Every folder that the prefix may stand for."""
    errors: str
    """Folder of what could not be delivered."""
    shards: int | None
    """None: on demand."""
    transform: Transform | None = None
    conversion: ParquetConversion | None = None

    @property
    def by_content(self) -> bool:
        """Whether the folder depends on the record."""
        return "!{" in self.prefix

    @property
    def log_group(self) -> str:
        """Name of the log group of the Firehose."""
        return f"/aws/kinesisfirehose/{self.name}"
