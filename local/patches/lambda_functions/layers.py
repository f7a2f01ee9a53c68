"""Functions share what their layers hold, which is unzipped once.

ministack 1.5.33 unzips the layers of a function for each of its processes, which takes seconds and hundreds
of megabytes where a layer is as large as Lambda takes. Lambda shows each function its layers read-only.
https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html

Proven by `tests/local/patches/lambda_functions/test_layers.py`.
"""

import os
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_DIRECTORIES = "_LAMBDA_LAYERS_DIRS"
"""Where a Python process looks for layers, whoever put them there."""

_emulator_spawn = lambda_runtime.Worker._spawn


def apply() -> None:
    """Start processes with layers that are there already."""
    lambda_runtime.Worker._spawn = _spawn


def _spawn(worker: Any) -> None:
    given = worker.config
    if given.get("Layers") and str(given.get("Runtime", "")).startswith("python"):
        worker.config = _with_directories(given)
    try:
        _emulator_spawn(worker)
    finally:
        worker.config = given


def _with_directories(config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration with folders in place of layers."""
    zipped = (lambda_svc._resolve_layer_zip(layer) for layer in config["Layers"])
    folders = [lambda_svc._docker_extracted_dir(each, "layer") for each in zipped if each]
    variables = {**config.get("Environment", {}).get("Variables", {}), _DIRECTORIES: os.pathsep.join(folders)}
    return {**config, "Layers": [], "Environment": {"Variables": variables}}
