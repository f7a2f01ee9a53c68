"""`cdk synth` works on a clean clone: no credentials, no network, and clear words when something is wrong."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
NOWHERE = "http://127.0.0.1:9"  # the discard port: whoever asks the network fails at once


def _synthesize(
    root: Path, environment: str, out: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    clean = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [ROOT / "node_modules/.bin/cdk", "synth", "--quiet", "--app", f"{sys.executable} app.py",
         "-c", f"env={environment}", "-o", out],
        cwd=root,
        env={
            **clean,
            "PATH": f"{TOOLS}{os.pathsep}{clean['PATH']}",
            "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE, "https_proxy": NOWHERE, "http_proxy": NOWHERE,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_synthesis_needs_neither_credentials_nor_network(environment: str, tmp_path: Path) -> None:
    # Validation is on: the engine that the CDK embeds and the AwsSolutions pack see every template.
    run = _synthesize(ROOT, environment, tmp_path / "out")
    assert run.returncode == 0, run.stdout + run.stderr
    stacks = list((tmp_path / "out").glob("*.template.json"))
    assert len(stacks) > 6
    assert not [path for path in stacks if not json.loads(path.read_text())["Resources"]]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what synthesis reads."""
    target = tmp_path / "clone"
    for folder in ("config", "contracts", "lakehouse", "stacks", "lambda_src", "glue_scripts"):
        shutil.copytree(ROOT / folder, target / folder)
    for file in ("app.py", "cdk.json"):
        shutil.copy(ROOT / file, target / file)
    return target


def test_broken_settings_and_contracts_are_reported_at_once_and_nothing_is_written(clone: Path) -> None:
    settings = clone / "config/environments/dev.yaml"
    settings.write_text(settings.read_text().replace("buffer_seconds: 60", "bufer_seconds: sixty"))
    orders = clone / "contracts/sales/orders.odcs.yaml"
    orders.write_text(re.sub(r"primaryKey: true", "primaryKey: maybe", orders.read_text(), count=1))
    shutil.copy(
        clone / "contracts/flights/planes.odcs.yaml", clone / "contracts/flights/planes_copy.odcs.yaml"
    )

    run = _synthesize(clone, "dev", clone / "out")

    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "config/environments/dev.yaml" in said
    assert "buffer_seconds" in said  # the nearest valid name
    assert "contracts/sales/orders.odcs.yaml" in said
    assert "contracts/flights/planes_copy.odcs.yaml" in said
    assert "Traceback" not in said
    assert not list((clone / "out").glob("*.template.json"))


def test_unknown_environment_names_those_that_exist(tmp_path: Path) -> None:
    run = _synthesize(ROOT, "staging", tmp_path / "out")
    assert run.returncode != 0
    for name in ("dev", "local", "prod"):
        assert name in run.stderr
