"""What people write as money, numbers and days, in five languages: read exactly or refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from upline.languages import LANGUAGES
from upline.money import Money
from upline.web.shared import fields, formats, reading

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1234", "1234"),
        ("1234,50", "1234.50"),
        ("1234.50", "1234.50"),
        ("1234,5", "1234.5"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234.50", "1234.50"),
        ("1\u202f234\u202f567", "1234567"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("1'234.50", "1234.50"),
        ("1 234,567", "1234.567"),
        ("1234,567", "1234.567"),
        ("0,125", "0.125"),
        ("-5", "-5"),
        ("\u22121 234,5", "-1234.5"),
    ],
)
def test_a_number_that_has_one_meaning_is_read_in_every_language(written, meant, language):
    assert reading.number(written, language) == Decimal(meant)


@EVERY_LANGUAGE
@pytest.mark.parametrize("written", ["1,234", "1.234", "12,345", "999.999", "-1,234"])
def test_a_number_that_can_mean_two_is_refused(written, language):
    with pytest.raises(reading.NumberAmbiguous) as refused:
        reading.number(written, language)

    sign = "-" if written.startswith("-") else ""
    digits = written.strip("-").replace(",", "").replace(".", "")
    assert refused.value.facts["whole_plain"] == f"{sign}{digits}"


@EVERY_LANGUAGE
def test_both_ways_out_of_an_ambiguous_number_are_read(language):
    with pytest.raises(reading.NumberAmbiguous) as refused:
        reading.number("1,234", language)

    facts = refused.value.facts
    assert reading.number(facts["whole_plain"], language) == 1234
    assert reading.number(facts["fraction_plain"], language) == Decimal("1.234")


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    "written",
    *[
        [
            "",
            " ",
            "1,23,456",
            "12,34.5",
            "1 2345",
            "1234.",
            ".5",
            "1e5",
            "1_000",
            "NaN",
            "١٢",
            "--5",
        ]
    ],
)
def test_what_is_no_number_is_refused(written, language):
    with pytest.raises(reading.NumberUnreadable):
        reading.number(written, language)


def test_an_ambiguous_number_names_both_readings_as_the_reader_writes_them():
    refused = {}
    for language in ("en", "ru"):
        with translation.override(language):
            with pytest.raises(reading.NumberAmbiguous) as caught:
                reading.number("1,234", language)
            refused[language] = f"{caught.value.problem} {caught.value.advice}"

    assert refused["en"] == "“1,234” can mean 1,234 or 1.234. Write 1234 or 1.2340."
    assert refused["ru"] == (
        "«1,234» может означать 1\u00a0234 или 1,234. Напишите 1234 или 1,2340."
    )


@EVERY_LANGUAGE
@pytest.mark.parametrize("written", ["1 234,50 €", "€1,234.50", "EUR 1234.5", "1234,50EUR"])
def test_money_is_read_with_its_sign_or_code_on_either_side(written, language):
    assert reading.money(written, "EUR", language) == Money(123450, "EUR")


@EVERY_LANGUAGE
@pytest.mark.parametrize("written", ["5 zł", "5 ₸", "5 USD", "PLN 5"])
def test_money_of_another_currency_is_refused(written, language):
    with pytest.raises(reading.OtherCurrency):
        reading.money(written, "EUR", language)


def test_money_finer_than_a_cent_is_refused():
    with pytest.raises(reading.TooManyPlaces):
        reading.money("12.3456", "EUR", "en")
    with pytest.raises(reading.TooManyPlaces):
        reading.money("12.5", "JPY", "en")


@EVERY_LANGUAGE
@pytest.mark.parametrize("currency", ["EUR", "PLN", "KZT"])
@settings(deadline=None)
@given(minor=st.integers(-(10**15), 10**15))
def test_what_screens_write_as_money_is_read_back(language, currency, minor):
    amount = Money(minor, currency)

    assert reading.money(formats.money(amount, language), currency, language) == amount


@EVERY_LANGUAGE
@pytest.mark.parametrize("written", ["2026-11-05", "5.11.2026", "05.11.2026", "5 November 2026"])
def test_a_day_that_has_one_meaning_is_read_in_every_language(written, language):
    assert reading.day(written, language) == date(2026, 11, 5)


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("5 ноября 2026 г.", "ru"),
        ("5 ноември 2026 г.", "bg"),
        ("2026 ж. 5 қараша", "kk"),
        ("5 қараша 2026", "kk"),
        ("5 listopada 2026", "pl"),
        ("5 listopad 2026 r.", "pl"),
        ("Nov 5, 2026", "en"),
    ],
)
def test_a_month_is_read_by_its_name_in_the_language_of_the_reader(written, language):
    assert reading.day(written, language) == date(2026, 11, 5)


@EVERY_LANGUAGE
@pytest.mark.parametrize("written", ["05/11/2026", "5-11-2026", "11/05/2026"])
def test_a_day_that_can_mean_two_is_refused_with_both(written, language):
    with pytest.raises(reading.DayAmbiguous) as refused:
        reading.day(written, language)

    facts = refused.value.facts
    assert {facts["one_plain"], facts["other_plain"]} == {"2026-11-05", "2026-05-11"}


@EVERY_LANGUAGE
def test_a_slash_is_read_where_only_one_day_fits(language):
    assert reading.day("25/10/2026", language) == date(2026, 10, 25)
    assert reading.day("10/25/2026", language) == date(2026, 10, 25)
    assert reading.day("5/5/2026", language) == date(2026, 5, 5)


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    "written", ["", "5.11.26", "31.02.2026", "11.25.2026", "tomorrow", "2026", "5 11 2026"]
)
def test_what_is_no_day_is_refused(written, language):
    with pytest.raises(reading.DayUnreadable):
        reading.day(written, language)


@EVERY_LANGUAGE
def test_what_screens_write_as_a_day_is_read_back_on_each_day_of_a_year(language):
    for past in range(366):
        day = date(2028, 1, 1) + timedelta(days=past)

        assert reading.day(formats.day(day, language), language) == day
        assert reading.day(formats.day_long(day, language), language) == day


class Asked(forms.Form):
    amount = fields.MoneyField(currency="EUR", required=False)
    points = fields.NumberField(required=False)
    on = fields.DayField(required=False)


def test_a_form_gives_money_numbers_and_days():
    asked = Asked({"amount": "1 234,50", "points": "12.5", "on": "2026-11-05"})

    with translation.override("kk"):
        assert asked.is_valid()

    assert asked.cleaned_data == {
        "amount": Money(123450, "EUR"),
        "points": Decimal("12.5"),
        "on": date(2026, 11, 5),
    }


def test_a_form_says_beside_the_field_why_it_cannot_read():
    with translation.override("en"):
        asked = Asked({"amount": "1,234", "on": "05/11/2026"})

        assert asked.errors == {
            "amount": ["“1,234” can mean 1,234 or 1.234. Write 1234 or 1.2340."],
            "on": [
                (
                    "“05/11/2026” can mean 5\u00a0November\u00a02026 or 11\u00a0May\u00a02026. "
                    "Write 2026-11-05 or 2026-05-11."
                )
            ],
        }


def test_a_form_leaves_what_is_not_filled_in_empty():
    asked = Asked({"amount": "", "points": " ", "on": ""})

    assert asked.is_valid()
    assert asked.cleaned_data == {"amount": None, "points": None, "on": None}


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1,234.50"), ("bg", "1\u00a0234,50"), ("pl", "1\u00a0234,50")]
)
def test_a_form_writes_what_is_there_in_a_way_that_it_reads(language, written):
    with translation.override(language):
        field = fields.MoneyField(currency="EUR")

        assert field.prepare_value(Money(123450, "EUR")) == written
        assert field.clean(written) == Money(123450, "EUR")
