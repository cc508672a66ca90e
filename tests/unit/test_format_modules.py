"""Django's own fields read nothing that can be misread, and write days as readers expect."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import formats, translation

from upline.languages import LANGUAGES

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@EVERY_LANGUAGE
@pytest.mark.parametrize("written", ["05/11/2026", "11/05/2026", "05-11-2026", "5.11.26"])
def test_a_day_that_can_be_misread_is_refused(language, written):
    with translation.override(language), pytest.raises(ValidationError):
        forms.DateField().clean(written)


@EVERY_LANGUAGE
@pytest.mark.parametrize("written", ["05.11.2026", "5.11.2026", "2026-11-05"])
def test_a_day_with_points_or_the_year_in_front_is_read(language, written):
    with translation.override(language):
        assert forms.DateField().clean(written) == date(2026, 11, 5)


@EVERY_LANGUAGE
def test_a_moment_is_read_with_and_without_seconds(language):
    with translation.override(language):
        for written in ("05.11.2026 14:05", "2026-11-05 14:05:00"):
            read = forms.DateTimeField().clean(written)
            assert read.replace(tzinfo=None) == datetime(2026, 11, 5, 14, 5)  # noqa: DTZ001


@pytest.mark.parametrize("grouping", [False, True])
@pytest.mark.parametrize("language", ["ru", "bg", "kk", "pl"])
def test_a_comma_is_a_decimal_mark_and_never_a_group(language, grouping):
    with override_settings(USE_THOUSAND_SEPARATOR=grouping), translation.override(language):
        field = forms.DecimalField(localize=True)

        assert field.clean("1234,50") == Decimal("1234.50")
        assert field.clean("1\u00a0234,50" if grouping else "1234,5") == Decimal(
            "1234.50" if grouping else "1234.5"
        )


@pytest.mark.parametrize("grouping", [False, True])
def test_a_comma_in_english_is_refused_and_not_dropped(grouping):
    """1234,50 was read as 123450 when commas grouped."""
    with override_settings(USE_THOUSAND_SEPARATOR=grouping), translation.override("en"):
        with pytest.raises(ValidationError):
            forms.DecimalField(localize=True).clean("1234,50")
        assert forms.DecimalField(localize=True).clean("1234.50") == Decimal("1234.50")


@pytest.mark.parametrize(
    ("language", "written", "short"),
    [
        ("en", "5 November 2026", "5 Nov 2026"),
        ("ru", "5 ноября 2026 г.", "05.11.2026"),
        ("bg", "5 ноември 2026 г.", "05.11.2026"),
        ("kk", "2026 ж. 5 қараша", "05.11.2026"),
        ("pl", "5 listopada 2026", "05.11.2026"),
    ],
)
def test_a_day_is_written_as_readers_of_the_language_write_it(language, written, short):
    with translation.override(language):
        assert formats.date_format(date(2026, 11, 5)).lower() == written.lower()
        assert formats.date_format(date(2026, 11, 5), "SHORT_DATE_FORMAT") == short


@EVERY_LANGUAGE
def test_a_week_begins_on_monday_and_a_day_has_24_hours(language):
    with translation.override(language):
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
        assert formats.time_format(datetime(2026, 11, 5, 14, 5)) == "14:05"  # noqa: DTZ001
