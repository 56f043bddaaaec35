"""The page and the JSON of a check, beside what the terminal says."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from exercises.accounts import ACCOUNTS, HOSTILE, hostile, stiff
from exercises.test_account import BANNED

from midback.exercises.account import Account
from midback.exercises.account_text import account_text
from midback.words import DISCLAIMER, NBSP
from midback_analysis.check_report import as_html, as_json

every_account = pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS)
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


def words(page: str) -> str:
    """What a reader of the page can read."""
    body = re.sub(r"<(title|desc) .*?</\1>", " ", page[page.index("<main>") :])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body).replace(NBSP, " "))


def numbers(told: str) -> set[str]:
    return set(re.findall(r"−?[<\d.]*\d", told.replace("&lt;", "<")))


@every_account
def test_the_page_has_every_number_of_the_text(account: Callable[[], Account]):
    # Numbers of the list of things to do are made by the browser.
    text = re.sub(r"^\d\. ", "", account_text(account()), flags=re.MULTILINE)

    assert numbers(text) <= numbers(words(as_html(account())))


@every_account
def test_page_and_text_say_the_same_sentences(account: Callable[[], Account]):
    page = re.sub(r"[\s:]+", " ", words(as_html(account())).replace("&lt;", "<"))
    for line in account_text(account(), 400).splitlines():
        told = re.sub(r"[\s:]+", " ", re.sub(r"^\d\. |^Others, [^:]*: ", "", line)).strip()
        # Rows of the table have other columns between them.
        if "  " not in line.strip() and told:
            assert told in page or told.removeprefix("Movement check, ") in page


@every_account
def test_the_page_is_one_file_without_script_or_network(account: Callable[[], Account]):
    page = as_html(account())

    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|https?:|@import|javascript:|href=| on\w+=", page)


@every_account
def test_the_page_is_well_formed_and_its_names_are_unique(account: Callable[[], Account]):
    page = as_html(account())
    body = page[page.index("<body>") : page.index("</html>")]
    ids = re.findall(r' id="([^"]+)"', page)

    assert ElementTree.fromstring(body).tag == "body"
    assert len(ids) == len(set(ids))


@every_account
def test_nothing_unknown_is_drawn_or_told_as_a_number(account: Callable[[], Account]):
    page = as_html(account())

    assert not re.search(r"\b(nan|None|inf|True|False)\b|−0°|np\.", words(page))
    assert not re.search(r'="[^"]*\b(nan|inf|None)\b', page)


@every_account
def test_nothing_is_claimed_and_nobody_is_judged(account: Callable[[], Account]):
    told = words(as_html(account()))

    assert re.findall(BANNED, told.replace(DISCLAIMER, ""), re.IGNORECASE) == []
    assert f"Not a medical device. {DISCLAIMER}" in told


def test_what_comes_from_outside_is_no_markup():
    page = as_html(hostile())

    assert "alert" in page
    assert HOSTILE not in page


def test_every_repetition_that_counts_is_drawn():
    page = as_html(stiff())
    counted = sum(len(each.curves) for each in stiff().measures.values())

    assert page.count('class="full dot"') == counted == 21


@pytest.mark.skipif(BROWSER is None, reason="no chromium to print with")
@every_account
def test_the_page_prints_on_one_sheet_of_a4(account: Callable[[], Account], tmp_path: Path):
    assert BROWSER is not None
    page, printed = tmp_path / "check.html", tmp_path / "check.pdf"
    page.write_text(as_html(account()), encoding="utf-8")
    subprocess.run(
        [
            BROWSER,
            *("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
            *(f"--user-data-dir={tmp_path / 'browser'}", f"--print-to-pdf={printed}"),
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )

    # Each sheet of a PDF is an object of this type.
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 1


@every_account
def test_the_json_has_every_number_with_its_definition(account: Callable[[], Account]):
    told = json.loads(as_json(account()))
    measures = account().measures

    assert told["schema_version"] == 1
    assert {"median_deg", "change", "published", "repetitions"} <= set(told["definitions"])
    assert [(each["item"], each["way"]) for each in told["measures"]] == list(measures)
    for each, known in zip(told["measures"], measures.values(), strict=True):
        assert each["median_deg"] == pytest.approx(known.found.median_deg, abs=0.01)
        assert len(each["repetitions"]) == len(known.curves)
        assert (each["change"] is None) is (known.change is None)
