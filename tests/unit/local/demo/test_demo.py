import time
from pathlib import Path

from rich.console import Console

from local.demo.command import exports, write_exports
from local.demo.show import Stages


def test_variables_are_exported_when_they_differ_from_those_present() -> None:
    present = {"AWS_CA_BUNDLE": "/etc/ssl/system.pem", "HOME": "/home/ada"}
    wanted = {"AWS_CA_BUNDLE": "/a folder/lake.pem", "AWS_REGION": "us-east-1", "HOME": "/home/ada"}
    assert exports(wanted, present) == (
        "export AWS_CA_BUNDLE='/a folder/lake.pem'\nexport AWS_REGION=us-east-1\n"
    )


def test_stage_counts_all_its_runs_when_it_comes_again() -> None:
    stages = Stages(Console(quiet=True))
    for _ in range(2):
        with stages("run"):
            time.sleep(0.2)
    assert stages.seconds["run"] >= 0.4


def test_script_of_the_environment_is_its_owners_alone_even_when_there_was_another(tmp_path: Path) -> None:
    script = tmp_path / "environment.sh"
    script.write_text("old")
    script.chmod(0o644)
    write_exports(script, {"AWS_SECRET_ACCESS_KEY": "secret of this start"})
    assert script.stat().st_mode & 0o777 == 0o600
    assert script.read_text() == "export AWS_SECRET_ACCESS_KEY='secret of this start'\n"
