"""Functions run with the libraries of the lock: whatever Lambda bundles, they find none of it."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from stacks.components.functions.runtime_layer import DISTRIBUTIONS, LAMBDA_SRC, services, stage_layer
from tests.fixtures.environments import LIVE, OWN

LAYER_MAX = 12_000_000
"""Bytes: a cold start unpacks and reads them."""

ISOLATED = """
import importlib, json, os, sys
sys.path[:0] = json.loads(sys.argv[1])
os.environ.update(json.loads(sys.argv[3]), AWS_DEFAULT_REGION="eu-west-1")
importlib.import_module(sys.argv[2])
import boto3
for service in json.loads(sys.argv[4]):
    client = boto3.client(service, aws_access_key_id="a", aws_secret_access_key="b")
    client.get_paginator, client.meta.endpoint_url
print(json.dumps({name: module.__file__ for name, module in sys.modules.items()
                  if getattr(module, "__file__", None)}))
"""


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage_layer(tmp_path_factory.mktemp("layer") / "layer") / "python"


def test_handler_runs_with_nothing_but_the_layer_and_its_code(
    synthesize: Callable[..., Any], layer: Path
) -> None:
    """The interpreter has no site-packages, and so none of what Lambda adds to it."""
    handlers = {
        resource["Properties"]["Handler"].rpartition(".")[0]
        for environment in (LIVE, *OWN)
        for template in synthesize(environment).values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
        if (LAMBDA_SRC / resource["Properties"]["Handler"].partition(".")[0]).is_dir()
    }
    assert handlers
    for module in handlers:
        paths = [str(layer), str(LAMBDA_SRC)]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", ISOLATED, json.dumps(paths), module,
             json.dumps({"POWERTOOLS_SERVICE_NAME": "test", "POWERTOOLS_METRICS_NAMESPACE": "test"}),
             json.dumps(sorted(services()))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        files = json.loads(done.stdout)
        assert files["botocore"].startswith(str(layer))
        assert not [file for file in files.values() if "site-packages" in file]


def test_layer_holds_the_models_of_the_services_that_functions_call_and_no_other(layer: Path) -> None:
    called = {
        node.args[0].value
        for path in LAMBDA_SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("boto3.client", "boto3.resource")
        if isinstance(node.args[0], ast.Constant)
    }
    assert called
    assert {path.name for path in (layer / "botocore" / "data").iterdir() if path.is_dir()} == called


def test_function_names_each_service_of_its_clients_where_the_layer_looks_for_it() -> None:
    for path in LAMBDA_SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".client", ".resource")):
                assert ast.unparse(node.func) in ("boto3.client", "boto3.resource"), path
                assert isinstance(node.args[0], ast.Constant), path


def test_layer_is_complete_by_what_its_packages_require() -> None:
    needed = {
        requirement.name
        for name in DISTRIBUTIONS
        for requirement in map(Requirement, metadata.requires(name) or [])
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }
    assert needed <= set(DISTRIBUTIONS)


def test_layer_is_pure_python_with_licences_and_small(layer: Path) -> None:
    files = [path for path in layer.rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix in (".so", ".pyc")]
    assert sum(path.stat().st_size for path in files) < LAYER_MAX
    for name in DISTRIBUTIONS:
        about = layer / f"{name.replace('-', '_')}-{metadata.version(name)}.dist-info"
        assert (about / "METADATA").exists(), name
        assert [path for path in about.rglob("*") if path.name.upper().startswith("LICENSE")], name


def test_layer_is_made_anew_when_an_older_one_lies_there(tmp_path: Path) -> None:
    old = tmp_path / "layer" / "python" / "botocore" / "data" / "gone" / "service-2.json.gz"
    old.parent.mkdir(parents=True)
    old.touch()
    assert (stage_layer(tmp_path / "layer") / "python" / "boto3").is_dir()
    assert not old.exists()
