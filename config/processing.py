"""Settings of what brings records into silver and gold, and of when it does."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.section import Section

DEDUPLICATION_MINUTES = 5
"""Minutes for which a FIFO queue takes the same message once, and the least that an arrival must wait.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
"""

LAYERS = (("3.14", "arm64"), ("3.11", "x86_64"))
"""Python and architecture of the layers that `make package` makes."""


class FunctionSettings(Section):
    """The function that brings what is new into silver where it is little: without Spark, in seconds."""

    max_mebibytes: Annotated[int, Field(ge=1, le=4096)]
    """MiB of new objects of a dataset up to which the function takes them, and Glue beyond; a compressed
    object counts as ten times its size."""
    memory_mebibytes: Annotated[int, Field(ge=1024, le=10240)]
    """MiB of memory; with each 1,769 of them comes one more processor."""
    timeout_seconds: Annotated[int, Field(ge=60, le=900)]
    """Seconds after which Lambda stops a run, which it does after 900 at the latest."""
    storage_mebibytes: Annotated[int, Field(ge=512, le=10240)]
    """MiB of `/tmp`."""
    gather_seconds: Annotated[int, Field(ge=1, le=300)] | None
    """Seconds for which new objects of a domain are gathered before the function takes them, so that a burst
    is few runs; null: it waits for the pipeline."""
    python: Literal["3.11", "3.14"]
    """Version of Python: 3.14 on AWS, 3.11 on a laptop, whose own it is."""
    architecture: Literal["arm64", "x86_64"]
    """Kind of processor, with which Python names the layer that `make package` makes."""

    @model_validator(mode="after")
    def _of_a_layer(self) -> Self:
        if (self.python, self.architecture) not in LAYERS:
            pairs = " or ".join(f"python {python} with {machine}" for python, machine in LAYERS)
            raise ValueError(f"{pairs}: for these `make package` makes a layer")
        return self


class ProcessingSettings(Section):
    """Glue jobs and the pipelines that run them."""

    worker_type: Literal["G.1X", "G.2X", "G.4X", "G.8X"]
    """Glue worker type; G.1X has 4 vCPU and 16 GB of memory."""
    workers: Annotated[int, Field(ge=2)]
    """Most workers of each job, which takes fewer where fewer will do; Spark on Glue needs two at least."""
    flex_jobs: tuple[Literal["silver", "gold", "maintenance"], ...]
    """Jobs that run on spare capacity (Flex): a third cheaper, and they may wait for it or lose it, so not
    those whose data is urgent. Of G.1X and G.2X only."""
    timeout_minutes: Annotated[int, Field(ge=1, le=2880)]
    """Minutes after which Glue stops a job run."""
    parallel_datasets: Annotated[int, Field(ge=1)]
    """Datasets that are worked on at the same time, by one Spark session or by runs of the function."""
    function: FunctionSettings | None
    """The function that takes over from Glue where little is new; null: Glue does everything."""
    schedule: Annotated[str, Field(pattern=r"^(rate|cron)\(.+\)$")] | None
    """EventBridge expression, such as `rate(1 hour)`, that starts each domain's pipeline; null: by hand."""
    arrival_minutes: Annotated[int, Field(ge=DEDUPLICATION_MINUTES, le=15)] | None
    """Minutes from the first news for a domain to the start of its pipeline, which takes all that came
    meanwhile. News is an object in bronze, or the end of the pipeline of a domain that it reads; null:
    neither starts anything. May be set beside `schedule`."""

    @model_validator(mode="after")
    def _flexible(self) -> Self:
        """https://docs.aws.amazon.com/glue/latest/dg/add-job.html tells which workers Flex has."""
        if self.flex_jobs and self.worker_type not in ("G.1X", "G.2X"):
            raise ValueError("worker_type G.1X or G.2X where flex_jobs names any: Flex has no others")
        return self

    @model_validator(mode="after")
    def _taken_over(self) -> Self:
        if self.function and self.function.gather_seconds is not None and self.arrival_minutes is None:
            raise ValueError(
                "arrival_minutes where function.gather_seconds is set: the pipeline that it starts takes "
                "what the function leaves"
            )
        return self
