"""The colours of Midback, once: window, page and figures take them from here.

Contrast against the ground (WCAG): words 4.5 or more, shapes 3 or more; where a
colour has less, a dark edge (``*_edge``) or a pattern carries the shape.
Upright is blue and slumped vermillion, two colours that people with the common
colour-vision deficiencies tell apart; there is no green for good and no red for bad.
"""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "window": "#f1f4f2",
    "paper": "#ffffff",
    "card": "#ffffff",
    "ink": "#1b2321",
    "soft": "#56615d",
    "rule": "#dde2df",
    "tint": "#f2f4f2",
    "grid": "#c5ccc8",
    "unknown": "#7f8a86",
    "on": "#ffffff",
    "upright": "#0072b2",
    "upright_ink": "#005a8e",
    "upright_edge": "#005a8e",
    "mild": "#9ccfee",
    "mild_dots": "#0072b2",
    "leaning": "#e69f00",
    "leaning_ink": "#7a5300",
    "leaning_edge": "#7a5300",
    "slumped": "#d55e00",
    "slumped_ink": "#a84700",
    "slumped_edge": "#a84700",
    "back": "#a8518a",
    "back_ink": "#8a3d70",
    "back_edge": "#8a3d70",
    "moving": "#6d8b7c",
    "moving_ink": "#4c6658",
    "moving_edge": "#4c6658",
}

DARK: dict[str, str] = {
    "window": "#13181a",
    "paper": "#14181a",
    "card": "#1d2325",
    "ink": "#edf1ef",
    "soft": "#a6b1ad",
    "rule": "#333c3f",
    "tint": "#1d2325",
    "grid": "#465154",
    "unknown": "#7b8783",
    "on": "#14181a",
    "upright": "#2f86c4",
    "upright_ink": "#6db3e4",
    "upright_edge": "#6db3e4",
    "mild": "#8ec3e6",
    "mild_dots": "#004f80",
    "leaning": "#ebc14a",
    "leaning_ink": "#ebc14a",
    "leaning_edge": "#ebc14a",
    "slumped": "#f47c3c",
    "slumped_ink": "#f47c3c",
    "slumped_edge": "#f47c3c",
    "back": "#d78fbb",
    "back_ink": "#d78fbb",
    "back_edge": "#d78fbb",
    "moving": "#7f9d8e",
    "moving_ink": "#9db8aa",
    "moving_edge": "#9db8aa",
}
