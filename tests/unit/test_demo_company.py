"""The demo company as data: what follows from a number of members, a seed and a day."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from datetime import date
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow.compute as pc
import pytest

from upline.catalog.models import Price
from upline.company.services import strange_kinds
from upline.demo import goods, logins, names
from upline.demo.company import PLAN, DemoCompany, Size
from upline.demo.drawing import PICTURES, picture
from upline.demo.errors import DemoTooSmall
from upline.demo.members import (
    LEADER,
    MIDDLE,
    STATUSES,
    TWICE,
    TWICE_AGAIN,
    depths,
)
from upline.demo.months import in_days, months_until
from upline.languages import LANGUAGES
from upline.orders.domain import net_and_tax

TODAY = date(2026, 11, 22)
ALPHABETS = {"LATIN", "CYRILLIC"}
KAZAKH = set("әғқңөұүһі")


def made(members=2_000, seed=7, today=TODAY):
    return DemoCompany(Size(members=members, seed=seed, today=today))


@pytest.fixture(scope="module")
def company():
    return made()


OF_ANOTHER_PROCESS = """
import datetime
from upline.foundation import start
start.start_without_database()
from upline.demo.company import DemoCompany, Size
size = Size(members=2_000, seed=7, today=datetime.date(2026, 11, 22))
print(DemoCompany(size).digest())
"""


def test_the_same_numbers_give_the_same_company_byte_for_byte(company):
    told = subprocess.run(
        [sys.executable, "-c", OF_ANOTHER_PROCESS],
        env={**os.environ, "PYTHONHASHSEED": "5", "TZ": "Asia/Almaty"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert made().digest() == company.digest() == told.stdout.strip()


def test_another_seed_another_day_and_another_size_give_other_companies():
    digests = {
        made(300).digest(),
        made(300, seed=8).digest(),
        made(300, today=date(2026, 11, 23)).digest(),
        made(301).digest(),
    }

    assert len(digests) == 4


def test_two_thousand_members_stand_in_lines_of_fifteen_and_more(company):
    found = company.members

    assert len(found) == 2_000
    assert depths(found.sponsor).max() == 16
    assert (found.sponsor[1:] < np.arange(1, 2_000)).all()
    assert found.sponsor[0] == -1


def test_a_demo_of_a_handful_is_refused():
    with pytest.raises(DemoTooSmall, match="at least 60 members, not 59"):
        made(59)


def test_the_smallest_demo_can_be_made():
    company = made(60)

    assert all(len(orders) for orders in company.orders)


def test_names_are_written_in_three_alphabets(company):
    table = company.member_table
    letters = set("".join([*table["given_name"].to_pylist(), *table["family_name"].to_pylist()]))
    scripts = {unicodedata.name(one).split()[0] for one in letters if one.isalpha()}

    assert scripts == ALPHABETS
    assert letters >= {"Ł", "ż", "ü"}
    assert KAZAKH - {"һ"} <= {one.lower() for one in letters}


def test_members_live_in_five_countries_and_read_five_languages(company):
    table = company.member_table

    assert set(table["country"].to_pylist()) == {"PL", "KZ", "BG", "RU", "DE"}
    assert set(table["language"].to_pylist()) == set(LANGUAGES)


def test_some_left_some_are_frozen_and_most_are_active(company):
    status = np.bincount(company.members.status)

    assert dict(zip(STATUSES, status.tolist(), strict=True)) == {
        "active": 1972,
        "terminated": 20,
        "frozen": 8,
    }
    assert [len(one) for one in company.members.ending] == [3, 3, 3, 3]


def test_e_mails_and_telephones_reach_nobody(company):
    found = company.contact_table
    emails = found.filter(pc.equal(found["kind"], "email"))["value"].to_pylist()
    phones = found.filter(pc.equal(found["kind"], "phone"))["value"].to_pylist()

    assert len(emails) == len(phones) == 1_999
    assert len(set(emails)) == 1_999
    for one in emails:
        assert re.fullmatch(r"[a-z]+([.][a-z]+)?\d*@example[.](com|org|net)", one), one
    for one in phones:
        # Area codes that are none, and numbers in Berlin that are kept for films.
        assert re.fullmatch(r"[+](48000\d{6}|7000\d{7}|359000\d{6}|4930231250\d\d)", one), one


def test_those_who_sign_in_are_whom_they_are_said_to_be(company):
    table = company.member_table
    codes = table["code"].to_pylist()
    found = company.members
    below = np.bincount(found.sponsor[1:], minlength=2_000)

    assert table["given_name"][LEADER].as_py() == "Айгерім"
    assert table["family_name"][MIDDLE].as_py() == "Jasnogórecka"
    assert table["person"][TWICE] == table["person"][TWICE_AGAIN]
    assert table["sponsor"][TWICE_AGAIN].as_py() == codes[TWICE]
    assert table["given_name"][-1].as_py() == "Боян"
    assert below[-1] == 0
    assert all(1_999 not in orders.member for orders in company.orders)


def test_nobody_buys_before_joining_or_after_leaving(company):
    found = company.members
    for orders in company.orders:
        day = np.array(orders.moment, "datetime64[s]").astype("datetime64[D]").astype(np.int64)
        # The company's day may have begun while it is still the day before elsewhere.
        assert (day + 1 >= found.joined[orders.member]).all()
        assert (day < found.stops[orders.member]).all()


def test_every_order_lies_in_its_month_and_none_in_the_future(company):
    for month, orders in zip(company.months, company.orders, strict=True):
        moments = np.array(orders.moment)

        assert (np.diff(moments) >= 0).all()
        assert moments[0] >= month.midnights()[0]
        assert moments[-1] < min(month.now.timestamp(), month.midnights()[-1] + 86_400)


@pytest.mark.parametrize("day", [1, 2, 3, 4, 28])
def test_the_present_month_is_alive_on_any_day_and_tells_nothing_of_the_future(day):
    today = date(2026, 12, day)
    company = made(300, today=today)
    *closed, present = company.months

    assert [month.label for month in closed] == ["2026-09", "2026-10", "2026-11"]
    assert present.is_open
    assert len(company.orders[-1]) > 30
    assert company.orders[-1].moment.max() < present.now.timestamp()
    assert company.members.joined.max() <= in_days(today)
    assert all(month.closes_at <= present.now for month in closed)


def test_months_are_told_over_the_turn_of_a_year():
    labels = [month.label for month in months_until(date(2027, 2, 3))]

    assert labels == ["2026-11", "2026-12", "2027-01", "2027-02"]


def test_sixty_products_have_a_name_and_a_description_in_each_language():
    found = goods.products()

    assert len(found) == len({one.sku for one in found}) == 60
    for one in found:
        assert set(one.texts) == set(LANGUAGES)
        for name, description in one.texts.values():
            assert 5 <= len(name) <= 60, name
            assert 25 <= len(description) <= 160, description
            assert description.endswith("."), description
    for language in LANGUAGES:
        assert len({one.texts[language][0] for one in found}) == 60


def test_texts_are_written_in_the_letters_of_their_language():
    for one in goods.products():
        for language, texts in one.texts.items():
            scripts = {
                unicodedata.name(char).split()[0] for char in "".join(texts) if char.isalpha()
            }
            wanted = "LATIN" if language in ("en", "pl") else "CYRILLIC"
            assert scripts == {wanted}, (one.sku, language, scripts)
            if language in ("ru", "bg"):
                assert not KAZAKH & set("".join(texts).lower()), (one.sku, language)
            if language == "bg":
                assert not set("ыэё") & set("".join(texts).lower()), one.sku


def test_each_product_has_its_picture_drawn_as_the_code_draws_it():
    for one in goods.products():
        file = PICTURES / one.picture
        drawn = picture(one)

        assert file.read_text(encoding="utf-8") == drawn, "run upline.demo.drawing.write_pictures"
        assert len(drawn) < 16_000
        assert "style=" not in drawn
        ET.fromstring(drawn)  # noqa: S314 - our own text


def test_prices_fall_from_customers_of_the_street_to_partners_in_every_market():
    prices = goods.price_list().gross

    assert tuple(Price.Audience.values) == goods.AUDIENCES
    assert (prices[..., 0] > prices[..., 1]).all()
    assert (prices[..., 1] > prices[..., 2]).all()
    assert prices.min() > 0


def test_net_and_tax_are_those_that_an_order_counts():
    gross = np.array([1, 99, 12_345, 451_000])

    for percent in (7, 8, 16, 19, 20, 23):
        net, tax = goods.net_and_tax(gross, np.full(4, percent))
        expected = [net_and_tax(int(one), percent, includes_tax=True) for one in gross]
        assert list(zip(net.tolist(), tax.tolist(), strict=True)) == expected


def test_the_plan_asks_for_no_orders_that_nobody_can_place(company):
    plan = company.description().plan

    assert strange_kinds(plan) == []
    assert len(plan.file.ranks) == 6
    assert {one.kind for one in plan.file.bonuses.values()} == {
        "differential",
        "level",
        "own",
        "pool",
    }
    for part in (*plan.file.ranks, *plan.file.bonuses.values()):
        assert set(part.title) == set(LANGUAGES), part
    assert PLAN.read_text(encoding="utf-8") == plan.source


def test_rates_of_a_month_say_what_each_currency_is_worth_both_ways(company):
    lines = company.rates(0).splitlines()

    assert lines[0] == "rate_on,base,quote,rate"
    assert len(lines) == 1 + 31 * 4
    # With more places the orders of 200,000 members would pass 64 bits.
    assert max(len(line.rpartition(".")[2]) for line in lines[1:]) == 7
    assert {tuple(line.split(",")[1:3]) for line in lines[1:]} == {
        ("EUR", "PLN"),
        ("PLN", "EUR"),
        ("EUR", "KZT"),
        ("KZT", "EUR"),
    }
    # Of the present month the days that have come.
    assert len(company.rates(3).splitlines()) == 1 + 22 * 4


def test_a_public_login_belongs_to_each_role():
    found = logins.all_logins()

    assert [(one.email.removesuffix("@example.com"), one.role) for one in found] == [
        ("owner", "owner"),
        ("finance", "finance"),
        ("checker", "finance"),
        ("support", "support"),
        ("logistics", "logistics"),
        ("marketing", "marketing"),
        ("content", "content"),
        ("auditor", "auditor"),
        ("leader", "member"),
        ("middle", "member"),
        ("beginner", "member"),
        ("twice", "member"),
    ]
    assert [one.needs_code for one in found] == [True] * 8 + [False] * 4


def test_a_name_is_written_in_plain_letters_in_an_address():
    assert names.latin("Қымбат Әлімбекова") == "qymbat.alimbekova"
    assert names.latin("Jürgen Schönbach") == "jurgen.schonbach"
    assert names.latin("Søren Lundbæk") == "soren.lundbaek"
    assert names.latin("Saint-Amour") == "saintamour"
