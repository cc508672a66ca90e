"""A refusal on a screen says its facts as the reader writes them, in whole sentences."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from upline.foundation.errors import DomainError, every_kind
from upline.money import Money
from upline.orders.errors import OrderNotPayable, PaymentDiffers
from upline.web.shared import refusals


@pytest.mark.parametrize(
    ("language", "problem"),
    [
        ("en", "The order A-17 costs €1,234.50, but €5.00 was paid, so it was not applied."),
        (
            "ru",
            (
                "Заказ A-17 стоит 1\u00a0234,50\u00a0€, а заплачено 5,00\u00a0€, "
                "поэтому платёж не зачтён."
            ),
        ),
        (
            "kk",
            (
                "A-17 тапсырысының құны 1\u00a0234,50\u00a0€, ал төленгені 5,00\u00a0€, "
                "сондықтан төлем есептелмеді."
            ),
        ),
    ],
)
def test_amounts_stand_as_screens_write_them(language, problem):
    refused = PaymentDiffers(number="A-17", due=Money(123450, "EUR"), paid=Money(500, "EUR"))

    with translation.override(language):
        assert refusals.told(refused).problem == problem


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "cancelled"), ("ru", "отменён"), ("bg", "отменена"), ("pl", "anulowane")],
)
def test_a_state_stands_in_the_words_of_the_screens(language, word):
    with translation.override(language):
        assert word in refusals.told(OrderNotPayable(number="A-17", status="cancelled")).problem


def test_days_and_moments_stand_as_screens_write_them():
    class Said(DomainError):
        code = "test.said"
        text = "%(on)s, %(at)s"

    refused = Said(on=date(2026, 11, 5), at=datetime(2026, 11, 5, 14, 5, tzinfo=UTC))

    with translation.override("kk"):
        assert refusals.told(refused).problem.replace("\u00a0", " ") == (
            "2026 ж. 5 қараша, 2026 ж. 5 қар., 14:05"
        )


def test_every_refusal_of_the_apps_is_said_without_its_facts_being_changed():
    refused = OrderNotPayable(number="A-17", status="cancelled")

    refusals.told(refused)

    assert refused.facts == {"number": "A-17", "status": "cancelled"}
    assert len(set(every_kind())) == len(list(every_kind()))


@pytest.mark.parametrize(
    ("language", "end"), [("en", "until 5 November 2026."), ("bg", "until 5 ноември 2026 г.")]
)
def test_a_sentence_that_ends_with_a_day_ends_with_one_full_stop(language, end):
    class Said(DomainError):
        code = "test.said"
        text = "Not until %(on)s."

    with translation.override(language):
        problem = refusals.told(Said(on=date(2026, 11, 5))).problem

    assert problem.replace("\u00a0", " ").endswith(end)
