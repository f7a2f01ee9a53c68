"""Puts local services into the emulator, behind its check of signatures; unknown services are refused.

The emulator finds a service by the name that its requests are signed for. The tables named here are those of
ministack 1.5.33.

Proven by `tests/local/services`.
"""

import pkgutil
from importlib import import_module
from typing import Any

from ministack import app
from ministack.core import iam_actions, router

from local import features
from local.services import cloudformation, unknown
from local.services.handler import RAW_PATH, Handler
from local.services.lakeformation.service import LakeFormation
from local.services.model import UnsuitableServiceError
from local.services.ram.service import ResourceAccessManager
from local.services.service import Service

_CORE: tuple[type[Service[Any]], ...] = (LakeFormation, ResourceAccessManager)
"""Lake Formation, which every lake needs whatever its features, and what it needs itself."""

_local: set[str] = set()
_emulator_action = iam_actions.extract_iam_action
_emulator_pin = app.pin_signed_request


def apply(*more: type[Service[Any]]) -> None:
    """Add the core's services, those of features, and more.

    Must run after the patches and before the first request.

    Raises:
        UnsuitableServiceError: A service does not fit its model.
    """
    global _emulator_action  # noqa: PLW0603 (as the patches left it)
    _emulator_action = iam_actions.extract_iam_action
    iam_actions.extract_iam_action = _action
    app.pin_signed_request = _pin
    app.SERVICE_HANDLERS = unknown.Handlers(app.SERVICE_HANDLERS)
    for service in [*_CORE, *_found(), *more]:
        register(service())
    cloudformation.apply()


def register(service: Service[Any]) -> None:
    """Add a service.

    Raises:
        UnsuitableServiceError: It does not fit its model, or its name is taken.
    """
    handler = Handler(service)
    if dict.get(app.SERVICE_HANDLERS, handler.scope):
        raise UnsuitableServiceError(
            f"{service.model}: the embedded AWS has a service whose requests are signed for {handler.scope}; "
            "complete that one by a patch"
        )
    router.SERVICE_PATTERNS[handler.scope] = {"credential_scope": handler.scope}
    iam_actions.SERVICE_TO_IAM_NAMESPACE[handler.scope] = handler.namespace
    iam_actions._BOTOCORE_SERVICE_MAP[handler.scope] = [service.model]  # for the tags of its requests
    app.SERVICE_HANDLERS[handler.scope] = handler
    _local.add(handler.scope)
    for kind in service.resource_types:
        cloudformation.register(service.model, kind)
    service.start()


def _found() -> list[type[Service[Any]]]:
    names = sorted(each.name for each in pkgutil.iter_modules(features.__path__))
    modules = [import_module(f"{features.__name__}.{name}") for name in names]
    return [service for module in modules for service in getattr(module, "SERVICES", ())]


def _action(service: str, *request: Any) -> str | None:
    """None for a local service, which asks IAM itself, and for one that there is not.

    The emulator then checks the signature alone.
    """
    if service in _local or dict.get(app.SERVICE_HANDLERS, service) is None:
        return None
    found: str | None = _emulator_action(service, *request)
    return found


def _pin(method: str, raw_path: str, *request: Any, **more: Any) -> None:
    RAW_PATH.set(raw_path)
    _emulator_pin(method, raw_path, *request, **more)
