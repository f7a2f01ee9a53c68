"""Small functions, and how they are deployed."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from local.emulator.launcher import EmbeddedAws


def zipped(**files: str) -> bytes:
    """An archive of modules; two underscores in a name stand for a slash."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name.replace('__', '/')}.py", text)
    return content.getvalue()


def deploy_function(
    aws: EmbeddedAws, make_role: Callable[..., str], name: str, code: str, **more: Any
) -> str:
    """Deploy code whose `handler` is invoked, and return the function's ARN."""
    role = make_role(f"{name}-role", "lambda.amazonaws.com")
    made = aws.client("lambda").create_function(
        FunctionName=name, Runtime="python3.11", Role=role, Handler="code.handler", Timeout=20,
        Code={"ZipFile": zipped(code=code)}, **more,
    )  # fmt: skip
    return str(made["FunctionArn"])
