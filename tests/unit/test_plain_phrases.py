"""People who never see the plan's text read titles, and what has none by what it is."""

import pytest

from upline.compensation.plan.formula import parse
from upline.compensation.plan.load import load
from upline.compensation.plan.phrases import Phrases
from upline.compensation.plan.plain_phrases import PlainPhrases
from upline.compensation.plan.speech import speech

PLAN = load("""
language: 1
plan: titles
version: 2026-01-01
currency: EUR
point_value: 1 EUR
constants: {enough: 70}
members: {country: text, grade: text, autoship: yes_no, mentor: member}
orders:
  pv: {unit: points, title: {en: Points, ru: Баллы}}
  cv: points
  net: money
  shop: member
trees: {legs: {kind: binary}, grid: {kind: given, title: {en: Enrolment, ru: Структура}}}
order_values: {by_shop: given(shop)}
measures:
  bought: own(pv)
  spent: {is: own(net), title: {en: Own purchases, ru: Личные покупки}}
  both: bought + bought
  active: bought >= 20
bonuses: {levels: {kind: level, base: cv, levels: {1: 5 %}}}
""")


@pytest.mark.parametrize(
    ("formula", "written", "plain"),
    [
        ("pv", "Points", "Points"),
        ("cv", "`cv`", "volume of the order"),
        ("order.net", "`net` (of the order)", "amount of the order (of the order)"),
        ("own(cv)", "sum over own orders (`cv`)", "sum over own orders (volume of the order)"),
        ("bought", "`bought`", "sum over own orders (Points)"),
        ("spent", "Own purchases", "Own purchases"),
        ("both", "`both`", "volume + volume"),
        ("active", "`active`: yes", "condition of the plan: yes"),
        ("autoship", "`autoship`: yes", "condition of the plan: yes"),
        ("country", "country", "country"),
        ("grade", "`grade`", "an entry of the data"),
        ("enough", "`enough`", "70"),
        ("given(customer)", "the order states: customer", "the order states: customer"),
        ("given(country)", "filled in: country", "filled in: country"),
        (
            "group(pv in legs)",
            "sum over the group (Points), in the tree (`legs`)",
            "sum over the group (Points), in the tree (two legs)",
        ),
        (
            "group(pv in grid)",
            "sum over the group (Points), in the tree (Enrolment)",
            "sum over the group (Points), in the tree (Enrolment)",
        ),
    ],
)
def test_a_name_without_a_title_is_said_by_what_it_stands_for(formula, written, plain):
    node = parse(formula)

    assert Phrases(PLAN, speech("en")).phrase(node) == written
    assert PlainPhrases(PLAN, speech("en")).phrase(node) == plain


def test_titles_are_read_in_the_language_of_the_reader():
    said = PlainPhrases(PLAN, speech("ru"))

    assert said.phrase(parse("pv")) == "Баллы"
    assert said.phrase(parse("own(net)")) == "сумма по личным заказам (сумма заказа)"
    assert said.phrase(parse("given(customer)")) == "в заказе указано: покупатель"
