"""The emulator's process: ministack with the patches of `local.patches`, behind TLS on a given socket.

Started by `local.emulator` as `python -m local.server SOCKET`.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app

from local import control, patches

_OPEN_FILES = 65536


async def gateway(scope: Any, receive: Any, send: Any) -> None:
    """Answer the launcher's own requests below `/_lake/`, and leave all others to the emulator."""
    if scope["type"] != "http" or not scope["path"].startswith("/_lake/"):
        await app(scope, receive, send)
        return
    action = control.ACTIONS.get((scope["method"], scope["path"]))
    status, answer = (404, None) if action is None else (200, await asyncio.to_thread(action))
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def _end_with_parent() -> None:
    """Kill this whole process group when the starter's end of the pipe on standard input closes."""
    while os.read(0, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


async def _run(file_descriptor: int) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    config = Config()
    config.bind = [f"fd://{file_descriptor}"]
    config.certfile = os.environ["MINISTACK_SSL_CERT"]
    config.keyfile = os.environ["MINISTACK_SSL_KEY"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    never = asyncio.Event()  # hypercorn would otherwise take over the signal
    server = asyncio.create_task(serve(gateway, config, shutdown_trigger=never.wait))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((server, stopped), return_when=asyncio.FIRST_COMPLETED)
    if server.done():
        server.result()
    for finish in control.ON_STOP:
        await asyncio.to_thread(finish)
    os._exit(0)  # threads of the emulator that wait for clients must not delay the end


def main() -> None:
    """Serve until SIGTERM, or until the starter is gone."""
    if os.getpgrp() == os.getpid():
        threading.Thread(target=_end_with_parent, daemon=True).start()
    patches.apply()
    asyncio.run(_run(int(sys.argv[1])))


if __name__ == "__main__":
    main()
