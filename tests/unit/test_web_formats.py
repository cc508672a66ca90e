"""Money, figures and days as each language writes them. `~` stands for a space that does not break."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from upline.amounts import amount_text
from upline.compensation.plan.speech import speech
from upline.money import Money
from upline.web.shared import formats

LANGUAGES = ("en", "ru", "bg", "kk", "pl")
NOVEMBER_2 = date(2026, 11, 2)
MAY_31 = date(2026, 5, 31)


def written(text: str) -> str:
    return text.replace("\u00a0", "~")


def in_each(**by_language: str) -> list[tuple[str, str]]:
    assert set(by_language) == set(LANGUAGES)
    return list(by_language.items())


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(en="€1,234.50", ru="1~234,50~€", bg="1~234,50~€", kk="1~234,50~€", pl="1~234,50~€"),
)
def test_euros_are_written_as_the_language_does(language, expected):
    assert written(formats.money(Money(123450, "EUR"), language)) == expected


@pytest.mark.parametrize(
    ("exact", "expected"),
    [("10.4", "10,40~€"), ("10.4049", "10,4049~€"), ("-3", "−3,00~€"), ("0.0", "0,00~€")],
)
def test_an_exact_amount_has_all_its_decimals_and_two_at_least(exact, expected):
    assert written(amount_text(Decimal(exact), "EUR", "ru")) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(
        en="€33.333333…", ru="33,333333…~€", bg="33,333333…~€", kk="33,333333…~€", pl="33,333333…~€"
    ),
)
def test_an_explanation_writes_amounts_as_the_page_around_it_does(language, expected):
    third = speech(language, "explain").signed_amount(Fraction(100, 3), "EUR", places=2)

    assert written(third) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(en="−PLN~78.05", ru="−78,05~PLN", bg="−78,05~PLN", kk="−78,05~PLN", pl="−78,05~zł"),
)
def test_a_negative_sum_has_a_true_minus(language, expected):
    assert written(formats.money(Money(-7805, "PLN"), language)) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(
        en="KZT~1,234,567.00",
        ru="1~234~567,00~₸",
        bg="1~234~567,00~KZT",
        kk="1~234~567,00~₸",
        pl="1~234~567,00~KZT",
    ),
)
def test_tenge_have_their_sign_where_readers_know_it(language, expected):
    assert written(formats.money(Money(123456700, "KZT"), language)) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("amount", "figure"),
    [
        (Money(1500, "JPY"), ("1,500", "1~500")),
        (Money(1500, "KWD"), ("1.500", "1,500")),
        (Money(123456, "RSD"), ("1,234.56", "1~234,56")),
    ],
)
def test_each_currency_has_the_decimals_in_which_it_is_kept(language, amount, figure):
    assert written(formats.money_parts(amount, language)[1]) in figure


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "amount", [Money(-123450, "EUR"), Money(5, "PLN"), Money(0, "KZT"), Money(99, "RSD")]
)
def test_the_parts_of_a_sum_are_the_sum(language, amount):
    parts = formats.money_parts(amount, language)

    assert "".join(parts) == formats.money(amount, language)
    assert parts[1].strip("0123456789.,\u00a0") == ""


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(en="12,345.5", ru="12~345,5", bg="12~345,5", kk="12~345,5", pl="12~345,5"),
)
def test_a_number_has_the_decimals_that_it_has(language, expected):
    assert written(formats.number(Decimal("12345.50"), language)) == expected


def test_a_number_is_rounded_half_up_where_places_are_asked_for():
    assert formats.number(Decimal("2.5"), "en", places=0) == "3"
    assert formats.number(Decimal("-0.125"), "ru", places=2) == "−0,13"


@pytest.mark.parametrize(
    ("language", "expected"), in_each(en="12.5%", ru="12,5~%", bg="12,5%", kk="12,5%", pl="12,5%")
)
def test_a_share_is_written_in_percent(language, expected):
    assert written(formats.percent(Decimal("0.125"), language, places=1)) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(
        en="2~Nov~2026",
        ru="2~нояб.~2026~г.",
        bg="2~ное~2026~г.",
        kk="2026~ж.~2~қар.",
        pl="2~lis~2026",
    ),
)
def test_a_day_cannot_be_read_as_another(language, expected):
    assert written(formats.day(NOVEMBER_2, language)) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(
        en="2~November~2026",
        ru="2~ноября~2026~г.",
        bg="2~ноември~2026~г.",
        kk="2026~ж.~2~қараша",
        pl="2~listopada~2026",
    ),
)
def test_a_long_day_has_its_month_in_full(language, expected):
    assert written(formats.day_long(NOVEMBER_2, language)) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(
        en="November~2026",
        ru="ноябрь~2026~г.",
        bg="ноември~2026~г.",
        kk="2026~ж.~қараша",
        pl="listopad~2026",
    ),
)
def test_a_month_stands_in_the_nominative(language, expected):
    assert written(formats.month(NOVEMBER_2, language)) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(en="May~2026", ru="май~2026~г.", bg="май~2026~г.", kk="2026~ж.~мам.", pl="maj~2026"),
)
def test_a_short_month_has_a_word_and_no_number(language, expected):
    assert written(formats.month_short(MAY_31, language)) == expected


def test_a_moment_is_written_to_the_minute():
    moment = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)

    assert written(formats.moment(moment, "kk")) == "2026~ж.~2~қар., 09:05"
    assert written(formats.moment(moment, "en")) == "2~Nov~2026, 09:05"


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(
        en="2 hours ago",
        ru="2 часа назад",
        bg="преди 2 часа",
        kk="2 сағат бұрын",
        pl="2 godziny temu",
    ),
)
def test_how_long_ago_has_the_plural_of_the_language(language, expected):
    now = datetime(2026, 11, 2, 11, 5, tzinfo=UTC)

    assert formats.ago(datetime(2026, 11, 2, 9, 5, tzinfo=UTC), now, language) == expected


def test_a_whole_month_is_called_by_its_name_and_another_period_by_its_days():
    assert written(formats.period(date(2026, 2, 1), date(2026, 2, 28), "pl")) == "luty~2026"
    assert (
        written(formats.period(date(2026, 2, 2), date(2026, 2, 8), "pl"))
        == "2~lut~2026 – 8~lut~2026"
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    in_each(en="Kazakhstan", ru="Казахстан", bg="Казахстан", kk="Қазақстан", pl="Kazachstan"),
)
def test_a_country_has_its_name(language, expected):
    assert formats.country("KZ", language) == expected


@pytest.mark.parametrize("value", [None, 12, "12.00", Decimal(3)])
def test_what_is_not_money_is_not_written_as_money(value):
    with pytest.raises(AttributeError):
        formats.money(value, "en")
