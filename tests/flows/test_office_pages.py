"""Each screen of the office opens for those who may see it, with few queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import closing
from tests.flows import office
from upline.foundation import access, outbox

pytestmark = pytest.mark.django_db

# The list of each table, and the right that opens it.
LISTS = {
    "network_member_changelist": "members.see",
    "orders_order_changelist": "orders.see",
    "catalog_product_changelist": "catalog.see",
    "commissions_period_changelist": "periods.see",
    "plans_planversion_changelist": "plans.see",
    "ledger_ratesheet_changelist": "rates.see",
    "ledger_account_changelist": "ledger.see",
    "ledger_journal_changelist": "ledger.see",
    "foundation_auditentry_changelist": "audit.see",
    "people_login_changelist": "roles.grant",
    "foundation_delivery_changelist": "outbox.mend",
    "trial_balance": "ledger.see",
    "check_books": "ledger.see",
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

    with CaptureQueriesContext(connection, ) as queries:
        response = client.get(reverse(f"admin:{name}"))

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
