"""Each screen of the office opens for those who may see it, with few queries."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests import closing
from tests.flows import office
from upline.commissions.estimating import refresh_estimates
from upline.foundation import access, clock, outbox
from upline.money import Money
from upline.people import services as people
from upline.plans.models import PlanVersion
from upline.web.office import listing

pytestmark = pytest.mark.django_db

# The list of each table, and the right that opens it.
LISTS = {
    "network_member_changelist": "members.see",
    "people_person_changelist": "people.see",
    "orders_order_changelist": "orders.see",
    "catalog_product_changelist": "catalog.see",
    "commissions_period_changelist": "periods.see",
    "commissions_adjustment_changelist": "periods.see",
    "commissions_standingapproval_changelist": "periods.see",
    "commissions_calendar_changelist": "periods.see",
    "plans_planversion_changelist": "plans.see",
    "ledger_ratesheet_changelist": "rates.see",
    "ledger_account_changelist": "ledger.see",
    "ledger_journal_changelist": "ledger.see",
    "foundation_auditentry_changelist": "audit.see",
    "people_login_changelist": "roles.grant",
    "foundation_delivery_changelist": "outbox.mend",
    "trial_balance": "ledger.see",
    "check_books": "ledger.see",
    "payouts_stop_changelist": "payouts.see",
    "company": "company.configure",
    "index": "",
}
QUERIES_AT_MOST = 15


@pytest.fixture
def company():
    members = office.company()
    number = office.ordered(members[closing.CELINA])
    outbox.drain()
    return {"members": members, "order": number}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_at_most_fifteen_queries(company, name):
    client = office.client_of("owner")
    client.get(reverse(f"admin:{name}"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(reverse(f"admin:{name}"))

    assert response.status_code == 200
    assert len(queries) <= QUERIES_AT_MOST, [one["sql"] for one in queries]


@pytest.mark.parametrize(
    "tab", ["", "history", "persons", "orders", "pay", "wallet", "books", "trail"]
)
def test_each_tab_of_a_members_card_takes_at_most_fifteen_queries(company, tab):
    client = office.client_of("owner")
    address = reverse("admin:network_member_card", args=[closing.CELINA]) + f"?tab={tab}"
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)

    assert response.status_code == 200
    assert len(queries) <= QUERIES_AT_MOST, [one["sql"] for one in queries]


@pytest.mark.parametrize("role", sorted(access.STAFF_ROLES))
def test_a_role_opens_what_its_rights_open_and_nothing_else(company, role):
    client = office.client_of(role)

    answers = {
        name: client.get(reverse(f"admin:{name}")).status_code for name, right in LISTS.items()
    }

    rights = access.rights_of(role)
    assert answers == {
        name: 200 if not right or right in rights else 403 for name, right in LISTS.items()
    }


@pytest.fixture
def closed(company):
    closing.bought(company["members"][closing.CELINA], "A-1", "100")
    closing.closed()
    return company


# What a card offers beyond its first tab.
CARDS = {
    "network_member_card": (
        closing.BORIS,
        ("history", "persons", "orders", "pay", "books", "trail"),
    ),
    "commissions_period_card": ("monthly:2026-10", ("pay", "changes", "late", "history")),
    "catalog_product_card": ("TEA", ("prices", "history")),
    "plans_planversion_card": (None, ("text", "changes")),
}


@pytest.mark.parametrize("name", CARDS)
def test_each_tab_of_a_card_takes_at_most_thirty_queries(closed, name):
    client = office.client_of("owner")
    key, tabs = CARDS[name]
    address = reverse(f"admin:{name}", args=[key or PlanVersion.objects.get().pk])
    client.get(address)

    counts = {}
    for tab in ("", *tabs):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, {"tab": tab} if tab else {}).status_code == 200, tab
        counts[tab] = len(queries)

    assert max(counts.values()) <= 30, counts
    assert client.get(address, {"tab": "nothing"}).status_code == 404


def test_a_statement_says_its_lines_and_why(closed):
    client = office.client_of("finance")
    key = (closing.BORIS, "monthly:2026-10")

    address = reverse("admin:network_member_statement", args=key)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        statement = office.texts_of(client.get(address))
    first = re.search(r'href="(/office/members/BORIS/statements/monthly:2026-10/\d+/)"', statement)
    why = client.get(first[1])
    why_not = client.get(reverse("admin:network_member_why_not", args=key))
    missing = client.get(
        reverse("admin:network_member_statement", args=(closing.BORIS, "monthly:2026-09"))
    )

    assert len(queries) <= QUERIES_AT_MOST
    assert "€10.00" in statement
    assert "Why this sum" in office.texts_of(why)
    assert why_not.status_code == 200
    assert missing.status_code == 404


def test_periods_are_named_by_their_month_in_the_language_of_the_reader(closed):
    client = office.client_of("owner")
    client.post("/language/", {"language": "ru"})
    key = (closing.BORIS, "monthly:2026-10")

    pages = {
        name: office.texts_of(client.get(reverse(f"admin:{name}", args=args)))
        for name, args in (
            ("commissions_period_changelist", ()),
            ("commissions_period_card", ("monthly:2026-10",)),
            ("network_member_statement", key),
        )
    }

    october = "октябрь\u00a02026\u00a0г."
    assert october in pages["commissions_period_changelist"]
    assert f"Период: {october}" in pages["commissions_period_card"]
    assert f"Отчёт: {october}" in pages["network_member_statement"]


def test_search_finds_members_by_code_and_by_the_beginning_of_a_name(company):
    client = office.client_of("support")
    address = reverse("admin:network_member_changelist")

    by_code = office.texts_of(client.get(address, {"q": "celina"}))
    by_name = office.texts_of(client.get(address, {"q": "Bor"}))
    nobody = office.texts_of(client.get(address, {"q": "Zuzanna"}))

    assert "1 entry" in by_code
    assert f"/office/members/{closing.CELINA}/" in by_code
    assert f"/office/members/{closing.BORIS}/" in by_name
    assert "No member fits." in nobody


def test_a_person_is_found_by_name_contact_and_number_and_leads_to_positions(company):
    client = office.client_of("support")
    boris = company["members"][closing.BORIS].holders.get().person
    people.add_email(person_id=boris.pk, given="boris@example.net")
    address = reverse("admin:people_person_changelist")
    card = reverse("admin:people_person_card", args=[boris.pk])

    pages = [
        office.texts_of(client.get(address, {"q": word}))
        for word in ("Bor", "boris@example.net", str(boris.pk))
    ]
    nobody = office.texts_of(client.get(address, {"q": "Zuzanna"}))
    shown = office.texts_of(client.get(card))

    assert [card in page for page in pages] == [True, True, True]
    assert "No person fits." in nobody
    assert reverse("admin:network_member_card", args=[closing.BORIS]) in shown
    assert "b•••@example.net" in shown
    assert client.get(address + "export.csv", follow=True).status_code == 404


def test_filters_narrow_and_a_value_that_is_none_finds_nothing(company):
    client = office.client_of("support")
    address = reverse("admin:network_member_changelist")

    def count(**chosen):
        return client.get(address, chosen).context["cl"].result_count

    assert count(status="active", country="BG") == 3
    assert count(status="frozen") == 0
    assert count(status="nonsense") == 0
    assert count(joined_from="2026-09-01", joined_to="2026-09-01") == 3
    assert count(joined_from="2026-09-02") == 0


def test_a_list_counts_up_to_its_limit(company, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED_AT_MOST", 2)
    client = office.client_of("support")

    page = client.get(reverse("admin:network_member_changelist"))

    assert "More than 2" in office.texts_of(page)


def test_a_file_holds_the_whole_list_with_typed_cells(company):
    client = office.client_of("finance")

    csv = client.get(reverse("admin:orders_order_export_csv")).getvalue().decode("utf-8-sig")
    xlsx = client.get(reverse("admin:orders_order_export_xlsx"))

    lines = csv.splitlines()
    assert lines[0] == "Order,Status,Buyer,Market,Amount,Refunded,Placed"
    assert lines[1].split(",")[0] == company["order"]
    assert "211.79" in lines[1]
    sheet = load_workbook(BytesIO(xlsx.getvalue())).active
    assert sheet["E2"].value == 211.79


def test_what_a_login_may_not_open_is_not_in_the_navigation(company):
    support = office.texts_of(office.client_of("support").get(reverse("admin:index")))
    owner = office.texts_of(office.client_of("owner").get(reverse("admin:index")))

    assert "/office/logins/" not in support
    assert "/office/rates/" not in support
    assert "/office/members/" in support
    assert "/office/logins/" in owner


def test_the_dashboard_counts_the_network_and_shows_what_waits(company):
    closing.computed()

    page = office.client_of("finance").get(reverse("admin:index"))

    figures = {
        str(one.label): one.value for group in page.context["groups"] for one in group.figures
    }
    assert (figures["Members"], figures["Of these active"]) == (3, 3)
    assert [(str(one.label), one.count) for one in page.context["waits"]] == [
        ("Periods to be approved", 1)
    ]


def test_the_books_are_checked_when_somebody_asks(company):
    client = office.client_of("auditor")

    answer = office.texts_of(client.post(reverse("admin:check_books")))

    assert "The books are right." in answer
    assert "Journals: 1. Entries: 3." in answer


def test_the_trial_balance_adds_accounts_up_by_line_and_day(company):
    client = office.client_of("auditor")
    address = reverse("admin:trial_balance")

    now = client.get(address).context["tables"][0].rows
    before = client.get(address, {"on": "2026-11-01"}).context["tables"][0].rows

    assert [[one.value for one in row[1:]] for row in now] == [
        ["PLN", Money(21_179, "PLN"), None],
        ["PLN", None, Money(17_219, "PLN")],
        ["PLN", None, Money(3_960, "PLN")],
    ]
    assert before == []


def figures_of(page, title):
    group = next(one for one in page.context["groups"] if str(one.title) == title)
    return {str(one.label): (one.value, one.before) for one in group.figures}


def test_the_dashboard_shows_today_or_the_last_week_that_had_orders(company):
    client = office.client_of("finance")
    address = reverse("admin:index")
    week = {
        "Turnover, paid": ([Money(17_219, "PLN")], [Money(0, "PLN")]),
        "Orders": (1, 0),
        "Of these paid": (1, 0),
    }

    with clock.stopped_at(datetime(2026, 11, 2, 15, tzinfo=UTC)):
        today = figures_of(client.get(address), "Today")
    with clock.stopped_at(datetime(2026, 11, 5, 15, tzinfo=UTC)):
        lately = figures_of(client.get(address), "Last 7 days")
    with clock.stopped_at(datetime(2026, 12, 24, 15, tzinfo=UTC)):
        quiet = figures_of(client.get(address), "7 days up to 2\xa0Nov\xa02026")

    assert [today, lately, quiet] == [week, week, week]


def test_the_dashboard_counts_late_orders_and_leads_to_them():
    members = office.company()
    closing.closed()
    closing.bought(members[closing.CELINA], "A-2", "40")
    with clock.stopped_at(datetime(2026, 11, 3, 9, tzinfo=UTC)):
        refresh_estimates()
        page = office.client_of("finance").get(reverse("admin:index"))

    late = next(
        one
        for group in page.context["groups"]
        for one in group.figures
        if str(one.label) == "Late orders and refunds"
    )
    assert (late.value, late.href) == (1, "/office/periods/monthly:2026-11/?tab=late")


def test_an_open_period_says_when_it_can_be_closed(company):
    client = office.client_of("finance")

    with clock.stopped_at(datetime(2026, 10, 20, 9, tzinfo=UTC)):
        page = client.get(reverse("admin:commissions_period_card", args=["monthly:2026-10"]))

    assert (
        "Close this period: It still runs. Last day: October 31, 2026; "
        "can be closed from: November 1, 2026." in office.texts_of(page)
    )


def test_a_card_has_few_buttons_and_the_other_acts_in_one_menu(company):
    client = office.client_of("owner")

    card = client.get(reverse("admin:orders_order_card", args=[company["order"]]))

    offered = card.context["offered"]
    assert [str(one["label"]) for one in offered["buttons"]] == ["Send"]
    assert [str(one["label"]) for one in offered["menu"]] == [
        "Refund all",
        "Refund pieces",
        "Refund an amount",
    ]
