from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from local.emulator.class_archive import spark_classes


@pytest.mark.spark
def test_session_of_these_tests_takes_its_classes_from_the_archive(spark: SparkSession) -> None:
    jvm = spark.sparkContext._jvm
    assert jvm is not None
    maps = Path(f"/proc/{jvm.java.lang.ProcessHandle.current().pid()}/maps").read_text()
    archives = spark_classes().options[0].partition("=")[2].split(":")
    assert [path for path in archives if str(Path(path).resolve()) not in maps] == []
