"""The pages that say whom an order pays: for members as far as they see, for staff in full."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests import closing, shop, team
from tests.closing import ANNA, BORIS, CELINA, OCTOBER
from tests.flows import office
from tests.signing_in import signed_in
from upline.commissions import estimating, queries, resident
from upline.commissions.queries import OrderKey
from upline.foundation.errors import DomainError

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

IN_OCTOBER = {"calendar": "monthly", "label": OCTOBER}
NOVEMBER = "2026-11"
IN_NOVEMBER = {"calendar": "monthly", "label": NOVEMBER}


@pytest.fixture
def members():
    resident.clear()
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "200")
    closing.bought(found[ANNA], "A-2", "100")
    closing.closed()
    closing.bought(found[CELINA], "B-1", "50", month=11, day=2)
    estimating.refresh_estimates()
    return found


def client_of(member):
    return signed_in(Client(), team.login_of(member))


def shown(client, name, **named):
    response = client.get(reverse(f"cabinet:{name}", kwargs=named))
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def pay_of(viewer, order, where=IN_OCTOBER):
    return queries.order_pay(viewer=viewer, of=OrderKey(order=order, **where), language="en")


def test_staff_see_each_line_of_an_order_with_its_sum(members):
    found = pay_of(team.staff("finance"), "A-1")

    assert [(one.member, one.level, str(one.amount)) for one in found.paid] == [
        (BORIS, 1, "20.00"),
        (ANNA, 2, "10.00"),
    ]
    assert str(found.total) == "30.00"
    assert found.paid[0].said.replace("\u00a0", " ") == "€20.00 = 200 points × 10% × €1.00"
    assert not found.is_estimate


def test_each_line_has_the_number_that_it_has_in_its_receivers_statement(members):
    viewer = team.staff("finance")

    for where, ask, order in (
        (IN_OCTOBER, queries.statement_lines, "A-1"),
        (IN_NOVEMBER, queries.estimate_lines, "B-1"),
    ):
        for one in pay_of(viewer, order, where).paid:
            key = queries.StatementKey(member=one.member, **where)
            rows = ask(viewer=viewer, of=key, language="en").rows
            assert [row.number for row in rows if row.order == order] == [one.number]


def test_a_member_sees_himself_and_those_below_on_an_order_and_nobody_above(members):
    login = team.login_of(members[BORIS])

    found = pay_of(login, "A-1")

    assert [(one.member, str(one.amount)) for one in found.paid] == [(BORIS, "20.00")]
    assert str(found.total) == "20.00"
    assert found.figures == ()
    assert found.budget == ()
    page = shown(signed_in(Client(), login), "statement-order", **IN_OCTOBER, number="A-1")
    assert "20.00" in page
    assert ANNA not in page


def test_an_order_from_above_does_not_exist_for_those_below(members):
    with pytest.raises(DomainError):
        pay_of(team.login_of(members[BORIS]), "A-2")


def test_an_order_counts_only_in_its_period(members):
    viewer = team.staff("finance")

    assert [
        (one.label, one.is_estimate) for one in queries.order_periods(viewer=viewer, order="A-1")
    ] == [(OCTOBER, False)]
    assert [
        (one.label, one.is_estimate) for one in queries.order_periods(viewer=viewer, order="B-1")
    ] == [(NOVEMBER, True)]
    with pytest.raises(DomainError):
        pay_of(viewer, "A-1", IN_NOVEMBER)


def test_a_bonus_that_pays_nobody_says_why(members):
    found = pay_of(team.staff("finance"), "A-2")

    assert found.paid == ()
    assert [(one.bonus, one.sentences) for one in found.silent] == [
        ("levels", ("Nothing, because there is nobody who could be paid.",))
    ]


def test_a_line_leads_to_its_order_and_an_order_to_its_lines(members):
    login = team.login_of(members[BORIS])
    client = signed_in(Client(), login)
    order = reverse("cabinet:statement-order", kwargs={**IN_OCTOBER, "number": "A-1"})

    statement = shown(client, "statement-of", **IN_OCTOBER)
    page = client.get(order).content.decode()

    assert f'href="{order}"' in statement
    number = pay_of(login, "A-1").paid[0].number
    why = reverse("cabinet:statement-why", kwargs={**IN_OCTOBER, "number": number})
    assert f'href="{why}"' in page


def test_whoever_searches_an_order_without_a_line_is_led_to_why(members):
    client = client_of(members[CELINA])

    address = reverse("cabinet:statement-of", kwargs=IN_OCTOBER)
    page = client.get(f"{address}?search=a-1").content.decode()

    order = reverse("cabinet:statement-order", kwargs={**IN_OCTOBER, "number": "A-1"})
    assert f'href="{order}"' in page


def test_who_is_paid_by_an_order_comes_as_a_file(members):
    client = client_of(members[ANNA])
    named = {**IN_OCTOBER, "number": "A-1", "form": "csv"}

    found = client.get(reverse("cabinet:statement-order-export", kwargs=named))
    text = b"".join(found).decode("utf-8-sig").splitlines()

    assert text == [
        "Bonus,Member,Level,Counted from,Rate,Amount,Currency",
        "levels,BORIS,1,200,0.1,20.00,EUR",
        "levels,ANNA,2,200,0.05,10.00,EUR",
    ]


def test_the_page_of_an_order_asks_few_questions(members, django_assert_max_num_queries):
    client = client_of(members[ANNA])
    address = reverse("cabinet:statement-order", kwargs={**IN_OCTOBER, "number": "A-1"})
    client.get(address)

    with django_assert_max_num_queries(15):
        client.get(address)


def test_staff_come_from_an_order_to_whom_it_pays_and_take_it_as_a_file():
    resident.clear()
    members = office.company()
    number = shop.placed(member_id=members[CELINA].pk)
    closing.bought(members[CELINA], number, "200")
    closing.closed()
    client = office.client_of("finance")
    of = {"key": number, "period": f"monthly:{OCTOBER}"}

    card = client.get(reverse("admin:orders_order_card", args=[number]) + "?tab=pay")
    page = client.get(reverse("admin:orders_order_pay", kwargs=of))
    text = client.get(reverse("admin:orders_order_pay_export", kwargs={**of, "form": "csv"}))

    assert reverse("admin:orders_order_pay", kwargs=of) in office.texts_of(card)
    shown = office.texts_of(page).replace("\u00a0", " ")
    assert "€20.00 = 200 points × 10% × €1.00" in shown
    assert "30.00" in shown
    lines = b"".join(text).decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "levels,BORIS,Boris,1,200,0.1,20.00,EUR,",
        "levels,ANNA,Anna,2,200,0.05,10.00,EUR,",
    ]


def test_who_may_not_see_periods_is_not_told_whom_an_order_pays():
    resident.clear()
    members = office.company()
    number = office.ordered(members[CELINA])
    client = office.client_of("logistics")

    card = office.texts_of(client.get(reverse("admin:orders_order_card", args=[number])))

    assert "tab=pay" not in card
