"""Records as fast as it can on a virtual clock, until it is killed; run by test_killed.py.

Reads data folders, one a line; for each it forks a process that records there
(loading everything anew would take longer than the recording).  Says ``writer
<process id>``, ``committed <seconds>`` after each commit, ``ended``.
"""

import os
import sys
from pathlib import Path

from recording.scenes import begin, record_second

from midback.recording import Store


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def write_for_ever(folder: Path) -> None:
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        for second in range(10**6):
            record_second(writer, second)
            say(f"committed {second + 1}")


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            write_for_ever(Path(line.strip()))
            os._exit(1)
        say(f"writer {child}")
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
