"""What people read makes no medical claim: README, manual, window, pages, drills, commands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = (ROOT / "host/midback", ROOT / "analysis/midback_analysis")

BANNED = re.compile(
    r"\b(treat(s|ed|ing|ment)?|cur(e|es|ed|ing)|heal(s|ed|ing)?|diagnos\w*|prevent(s|ed|ing|ion|ive|ative)?|"
    r"reliev\w*|relief|scoliosis|kyphosis|clinically|medical[- ]grade|therap(y|ies|eutic\w*)|"
    r"correct(s|ed|ing)? your posture|better posture|muscles? (is |are )?activated)\b",
    re.IGNORECASE,
)
"""Words of reference/posture.md 3.6, and a few more that claim."""

SAID_NOT = (
    re.compile(r"[Nn]ot for diagnosis, monitoring or treatment of any disease or injury"),
    re.compile(r"(nothing|Nothing) said\s+here is a diagnosis"),
    re.compile(r"have not been shown to prevent or treat\s+neck or back pain"),
    re.compile(r"no diagnosis"),
)
"""What is denied is no claim."""


def strings_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module but its docstrings, with f-strings' fixed parts in one."""
    tree = ast.parse(path.read_text("utf-8"))
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(node.value)
        if isinstance(node, ast.JoinedStr):
            silent.update(node.values)
            parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
            yield node.lineno, "…".join(str(part) for part in parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            yield node.lineno, node.value


def claims(text: str) -> list[str]:
    """The banned words that are claimed rather than denied."""
    for denied in SAID_NOT:
        text = denied.sub("", text)
    return [found.group() for found in BANNED.finditer(text)]


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in package.rglob("*.py"))


def texts() -> list[Path]:
    kinds = (".toml", ".html", ".svg")
    found = [path for package in PACKAGES for path in package.rglob("*") if path.suffix in kinds]
    return sorted([ROOT / "README.md", ROOT / "hardware.md", *found])


def test_no_module_claims_anything():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in modules()
        for line, text in strings_of(path)
        if (words := claims(text))
    ]
    assert found == []


def test_no_text_claims_anything():
    assert len(texts()) > 15
    found = [
        f"{path.relative_to(ROOT)}: {words}"
        for path in texts()
        if (words := claims(path.read_text("utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "claim",
    [
        "Midback prevents neck pain.",
        "Treats a stiff back",
        "A medical-grade sensor",
        "for diagnosis",
        "relieves pain",
    ],
)
def test_a_claim_is_found(claim: str):
    assert claims(claim)


def test_what_is_denied_is_no_claim():
    assert (
        claims("It is not for diagnosis, monitoring or treatment of any disease or injury") == []
    )
