"""The page that says which published cases are met."""

from tools import published_table


def test_the_page_of_published_cases_is_up_to_date():
    written = published_table.PAGE.read_text(encoding="utf-8")

    assert published_table.page() == written, "Run tools/published_table.py."
