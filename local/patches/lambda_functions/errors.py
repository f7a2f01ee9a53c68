"""A function that fails says with which error, by the name of its class.

ministack 1.5.33 answers `Runtime.HandlerError` whatever a function in Python raises. Lambda answers the name
of the class: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html

Proven by `tests/local/patches/lambda_functions/test_errors.py`.
"""

from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_TOLD = '"error": str(e), "trace"'
_ANY = "Runtime.HandlerError"

_name: ContextVar[str] = ContextVar("_name", default="")
_emulator_invoke = lambda_runtime.Worker.invoke
_emulator_execute = lambda_svc._execute_function_warm


def apply() -> None:
    """Have processes tell the name, and pass it on.

    Raises:
        ValueError: The program that processes run is another one.
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_TOLD) != 1:
        raise ValueError(f"the emulator's program for functions in Python does not tell {_TOLD}")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_TOLD, f'"error_type": type(e).__name__, {_TOLD}')
    lambda_runtime.Worker.invoke = _invoke
    lambda_svc._execute_function_warm = _execute


def _invoke(worker: Any, *given: Any, **more: Any) -> Any:
    answer = _emulator_invoke(worker, *given, **more)
    _name.set(answer.get("error_type", ""))
    return answer


def _execute(*given: Any) -> Any:
    _name.set("")
    answer = _emulator_execute(*given)
    body = answer.get("body")
    if answer.get("error") and isinstance(body, dict) and body.get("errorType") == _ANY and _name.get():
        body["errorType"] = _name.get()
    return answer
