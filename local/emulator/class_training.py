"""What Spark does in jobs, once on a table of two rows, so that its classes can be archived.

Run as a job is; the JVM ends by itself, as it writes the archive then. Nobody listens where the catalog and
S3 are looked for: their clients are loaded all the same.
"""

from contextlib import suppress

from py4j.protocol import Py4JJavaError
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

_JVM_SECONDS = 120
_TABLE = "trained.d.t"
_STATEMENTS = (
    "CREATE TABLE trained.d.t (k string, n bigint, at timestamp, tags array<string>) USING iceberg "
    "PARTITIONED BY (days(at)) TBLPROPERTIES ('write.merge.mode'='copy-on-write', 'format-version'='2')",
    "MERGE INTO trained.d.t t USING fresh f ON t.k = f.k "
    "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
    "ALTER TABLE trained.d.t SET TBLPROPERTIES ('a'='b')",
    "ALTER TABLE trained.d.t CREATE BRANCH b",
    "ALTER TABLE trained.d.t DROP BRANCH b",
    "CALL trained.system.rewrite_data_files(table => 'trained.d.t')",
    "CALL trained.system.expire_snapshots(table => 'trained.d.t', retain_last => 1)",
)
_QUERIES = (
    "SELECT k, sum(n) AS n, max(at) AS at, row_number() OVER (ORDER BY k) AS r FROM trained.d.t GROUP BY k",
    "SELECT t.k FROM trained.d.t t LEFT ANTI JOIN fresh f ON t.k = f.k WHERE year(t.at) > 2020",
    "SELECT * FROM trained.d.t.snapshots",
    "SELECT * FROM trained.d.t.files",
)
_OUT_OF_REACH = ("SHOW TABLES IN glue_catalog.d", "SELECT * FROM text.`s3://nowhere/x`")


def main() -> None:
    """Do it all, and wait until the JVM has ended."""
    session = SparkSession.builder.getOrCreate()
    fresh = session.createDataFrame([("a", 1), ("b", 2)], "k string, n bigint").selectExpr(
        "k", "n", "timestamp'2026-01-01 00:00:00' AS at", "array(k) AS tags"
    )
    fresh = fresh.mapInArrow(lambda batches: batches, fresh.schema)
    fresh.createOrReplaceTempView("fresh")
    create, *changes = _STATEMENTS
    session.sql(create)
    fresh.writeTo(_TABLE).append()
    fresh.writeTo(_TABLE).overwritePartitions()
    for statement in changes:
        session.sql(statement).collect()
    for query in _QUERIES:
        session.sql(query).collect()
    for query in _OUT_OF_REACH:
        with suppress(PySparkException, Py4JJavaError):  # as is told above
            session.sql(query).collect()
    _end(session)


def _end(session: SparkSession) -> None:
    gateway = SparkContext._gateway
    session.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()  # which the JVM waits for
    gateway.proc.wait(_JVM_SECONDS)


if __name__ == "__main__":
    main()
