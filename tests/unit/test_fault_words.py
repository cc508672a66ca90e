"""Each fault that the check of a plan can name has a title in every language."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import upline.compensation.plan as checked
from upline.compensation.errors import Fault, Place
from upline.web.office import plans
from upline.web.office.fault_words import TITLES

SOURCES = Path(checked.__file__).parent
CODE = re.compile(r'"([a-z]+\.[a-z_]+)"')
# Looks like a code and is the name of a file.
NO_FAULT = {"plan.yaml"}


def test_each_code_of_the_check_has_a_title_and_no_title_is_left_over():
    said = {code for path in SOURCES.glob("*.py") for code in CODE.findall(path.read_text("utf-8"))}

    assert said - NO_FAULT == set(TITLES)


@pytest.mark.parametrize(
    ("language", "title"), [("en", ""), ("ru", "Имя неизвестно"), ("pl", "Nazwa jest nieznana")]
)
def test_a_fault_is_said_by_its_title_and_the_english_stays_below(language, title):
    fault = Fault(
        Place("plan.yaml", 3, 1), "name.unknown", "'cw' is not known.", "Did you mean 'cv'?"
    )

    with translation.override(language):
        shown = plans._refused(fault)

        assert str(shown.title) == title
    assert (shown.problem, shown.remedy) == ("'cw' is not known.", "Did you mean 'cv'?")
