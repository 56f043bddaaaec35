"""The colours of the page, from the one palette."""

from __future__ import annotations

from midback import palette

_USED = (
    *("paper", "ink", "soft", "rule", "tint", "grid", "unknown", "on"),
    *("upright", "mild", "mild_dots", "slumped", "back", "moving"),
)


def variables() -> str:
    """CSS variables for light and dark; paper is always light."""
    return (
        f":root {{\n  color-scheme: light dark;\n{_block(palette.LIGHT)}}}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f":root {{\n{_block(palette.DARK)}}}\n}}\n"
    )


def _block(tokens: dict[str, str]) -> str:
    return "".join(f"  --{name.replace('_', '-')}: {tokens[name]};\n" for name in _USED)
