"""Keeps values of records out of what Spark itself logs of tasks that failed.

What failed is told by the exception that ends the run, whose words `discretion` leaves out. Each JVM has
loggers of its own: these are the driver's. Executors on Glue are others, which no job reaches from here.
"""

from pyspark.sql import SparkSession

QUOTING = (
    "org.apache.spark.executor.Executor",
    "org.apache.spark.scheduler.DAGScheduler",
    "org.apache.spark.scheduler.TaskSchedulerImpl",
    "org.apache.spark.scheduler.TaskSetManager",
    "org.apache.spark.storage.BlockManager",
    "org.apache.spark.util.Utils",
)
"""Loggers that print the exception of a task, which may quote a value that no cast, sum or check took."""


def keep_values_out(session: SparkSession) -> None:
    """Switch off the driver's loggers that would quote values, whatever else is logged."""
    log4j = session.sparkContext._jvm.org.apache.logging.log4j
    for name in QUOTING:
        log4j.core.config.Configurator.setLevel(name, log4j.Level.OFF)
