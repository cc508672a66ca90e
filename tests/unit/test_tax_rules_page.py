"""The page of the rules of tax is what the rules are."""

from tools import tax_rules_page


def test_the_page_of_the_rules_of_tax_is_up_to_date():
    written = tax_rules_page.PAGE.read_text(encoding="utf-8")

    assert tax_rules_page.page() == written, "Run tools/tax_rules_page.py."
