"""`cdk synth` works on a clean clone: no credentials, no network, and clear words when something is wrong."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT as ROOT
from config.load import environment_names
from lakehouse.placement.parts import PLATFORM_STACKS
from tests.fixtures.environments import FIXTURE

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


def _is_synthesized(root: Path, environment: str, out: Path) -> None:
    """Validation is on: the engine that the CDK embeds and the AwsSolutions pack see every template."""
    run = _synthesize(root, environment, out)
    assert run.returncode == 0, run.stdout + run.stderr
    stacks = list(out.glob("*.template.json"))
    assert len(stacks) >= len(PLATFORM_STACKS)
    assert not [path for path in stacks if not json.loads(path.read_text())["Resources"]]


@pytest.mark.parametrize("environment", [name for name in environment_names() if name != "local"])
def test_synthesis_needs_neither_credentials_nor_network(environment: str, tmp_path: Path) -> None:
    _is_synthesized(ROOT, environment, tmp_path / "out")


def test_every_kind_of_dataset_is_valid_when_everything_is_on(clone: Path) -> None:
    _is_synthesized(clone, "live", clone / "out")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what synthesis reads, with the contracts and environments of the fixture project."""
    target = tmp_path / "clone"
    for folder in ("config", "lakehouse", "stacks", "lambda_src", "glue_scripts"):
        shutil.copytree(ROOT / folder, target / folder)
    shutil.rmtree(target / "config" / "environments")
    shutil.copytree(FIXTURE, target, dirs_exist_ok=True)
    for file in ("app.py", "cdk.json"):
        shutil.copy(ROOT / file, target / file)
    (target / ".build").symlink_to(ROOT / ".build")
    return target


def test_broken_settings_and_contracts_are_reported_at_once_and_nothing_is_written(clone: Path) -> None:
    settings = clone / "config/environments/trial.yaml"
    settings.write_text(settings.read_text().replace("buffer_seconds: 61", "bufer_seconds: sixty"))
    orders = clone / "contracts/shop/orders.odcs.yaml"
    orders.write_text(re.sub(r"primaryKey: true", "primaryKey: maybe", orders.read_text(), count=1))
    articles = clone / "contracts/shop/articles.odcs.yaml"
    shutil.copy(articles, articles.with_name("articles_copy.odcs.yaml"))

    run = _synthesize(clone, "trial", clone / "out")

    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "config/environments/trial.yaml" in said
    assert "buffer_seconds" in said  # the nearest valid name
    assert "contracts/shop/orders.odcs.yaml" in said
    assert "contracts/shop/articles_copy.odcs.yaml" in said
    assert "Traceback" not in said
    assert not list((clone / "out").glob("*.template.json"))


def test_what_an_environment_cannot_have_beside_another_or_with_its_drafts_is_reported_at_once(
    clone: Path,
) -> None:
    settings = clone / "config/environments/trial.yaml"
    text = settings.read_text().replace("environment: trial", "environment: trial-2")
    settings.with_name("trial-2.yaml").write_text(text)
    orders = clone / "contracts/shop/orders.odcs.yaml"
    orders.write_text(orders.read_text().replace("status: active", "status: draft"))

    run = _synthesize(clone, "trial", clone / "out")

    assert run.returncode != 0
    assert "config/environments/trial-2.yaml:3: environment: got 'trial-2'" in run.stderr
    assert "contracts/shop/daily_orders.odcs.yaml:6: status: got 'active'; allowed: draft" in run.stderr
    assert "Traceback" not in run.stderr
    assert not list((clone / "out").glob("*.template.json"))


def test_unknown_environment_names_those_that_exist(tmp_path: Path) -> None:
    run = _synthesize(ROOT, "nowhere", tmp_path / "out")
    assert run.returncode != 0
    for name in environment_names():
        assert name in run.stderr
