"""Every environment is synthesized once, in this process, with the context that the command line reads."""

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from config.load import environment_names, load_settings
from config.settings import Settings
from lakehouse.model import Lake
from lakehouse.odcs import load_lake
from stacks.lake import build_lake

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = environment_names(ROOT)

Templates = dict[str, dict[str, Any]]
Resources = Callable[..., Iterator[tuple[str, dict[str, Any]]]]

os.environ["CDK_VALIDATION"] = "false"  # the engine takes seconds; the synthesis test runs it


@pytest.fixture(scope="session")
def build_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., cdk.App]:
    """Build the app of an environment without synthesizing it; with the project's lake unless told.

    `settings` are others than those of its file.
    """

    def build(
        environment: str, lake: Lake | None = None, *, settings: Settings | None = None, **context: str
    ) -> cdk.App:
        flags = json.loads((ROOT / "cdk.json").read_text())["context"]
        outdir = tmp_path_factory.mktemp(f"{environment}-assembly")
        app = cdk.App(outdir=str(outdir), context={**flags, **context})
        build_lake(app, settings or load_settings(environment, ROOT), lake or load_lake(ROOT))
        return app

    return build


@pytest.fixture(scope="session")
def assemble(build_app: Callable[..., cdk.App]) -> Callable[..., Path]:
    """Folder with the cloud assembly of an environment."""

    @cache
    def folder(environment: str, lake: Lake | None = None, **context: str) -> Path:
        return Path(build_app(environment, lake, **context).synth().directory)

    return folder


@pytest.fixture(scope="session")
def synthesize(assemble: Callable[..., Path]) -> Callable[..., Templates]:
    """Templates of an environment, by stack."""

    @cache
    def templates(environment: str, lake: Lake | None = None, **context: str) -> Templates:
        files = assemble(environment, lake, **context).glob("*.template.json")
        return {file.name.removesuffix(".template.json"): json.loads(file.read_text()) for file in files}

    return templates


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def templates(request: pytest.FixtureRequest, synthesize: Callable[..., Templates]) -> Templates:
    """Templates of each environment in turn."""
    return synthesize(request.param)


@pytest.fixture(scope="session")
def resources(templates: Templates) -> Resources:
    """Iterate over `(stack/logical id, resource)` of some types, or of all."""

    def of_types(*types: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for stack, template in templates.items():
            for logical_id, resource in template["Resources"].items():
                if not types or resource["Type"] in types:
                    yield f"{stack}/{logical_id}", resource

    return of_types
