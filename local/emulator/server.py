"""The emulator's process: ministack with the patches of `local.patches`, behind TLS on a given socket.

Started by `local.emulator.launcher` as `python -m local.emulator.server SOCKET`, with its secrets as the
first line of standard input.
"""

import asyncio
import os
import signal
import sys
import threading
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from local import patches
from local.emulator import control
from local.emulator.gateway import Gateway
from local.emulator.root import RootSecrets
from local.services import registry
from local.services.service import Service

_OPEN_FILES = 65536


def _end_with_parent() -> None:
    """Kill this whole process group when the starter's end of the pipe on standard input closes."""
    while os.read(0, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


async def _run(file_descriptor: int, token: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    config = Config()
    config.bind = [f"fd://{file_descriptor}"]
    config.certfile = os.environ["MINISTACK_SSL_CERT"]
    config.keyfile = os.environ["MINISTACK_SSL_KEY"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    never = asyncio.Event()  # hypercorn would otherwise take over the signal
    server = asyncio.create_task(serve(Gateway(token), config, shutdown_trigger=never.wait))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((server, stopped), return_when=asyncio.FIRST_COMPLETED)
    if server.done():
        server.result()
    for finish in control.ON_STOP:
        await asyncio.to_thread(finish)
    os._exit(0)  # threads of the emulator that wait for clients must not delay the end


def main(*more: type[Service[Any]]) -> None:
    """Serve until SIGTERM, or until the starter is gone; `more` are services beside those of features."""
    root = RootSecrets.read(sys.stdin.buffer.readline())
    os.environ.update(root.variables)  # the emulator's root user, and that of the clients in this process
    if os.getpgrp() == os.getpid():
        threading.Thread(target=_end_with_parent, daemon=True).start()
    patches.apply()
    registry.apply(*more)
    asyncio.run(_run(int(sys.argv[1]), root.control))


if __name__ == "__main__":
    main()
