"""What Spark is told about a lake in a folder with a blank in its name."""

import shlex
from pathlib import Path

from local.emulator import tls
from local.emulator.spark import write_settings


def test_options_of_the_jvm_stay_whole_when_the_folder_has_a_blank(tmp_path: Path) -> None:
    folder = tmp_path / "my lake"
    folder.mkdir()
    material = tls.issue(folder)
    path = write_settings(folder, "https://localhost:1", "eu-west-1", material, ("-Xshare:auto",))
    settings = dict(line.split(" ", 1) for line in path.read_text().splitlines())
    options = shlex.split(settings["spark.driver.extraJavaOptions"])
    assert f"-Djavax.net.ssl.trustStore={material.trust_store}" in options
    assert f"-Djava.io.tmpdir={folder}/spark" in options
    assert f"-Dlog4j2.configurationFile=file://{tmp_path}/my%20lake/spark-conf/log4j2.properties" in options
    assert options[-1] == "-Xshare:auto"
