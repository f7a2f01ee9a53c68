"""Environment variables of the transform function, and the streams that it routes."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from shared.environment import EnvironmentSettings
from shared.errors import TerminalError

from stream_transform.logic import Routes


@dataclass(frozen=True)
class Settings(EnvironmentSettings):
    """What the stack tells the function."""

    routes_file: str
    """Name of the JSON file that lists the shared streams; a layer puts it on the module path."""
    metrics_namespace: str
    """CloudWatch namespace of what the function counts."""

    def routes(self) -> dict[str, Routes]:
        """Read what shared streams there are, by the name of their delivery stream.

        Raises:
            TerminalError: The file is in no folder of the module path, or not as it is written by the stack.
        """
        found = [file for folder in sys.path if (file := Path(folder) / self.routes_file).is_file()]
        if not found:
            raise TerminalError(f"{self.routes_file} is in no layer; deploy the function's stack again")
        try:
            streams = json.loads(found[0].read_bytes())
            return {
                name: Routes.of(stream["member"], stream["datasets"], unpacks=stream["unpacks"])
                for name, stream in streams.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TerminalError(
                f"{found[0]} is not as the function expects it ({error!r}); deploy its stack again"
            ) from error
