"""What came of a check, beside the earlier ones in its folder; and its page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tzlocal import get_localzone

from midback.errors import UsageError
from midback.exercises import history
from midback.exercises.account import Account, account_of
from midback.exercises.check import Kept


def account_with_earlier(kept: Kept, path: Path | None) -> tuple[Account, Sequence[str]]:
    """The account of a check kept at *path*, and which earlier ones could not be read."""
    earlier = history.read(path.parent) if path is not None else history.History()
    return account_of(kept, earlier.checks, get_localzone()), earlier.problems


def page_beside(path: Path) -> Path:
    """Where the page of a check's file goes.

    >>> page_beside(Path("checks/20261129T083005Z.check.gz")).name
    '20261129T083005Z.html'
    """
    return path.with_name(f"{path.name.removesuffix(history.SUFFIX)}.html")


def write_check_page(account: Account, page: Path) -> None:
    """Write the page.

    Raises:
        UsageError: it could not be written.
    """
    # Here, because drawing it takes time to load.
    from midback_analysis.check_report import as_html

    try:
        page.write_text(as_html(account), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot write {page} ({error.strerror}): choose another place"
        ) from error
