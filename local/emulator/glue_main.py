"""Runs a Glue job's script as its own process: `python glue_main.py SCRIPT ARGUMENT…`.

The process ends when its standard input closes, so that no job outlives the emulator that started it.
Only the standard library is imported, as the script must find nothing here that it would not find on Glue.
"""

import os
import runpy
import sys
import threading


def _end_with_parent() -> None:
    while os.read(0, 1):  # unbuffered: a lock on sys.stdin would abort a script that ends first
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    script = sys.argv[1]
    sys.argv = sys.argv[1:]
    sys.path[0] = os.path.dirname(script)  # noqa: PTH120 - pathlib costs start-up time
    runpy.run_path(script, run_name="__main__")
