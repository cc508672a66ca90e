"""The pages of statements and of the estimate, as members open them."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from tests import closing, team
from tests.closing import ANNA, BORIS, CELINA, OCTOBER
from tests.signing_in import signed_in
from upline.commissions import estimating, queries, resident, services
from upline.commissions.models import Period, VolumeFact
from upline.commissions.queries import StatementKey
from upline.foundation import clock, context
from upline.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

OF = {"calendar": "monthly", "label": OCTOBER}


@pytest.fixture
def members():
    resident.clear()
    found = closing.opened()
    closing.bought(found[CELINA], "A-1", "200")
    closing.bought(found[BORIS], "A-2", "100")
    closing.closed()
    closing.bought(found[CELINA], "B-1", "50", month=11, day=2)
    estimating.refresh_estimates()
    return found


def client_of(member):
    return signed_in(Client(), team.login_of(member))


def page(client, name, *, status=200, query="", **named):
    response = client.get(reverse(f"cabinet:{name}", kwargs=named) + query)
    assert response.status_code == status
    # A day or a sum is never broken; here a space is as good.
    return "" if response.streaming else response.content.decode().replace("\u00a0", " ")


def number_of(order, member=ANNA):
    viewer = team.staff("finance", "looks@example.net")
    rows = queries.statement_lines(
        viewer=viewer, of=StatementKey(member=member, **OF), language="en"
    ).rows
    return next(row.number for row in rows if row.order == order)


def test_all_statements_come_as_files_with_numbers_and_days(members):
    client = client_of(members[ANNA])

    book = client.get(reverse("cabinet:statements-export", args=["xlsx"]))
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    text = b"".join(client.get(reverse("cabinet:statements-export", args=["csv"])))

    heads, october = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert heads[0] == "Period"
    assert october[0].replace("\u00a0", " ") == "October 2026"
    assert october[1].isoformat() == "2026-10-01T00:00:00"
    assert october[4:8] == ["Leader", 20, None, "EUR"]
    assert text.decode("utf-8-sig").splitlines()[1].endswith("Leader,20.00,,EUR")
    assert client.get(reverse("cabinet:statements-export", args=["pdf"])).status_code == 404


def test_the_list_shows_each_closed_period_with_rank_and_pay(members):
    shown = page(client_of(members[ANNA]), "statements")

    assert "October 2026" in shown
    assert "Leader" in shown
    assert "20.00" in shown


def test_a_statement_shows_bonuses_and_lines_and_links_to_why(members):
    shown = page(client_of(members[ANNA]), "statement-of", **OF)

    assert "A-1" in shown
    assert "A-2" in shown
    assert "2 lines" in shown
    assert f'href="/my/statements/monthly/2026-10/lines/{number_of("A-1")}/"' in shown


def test_lines_are_filtered_by_what_the_address_says(members):
    client = client_of(members[ANNA])

    by_level = page(client, "statement-of", query="?level=1", **OF)
    by_search = page(client, "statement-of", query="?search=a-1&bonus=levels", **OF)
    nonsense = page(client, "statement-of", query="?level=x&order=y&page=-7&bonus=levels", **OF)

    assert ("A-1" in by_level, "A-2" in by_level) == (False, True)
    assert ("A-1" in by_search, "A-2" in by_search) == (True, False)
    assert ("A-1" in nonsense, "A-2" in nonsense) == (True, True)


def test_why_shows_the_way_and_the_factors(members):
    shown = page(client_of(members[ANNA]), "statement-why", **OF, number=number_of("A-1"))

    assert shown.rindex("ANNA") < shown.rindex("BORIS") < shown.rindex("CELINA")
    assert "200 points" in shown
    assert "5%" in shown


def test_why_not_says_why_nothing_was_paid_and_what_the_next_rank_asks(members):
    shown = page(client_of(members[CELINA]), "statement-why-not", **OF)

    assert "there is nothing below to be paid on" in shown
    assert "Leader" in shown
    assert "100 points" in shown


@pytest.mark.parametrize(
    ("asked", "leads_to", "label"),
    [
        ("statement-why-not", "estimate-why-not", "2026-11"),
        ("estimate-why-not", "statement-why-not", "2026-10"),
    ],
)
def test_why_not_of_a_month_stands_where_its_sums_stand(members, asked, leads_to, label):
    of = {"calendar": "monthly", "label": label}

    answer = client_of(members[ANNA]).get(reverse(f"cabinet:{asked}", kwargs=of))

    assert answer.status_code == 302
    assert answer["Location"] == reverse(f"cabinet:{leads_to}", kwargs=of)


def test_the_estimate_has_the_same_pages(members):
    client = client_of(members[ANNA])
    of = {"calendar": "monthly", "label": "2026-11"}

    shown = page(client, "estimate")
    (line,) = queries.estimate_lines(
        viewer=team.staff("finance"), of=StatementKey(member=ANNA, **of), language="en"
    ).rows

    assert "B-1" in shown
    assert f'href="/my/estimate/monthly/2026-11/lines/{line.number}/"' in shown
    assert "€2.50" in page(client, "estimate-why", **of, number=line.number)
    assert "Leader" in page(client, "estimate-why-not", **of)
    assert "Leader" in page(client, "estimate-why-not-now")
    assert "B-1" in page(client, "estimate-of", **of)


def test_lines_are_taken_as_files_with_typed_cells_and_no_formula(members):
    client = client_of(members[ANNA])
    address = reverse("cabinet:statement-export", kwargs={**OF, "form": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(address).content)).active
    head, first, *_ = sheet.iter_rows(values_only=True)
    response = client.get(address.replace("xlsx", "csv") + "?level=1")
    written = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert head[:4] == ("Number", "Bonus", "Level", "Order")
    assert first[1:] == ("levels", 2, "A-1", CELINA, 200, 0.05, 10, "EUR")
    assert [line.split(",")[3] for line in written] == ["Order", "A-2"]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("statement-of", {"calendar": "monthly", "label": "2026-11"}),
        ("statement-of", {"calendar": "weekly", "label": "2026-W40"}),
        ("statement-of", {"calendar": "monthly", "label": "nonsense"}),
        ("statement-why", {**OF, "number": 99}),
        ("statement-export", {**OF, "form": "pdf"}),
        ("estimate-why", {"calendar": "monthly", "label": "2026-11", "number": 99}),
        ("estimate-why-not", {"calendar": "monthly", "label": "2027-01"}),
    ],
)
def test_what_is_not_there_answers_so(members, name, named):
    page(client_of(members[ANNA]), name, status=404, **named)


def test_a_line_of_somebody_else_is_not_there(members):
    of_anna = number_of("A-2")

    page(client_of(members[CELINA]), "statement-why", status=404, **OF, number=of_anna)


def test_who_asks_for_days_to_come_leaves_no_period_behind(members):
    known = Period.objects.count()

    page(client_of(members[ANNA]), "estimate-of", status=404, calendar="monthly", label="2099-01")

    assert Period.objects.count() == known


def test_each_page_asks_at_most_fifteen_queries(members, django_assert_max_num_queries):
    client = client_of(members[ANNA])
    now = {"calendar": "monthly", "label": "2026-11"}
    number = number_of("A-1")
    asks = [
        ("statements", {}),
        ("statement-of", OF),
        ("statement-why", {**OF, "number": number}),
        ("statement-why-not", OF),
        ("estimate", {}),
        ("estimate-of", now),
        ("estimate-why-not", now),
    ]
    for name, named in asks:
        page(client, name, **named)

    for name, named in asks:
        with django_assert_max_num_queries(15, info=name):
            page(client, name, **named)


def test_what_is_settled_for_an_earlier_period_stands_beside_the_pay_of_the_open_one(members):
    order = VolumeFact.objects.get(key="order:A-1")
    closing.bought(members[CELINA], "A-1", "-50", key="refund:A-1:1", opposite_of=order.pk)
    closing.adjusted()
    client = client_of(members[ANNA])

    estimate = page(client, "estimate-of", calendar="monthly", label="2026-11")
    october = page(client, "statement-of", **OF)

    assert "From earlier periods" in estimate
    assert "€10.00" in estimate
    assert "€7.50" in estimate
    assert "From earlier periods" not in october


def test_what_was_corrected_by_hand_stands_on_the_statement_with_its_reason(members):
    draft = services.PayDraft(
        member=BORIS, amount=Money(2500, "EUR"), reason="a prize of the spring congress"
    )
    with clock.stopped_at(closing.NOVEMBER_2):
        with context.working(actor="login:3"):
            sheet = services.enter_pay(key="one", calendar="monthly", drafts=[draft])
        with context.working(actor="login:4"):
            services.approve_corrections(number=sheet.pk, digest=sheet.digest)
    client = client_of(members[BORIS])

    before = page(client, "statement-of", **OF)
    now = page(client, "estimate-of", calendar="monthly", label="2026-11")

    assert "a prize of the spring congress" not in before
    assert ("a prize of the spring congress" in now, "25.00" in now) == (True, True)
