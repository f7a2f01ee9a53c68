"""The record of a Glue job's runs."""

from lakehouse_etl.contract.manifest import Manifest
from lakehouse_etl.job import aws
from lakehouse_etl.job.runtime import JobArgs
from lakehouse_etl.lineage.recorder import Origin, Recorder


def recorder(args: JobArgs, domain: Manifest, spark: str, layer: str, step: str) -> Recorder:
    """Return what records the runs of a job, which Spark of this version runs for a step of the pipeline."""
    origin = Origin("Glue", spark, args.run_id, args.code_version, args.parent, step)
    return Recorder(domain.lineage, aws.storage_of(domain.lineage.events[layer]), domain.domain, origin)
