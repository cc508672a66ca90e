"""Every plan, case and snippet of the reference can be computed, and its tables say what comes out."""

import pytest

from tools import reference_examples
from upline.compensation.plan.load import load

PAGES = reference_examples.pages()
SNIPPETS = [
    pytest.param(source, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, (_, source) in enumerate(reference_examples.shown_on(page).snippets)
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_cases_of_a_page_are_met_and_its_tables_up_to_date(page):
    text, faults = reference_examples.fresh(page)

    assert faults == []
    assert text == page.read_text(encoding="utf-8"), "Run tools/reference_examples.py."


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_whole_plans_of_a_page_are_read(page):
    for source in reference_examples.shown_on(page).plans.values():
        assert load(source).file.bonuses


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_of_the_reference_is_read(snippet):
    assert load(reference_examples.whole(snippet)).file.plan == "snippet"
