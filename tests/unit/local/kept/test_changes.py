"""What is deployed is what differs, and nothing is synthesized when no file has changed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.emulator.launcher import EmbeddedAws
from local.kept.changes import deploy_changes, selected
from local.lake import deployment
from local.lake.lake import LocalLake
from tests.fixtures.environments import copy_environment
from tests.unit.lakehouse.project import Project, source

Calls = list[tuple[str, ...]]


@pytest.fixture
def lake(tmp_path: Path) -> LocalLake:
    project = Project(tmp_path / "project")
    project.write(source())
    copy_environment("local", project.root)
    aws = EmbeddedAws(tmp_path / "aws", port=0)
    aws.directory.mkdir()
    return LocalLake(aws, project.root, ("shop",))


@pytest.fixture
def templates() -> dict[str, str]:
    return {"Storage": "a", "DomainShop": "b"}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, templates: dict[str, str]) -> Calls:
    """What the CDK is asked to do; templates are what the test says."""
    made: Calls = []

    def synthesize(_environment: str, assembly: Path, _root: Path, select: tuple[str, ...]) -> None:
        made.append(("synth", *select))
        assembly.mkdir()
        artifacts = {
            name: {"type": "aws:cloudformation:stack", "properties": {"templateFile": f"{name}.json"}}
            for name in templates
        }
        (assembly / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
        for name, text in templates.items():
            (assembly / f"{name}.json").write_text(text)
            (assembly / f"{name}.assets.json").write_text("")

    monkeypatch.setattr(deployment, "synthesize", synthesize)
    monkeypatch.setattr(deployment, "bootstrap", lambda _: made.append(("bootstrap",)))
    monkeypatch.setattr(
        deployment, "deploy", lambda _aws, _assembly, stacks=(): made.append(("deploy", *stacks))
    )
    return made


@contextmanager
def _stages(_: str) -> Iterator[None]:
    yield


def test_everything_is_deployed_at_first(lake: LocalLake, calls: Calls) -> None:
    deploy_changes(lake, _stages)
    assert calls == [("synth", "shop"), ("bootstrap",), ("deploy",)]
    assert selected(lake.aws.directory) == ("shop",)


def test_nothing_is_done_when_no_file_has_changed(lake: LocalLake, calls: Calls) -> None:
    deploy_changes(lake, _stages)
    calls.clear()
    assert deploy_changes(lake, _stages) == []
    assert calls == []


def _edit(lake: LocalLake) -> None:
    path = lake.root / "contracts" / "shop" / "orders.odcs.yaml"
    path.write_text(path.read_text() + "# edited\n")


def _select(lake: LocalLake) -> None:
    lake.select = ("shop", "zoo")


@pytest.mark.parametrize("change", [_edit, _select])
def test_stacks_that_differ_are_deployed_alone(
    change: Callable[[LocalLake], None], lake: LocalLake, calls: Calls, templates: dict[str, str]
) -> None:
    deploy_changes(lake, _stages)
    calls.clear()
    change(lake)
    templates |= {"DomainShop": "c", "DomainZoo": "d"}
    assert deploy_changes(lake, _stages) == ["DomainShop", "DomainZoo"]
    assert calls == [("synth", *lake.select), ("deploy", "DomainShop", "DomainZoo")]
    calls.clear()
    assert deploy_changes(lake, _stages) == []


def test_nothing_is_deployed_when_an_edit_changes_no_template(lake: LocalLake, calls: Calls) -> None:
    deploy_changes(lake, _stages)
    calls.clear()
    _edit(lake)
    assert deploy_changes(lake, _stages) == []
    assert calls == [("synth", "shop")]


def test_what_was_not_deployed_is_tried_again(
    lake: LocalLake, calls: Calls, templates: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy_changes(lake, _stages)
    _edit(lake)
    templates["DomainShop"] = "c"

    def fail(*_: object) -> None:
        raise deployment.DeploymentError("refused")

    with monkeypatch.context() as broken:
        broken.setattr(deployment, "deploy", fail)
        with pytest.raises(deployment.DeploymentError):
            deploy_changes(lake, _stages)
    assert deploy_changes(lake, _stages) == ["DomainShop"]
