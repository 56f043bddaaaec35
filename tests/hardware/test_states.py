"""The diagram of states in hardware.md, against what the firmware was shown to do."""

import re

from firmware.check_power import WAYS
from hardware.tables import HARDWARE

from clip_firmware.power import STATES

SHORT = {"calling fast": "fast", "calling slow": "slow"}


def drawn() -> set[tuple[str, str]]:
    text = HARDWARE.read_text(encoding="utf-8")
    diagram = text[text.index("```mermaid") :].split("```")[1]
    edges = re.findall(r"^ *(\S+) --> (\S+): ", diagram, re.MULTILINE)
    return {(before, after) for before, after in edges if "[*]" not in (before, after)}


def test_the_diagram_has_every_way_and_no_other():
    names = [SHORT.get(name, name) for name in STATES]
    walked = {(names[a], names[b]) for a, afters in WAYS.items() for b in afters}

    assert drawn() == walked


def test_a_clip_that_sleeps_wakes_by_starting_anew():
    text = HARDWARE.read_text(encoding="utf-8")

    assert "resting --> [*]: " in text
    assert "drained --> [*]: " in text
    assert "[*] --> fast: " in text
