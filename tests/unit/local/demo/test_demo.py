import time

from rich.console import Console

from local.demo.show import Stages


def test_stage_counts_all_its_runs_when_it_comes_again() -> None:
    stages = Stages(Console(quiet=True))
    for _ in range(2):
        with stages("run"):
            time.sleep(0.2)
    assert stages.seconds["run"] >= 0.4
