"""Records as fast as it can on a virtual clock, until it is killed; run by test_killed.py.

Reads data folders, one a line; for each it forks a process that records there
(loading everything anew would take longer than the recording).  Says ``writer
<process id>``, ``committed <seconds>`` after each commit, ``ended``.  With the
argument ``epochs`` it saves pages of the clip's log between the seconds, and counts
them.
"""

import os
import sys
from pathlib import Path

from recording.scenes import begin, record_second
from recording.worn_clip import WornClip, mark, save

from midback.recording import Store

PAGE = 7


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def write_for_ever(folder: Path) -> None:
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        for second in range(10**6):
            record_second(writer, second)
            say(f"committed {second + 1}")


def save_for_ever(folder: Path) -> None:
    """A page of the log in each second of recording."""
    with Store.open(folder, write=True) as store:
        writer, clip = begin(store), WornClip()
        for page in range(10**6):
            record_second(writer, page)
            mark(store, clip, clip.now_s)
            save(store, clip.wear(PAGE), clip.now_s)
            say(f"committed {page + 1}")


def main() -> None:
    work = save_for_ever if sys.argv[1:] == ["epochs"] else write_for_ever
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(Path(line.strip()))
            os._exit(1)
        say(f"writer {child}")
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
