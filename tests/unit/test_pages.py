"""Pages of the documentation show what the commands print today, and the picture what is paid."""

import doctest
import re
from pathlib import Path

import pytest

from tools import command_line_page, page_outputs
from upline.compensation.plan import schema
from upline.compensation.plan.refusals import kinds
from upline.compensation.run import KINDS

PICTURE = page_outputs.ROOT / "docs" / "images" / "one-order.svg"


@pytest.mark.parametrize("page", page_outputs.PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_its_commands_print(page):
    _, differences = page_outputs.compared(page)

    assert differences == [], "Run tools/page_outputs.py."


def test_the_picture_shows_the_lines_of_the_first_months_fourth_order():
    page = Path(page_outputs.PAGES[0]).read_text(encoding="utf-8")
    lines = re.findall(r"^(\w+),\w+,4,.*,([\d.]+)$", page, flags=re.MULTILINE)

    drawn = re.findall(r"([\d.]+) EUR<", PICTURE.read_text(encoding="utf-8"))

    assert sorted(drawn) == sorted(amount for _, amount in lines)


def test_the_page_of_commands_is_up_to_date():
    written = command_line_page.PAGE.read_text(encoding="utf-8")

    assert command_line_page.page() == written, "Run tools/command_line_page.py."


def test_the_examples_of_the_page_on_embedding_run():
    page = (page_outputs.ROOT / "docs" / "reference" / "embedding.md").read_text(encoding="utf-8")
    code = "".join(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(code, {}, "embedding.md", None, 0)

    outcome = doctest.DocTestRunner().run(examples)

    assert (outcome.failed, outcome.attempted > 10) == (0, True)


def test_every_kind_of_bonus_is_computed():
    # The better of several bonuses is chosen between the others' stages.
    computed = {*KINDS, schema.BestOf}

    assert {str(kind.model_fields["kind"].annotation.__args__[0]) for kind in computed} == set(
        kinds()
    )
