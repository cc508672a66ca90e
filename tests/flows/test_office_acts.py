"""Acts of the office: who may do them, what they ask, what they refuse, what stays in the audit."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests import closing, shop
from tests.flows import office
from upline.catalog.models import ProductText
from upline.commissions import services as commissions
from upline.foundation import clock, context, outbox
from upline.foundation.access import STAFF_ROLES, rights_of
from upline.foundation.models import AuditEntry
from upline.ledger.models import RateSheet
from upline.network import services as network
from upline.network.errors import CountryUnreadable
from upline.network.models import Member, RankGrant
from upline.orders.models import Order
from upline.people import services as people
from upline.people.models import Address, Contact, Login, Person, PersonMerge, RoleGrant
from upline.plans.models import PlanVersion
from upline.web.office.site import site

pytestmark = pytest.mark.django_db

REASON = "The member asked for it in writing."
RATES = "rate_on,base,quote,rate\n2026-11-02,EUR,PLN,4.2671\n"


@pytest.fixture
def members():
    return office.company()


def at(name, *keys):
    return reverse(f"admin:{name}", args=keys)


def confirmed(client, address, **entries):
    """Send the entries, then confirm them; give the last answer."""
    asked = client.post(address, entries)
    assert asked.status_code == 200, asked["Location"]
    return client.post(address, {**entries, "confirmed": "yes"})


def acts():
    return [(admin, act) for admin in site._registry.values() for act in admin.acts]


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_each_act_opens_for_the_roles_that_have_its_right_and_no_other(members, role):
    client = office.client_of(role)

    refused = {
        f"{admin.address}/{act.name}"
        for admin, act in acts()
        if client.get(
            admin.address_at(act.name) if act.of_list else admin.address_at(act.name, "0")
        ).status_code
        == 403
    }

    assert refused == {
        f"{admin.address}/{act.name}" for admin, act in acts() if act.right not in rights_of(role)
    }


def test_a_member_of_the_network_does_not_enter_the_office(members):
    client = office.client_of("member")

    assert client.get(at("index")).status_code == 403
    assert client.get(at("network_member_card", closing.ANNA)).status_code == 403


def test_freezing_asks_for_a_reason_shows_itself_and_is_kept_in_the_audit(members):
    client = office.client_of("support")
    address = at("network_member_freeze", closing.CELINA)

    without = client.post(address, {"effective_on": "2026-11-02", "reason": ""})
    with clock.stopped_at(closing.NOVEMBER_2):
        shown = client.post(address, {"effective_on": "2026-11-02", "reason": REASON})
        between = Member.objects.get(code=closing.CELINA).status
        done = client.post(
            address, {"effective_on": "2026-11-02", "reason": REASON, "confirmed": "yes"}
        )

    assert "This field is required." in office.texts_of(without)
    assert REASON in office.texts_of(shown)
    assert between == "active"
    assert done["Location"] == at("network_member_card", closing.CELINA)
    assert Member.objects.get(code=closing.CELINA).status == "frozen"
    entry = AuditEntry.objects.get(act="network.change_status")
    login = Login.objects.get(email="support@example.com")
    assert (entry.actor, entry.reason) == (f"login:{login.pk}", REASON)


def test_a_circle_is_refused_before_anybody_confirms(members):
    client = office.client_of("support")

    with clock.stopped_at(closing.NOVEMBER_2):
        answer = client.post(
            at("network_member_move", closing.ANNA),
            {"sponsor": closing.CELINA, "effective_on": "2026-11-02", "reason": REASON},
        )

    assert "a circle" in office.texts_of(answer)
    assert Member.objects.get(code=closing.ANNA).sponsor is None
    assert not AuditEntry.objects.filter(act="network.move").exists()


def test_a_move_says_what_happens_and_happens(members):
    client = office.client_of("support")
    address = at("network_member_move", closing.CELINA)
    entries = {"sponsor": closing.ANNA, "effective_on": "2026-11-02", "reason": REASON}

    with clock.stopped_at(closing.NOVEMBER_2):
        shown = client.post(address, entries)
        client.post(address, {**entries, "confirmed": "yes"})

    assert "2 Nov 2026" in office.texts_of(shown).replace("\xa0", " ")
    assert Member.objects.get(code=closing.CELINA).sponsor == members[closing.ANNA]


def test_several_who_fit_are_offered_to_choose_from(members):
    client = office.client_of("support")

    answer = client.post(
        at("network_member_move", closing.CELINA),
        {"sponsor": "anna", "effective_on": "2026-11-02", "reason": REASON},
    )
    vague = client.post(
        at("network_member_move", closing.CELINA),
        {"sponsor": "Bor", "effective_on": "2026-11-02", "reason": REASON},
    )

    assert "Takes effect" in office.texts_of(answer)
    assert 'type="radio" class="radio" name="sponsor" value="BORIS"' in office.texts_of(vague)


def test_a_rank_by_decision_needs_two_persons(members):
    maker, checker = office.client_of("owner", "one"), office.client_of("owner", "two")
    closing.computed()
    propose = at("network_member_rank", closing.BORIS)
    approve = at("network_member_approve-rank", closing.BORIS)

    with clock.stopped_at(closing.NOVEMBER_2):
        confirmed(maker, propose, rank="Leader", from_on="2026-11-02", until_on="", reason=REASON)
        grant = RankGrant.objects.get()
        own = maker.post(approve, {"grant": grant.pk})
        confirmed(checker, approve, grant=grant.pk)

    assert "another" in office.texts_of(own).lower() or "second" in office.texts_of(own).lower()
    grant.refresh_from_db()
    assert grant.approved_by.email == "two@example.com"


def test_private_data_are_shown_for_a_reason_that_the_audit_keeps(members):
    finance, support = office.client_of("finance"), office.client_of("support")
    address = at("network_member_reveal", closing.ANNA)

    shown = finance.post(address, {"reason": REASON})

    assert shown.status_code == 200
    assert "Private data" in office.texts_of(shown)
    assert AuditEntry.objects.get(act="people.reveal").reason == REASON
    assert support.post(address, {"reason": REASON}).status_code == 403


def test_a_refund_sent_twice_is_one_refund(members):
    number = office.ordered(members[closing.CELINA])
    client = office.client_of("support")
    address = at("orders_order_refund", number)
    entries = {"reference": "office-1", "reason": REASON, "confirmed": "yes"}

    client.post(address, entries)
    again = client.post(address, entries)

    order = Order.objects.get(number=number)
    assert order.refunded_minor == order.gross_minor == 21_179
    assert order.refunds.count() == 1
    assert "This cannot be done now." in office.texts_of(again)


def test_pieces_of_one_line_are_refunded(members):
    number = office.ordered(members[closing.CELINA])
    client = office.client_of("support")
    tea, cup = shop.lines(number)
    entries = {
        "reference": "office-2",
        "reason": REASON,
        f"line_{tea.pk}": "1",
        f"line_{cup.pk}": "0",
    }

    none = client.post(at("orders_order_refund-pieces", number), {**entries, f"line_{tea.pk}": "0"})
    confirmed(client, at("orders_order_refund-pieces", number), **entries)

    assert "Name at least one piece." in office.texts_of(none)
    assert Order.objects.get(number=number).refunded_minor == 9_840


def test_an_amount_of_a_line_is_refunded(members):
    number = office.ordered(members[closing.CELINA])
    tea, _cup = shop.lines(number)

    confirmed(
        office.client_of("finance"),
        at("orders_order_refund-amount", number),
        reference="office-3",
        reason=REASON,
        amount="10.50",
        line=tea.pk,
    )

    assert Order.objects.get(number=number).refunded_minor == 1_050


def test_rates_are_entered_by_one_and_approved_by_another(members):
    maker, checker = office.client_of("finance", "maker"), office.client_of("finance", "checker")
    entries = {"source": "company", "text": RATES, "reason": ""}

    maker.post(at("ledger_ratesheet_enter"), entries)
    sheet = RateSheet.objects.get()
    own = maker.post(at("ledger_ratesheet_approve", sheet.pk), {"confirmed": "yes"})
    sheet.refresh_from_db()
    between = sheet.state
    checker.post(at("ledger_ratesheet_approve", sheet.pk), {"confirmed": "yes"})

    assert own.status_code == 200
    assert between == "entered"
    sheet.refresh_from_db()
    assert sheet.state == "approved"


def test_wrong_rates_are_named_by_their_lines(members):
    client = office.client_of("finance")

    answer = client.post(
        at("ledger_ratesheet_enter"),
        {"source": "company", "text": RATES + "2026-11-03,EUR,EUR,1\n", "reason": ""},
    )

    assert "line 3" in office.texts_of(answer)
    assert not RateSheet.objects.exists()


def test_a_plan_is_drafted_with_its_faults_by_line_and_approved_by_another(members):
    maker, checker = office.client_of("owner", "maker"), office.client_of("owner", "checker")
    wrong = closing.PLAN.replace("10 %", "ten")
    later = closing.PLAN.replace("version: 2026-01-01", "version: 2027-01-01")

    refused = maker.post(at("plans_planversion_draft"), {"text": wrong})
    maker.post(at("plans_planversion_draft"), {"text": later})
    draft = PlanVersion.objects.get(state="draft")
    own = maker.post(
        at("plans_planversion_approve", draft.pk), {"reason": REASON, "confirmed": "yes"}
    )
    confirmed(checker, at("plans_planversion_approve", draft.pk), reason=REASON)

    assert "Line 15" in office.texts_of(refused)
    assert "cannot approve it" in office.texts_of(own)
    draft.refresh_from_db()
    assert draft.state == "approved"


def test_a_plan_version_shows_what_the_review_finds_and_the_most_that_it_can_pay(members):
    maker = office.client_of("owner", "maker")
    unused = closing.PLAN.replace("version: 2026-01-01", "version: 2027-01-01")
    maker.post(at("plans_planversion_draft"), {"text": f"{unused}constants: {{spare: 3}}\n"})
    version = PlanVersion.objects.get(state="draft")

    shown = office.texts_of(maker.get(at("plans_planversion_card", version.pk), {"tab": "text"}))

    assert "Warning" in shown
    assert "Nothing uses “spare”." in shown
    assert "The most that it can pay" in shown
    assert "In all" in shown


def test_a_draft_that_pays_for_recruiting_is_refused_by_the_form(members):
    maker = office.client_of("owner", "maker")
    welcome = "  welcome: {kind: award, requires: recruits(joined_in_period) >= 1, amount: 9 EUR}\n"
    paying = closing.PLAN.replace("bonuses:\n", f"bonuses:\n{welcome}")

    refused = office.texts_of(maker.post(at("plans_planversion_draft"), {"text": paying}))

    assert "recruiting_pay" in refused
    assert not PlanVersion.objects.filter(state="draft").exists()


def test_a_period_is_approved_by_another_and_by_the_digest_that_was_seen(members):
    closing.bought(members[closing.CELINA], "A-1", "100")
    key = "monthly:2026-10"
    maker = office.client_of("finance", "maker")
    actor = f"login:{Login.objects.get(email='maker@example.com').pk}"
    with clock.stopped_at(closing.NOVEMBER_2), context.working(actor=actor):
        commissions.freeze_period(calendar="monthly", label="2026-10")
        run = commissions.compute_period(calendar="monthly", label="2026-10")
    checker, support = office.client_of("finance", "checker"), office.client_of("support")
    address = at("commissions_period_approve", key)

    own = maker.get(address)
    foreign = support.get(address)
    stale = checker.post(address, {"digest": "0" * 64, "confirmed": "yes"})
    shown = checker.post(address, {"digest": run.digest})
    done = checker.post(address, {"digest": run.digest, "confirmed": "yes"})

    assert "This cannot be done now." in office.texts_of(own)
    assert foreign.status_code == 403
    assert run.digest in office.texts_of(stale)
    assert "By bonus" in office.texts_of(shown)
    assert done["Location"] == at("commissions_period_card", key)
    run.refresh_from_db()
    assert run.approved_by == f"login:{Login.objects.get(email='checker@example.com').pk}"


def test_a_close_is_asked_for_once_it_is_over(members):
    closing.bought(members[closing.CELINA], "A-1", "100")
    outbox.drain()
    client = office.client_of("finance")

    with clock.stopped_at(datetime(2026, 11, 2, 9, tzinfo=UTC)):
        client.get(at("commissions_period_changelist"))
        shown = client.get(at("commissions_period_close", "monthly:2026-10"))
        client.post(at("commissions_period_close", "monthly:2026-10"), {"confirmed": "yes"})
        progress = client.get(at("commissions_period_progress", "monthly:2026-10"))

    assert "Before the close" in office.texts_of(shown)
    assert "Waits for the worker" in office.texts_of(progress)


def test_roles_are_granted_and_withdrawn_with_a_reason_but_never_the_last_owner(members):
    client = office.client_of("owner")
    helper = office.login_with("support", email="helper@example.com")
    owner = Login.objects.get(email="owner@example.com")

    confirmed(client, at("people_login_grant", helper.pk), role="content", reason=REASON)
    confirmed(client, at("people_login_withdraw", helper.pk), role="support", reason=REASON)
    last = client.post(
        at("people_login_withdraw", owner.pk),
        {"role": "owner", "reason": REASON, "confirmed": "yes"},
    )

    assert Login.objects.get(pk=helper.pk).roles == {"content"}
    assert RoleGrant.objects.get(login=helper, role="support").withdrawn_at is not None
    assert "the only login of an owner" in office.texts_of(last)
    assert Login.objects.get(pk=owner.pk).roles == {"owner"}
    assert AuditEntry.objects.filter(act="people.withdraw_role").count() == 1


def test_a_price_ends_the_one_before_and_says_so_first(members):
    client = office.client_of("marketing")
    address = at("catalog_product_price", "TEA")
    entries = {
        "market": "PL",
        "audience": "partner",
        "amount": "99.90",
        "volumes": "pv 21, cv 65.5",
        "starts_on": "2026-12-01",
        "ends_on": "",
        "reason": REASON,
    }

    shown = client.post(address, entries)
    client.post(address, {**entries, "confirmed": "yes"})

    assert "The price before" in office.texts_of(shown)
    kept = AuditEntry.objects.get(act="catalog.set_price")
    assert kept.after["minor"] == 9_990
    assert kept.reason == REASON


def test_a_login_is_opened_with_several_roles_and_its_second_factor_reset(members):
    client = office.client_of("owner")
    entries = {"email": "new@example.com", "roles": ["support", "content"], "reason": REASON}

    shown = client.post(at("people_login_open"), entries)
    between = Login.objects.filter(email="new@example.com").exists()
    client.post(at("people_login_open"), {**entries, "confirmed": "yes"})
    login = Login.objects.get(email="new@example.com")
    Authenticator.objects.create(user=login, type="totp", data={"secret": "sealed"})
    confirmed(client, at("people_login_reset-second-factor", login.pk), reason=REASON)

    assert not between
    assert 'name="roles" value="content"' in office.texts_of(shown)
    assert login.roles == {"support", "content"}
    assert not Authenticator.objects.filter(user=login).exists()
    assert AuditEntry.objects.get(act="people.forget_second_factor").reason == REASON


def test_texts_of_a_product_are_written_in_each_language(members):
    client = office.client_of("content")
    languages = ("en", "ru", "bg", "kk", "pl")
    entries = {f"name_{one}": f"Tea {one}" for one in languages}
    entries |= {f"description_{one}": "" for one in languages}

    refused = client.post(
        at("catalog_product_texts", "TEA"),
        {**entries, "name_kk": "", "description_kk": "Дәмді", "reason": REASON},
    )
    client.post(at("catalog_product_texts", "TEA"), {**entries, "reason": REASON})

    assert "A description needs a name." in office.texts_of(refused)
    texts = ProductText.objects.filter(product__sku="TEA").values_list("language", "name")
    assert dict(texts) == {one: f"Tea {one}" for one in languages}


def test_a_termination_says_who_goes_where_first(members):
    client = office.client_of("support")
    address = at("network_member_terminate", closing.BORIS)
    entries = {"effective_on": "2026-11-02", "reason": REASON}

    with clock.stopped_at(closing.NOVEMBER_2):
        shown = client.post(address, entries)
        client.post(address, {**entries, "confirmed": "yes"})

    assert "They go to" in office.texts_of(shown)
    assert Member.objects.get(code=closing.BORIS).status == "terminated"
    assert Member.objects.get(code=closing.CELINA).sponsor == members[closing.ANNA]


def test_goods_are_sent_in_parts_and_arrive_by_those_who_may(members):
    number = office.ordered(members[closing.CELINA])
    client = office.client_of("logistics")
    tea, cup = shop.lines(number)
    send, arrive = at("orders_order_ship", number), at("orders_order_deliver", number)
    entries = {"carrier": "DPD", "tracking": "PL-77", "reference": "office-4"}

    first = office.texts_of(client.get(send))
    none = client.post(send, {**entries, f"line_{tea.pk}": "0", f"line_{cup.pk}": "0"})
    too_many = client.post(send, {**entries, f"line_{tea.pk}": "3", f"line_{cup.pk}": "0"})
    part = {**entries, f"line_{tea.pk}": "1", f"line_{cup.pk}": "0"}
    confirmed(client, send, **part)
    again = client.post(send, {**part, "confirmed": "yes"})
    between = Order.objects.get(number=number).status
    shown = client.post(arrive, {"shipment": "office-4"})
    client.post(arrive, {"shipment": "office-4", "confirmed": "yes"})
    rest = {f"line_{tea.pk}": "1", f"line_{cup.pk}": "1", "carrier": "DPD", "tracking": ""}
    confirmed(client, send, **rest, reference="office-5")
    confirmed(client, arrive, shipment="office-5")
    late = client.get(send)

    assert f'name="line_{tea.pk}" value="2"' in first
    assert "Name at least one piece." in office.texts_of(none)
    assert "less than or equal to 2" in office.texts_of(too_many)
    assert again.status_code == 302
    assert between == "partly_shipped"
    assert "Goods of this shipment" in office.texts_of(shown)
    assert Order.objects.get(number=number).status == "delivered"
    assert "This cannot be done now." in office.texts_of(late)
    kept = AuditEntry.objects.filter(subject=f"order:{number}").order_by("id")
    assert [(one.act, one.after) for one in kept] == [
        ("orders.ship", {"shipment": "office-4"}),
        ("orders.deliver", {"shipment": "office-4"}),
        ("orders.ship", {"shipment": "office-5"}),
        ("orders.deliver", {"shipment": "office-5"}),
    ]


def test_an_order_that_is_not_paid_is_not_sent(members):
    number = shop.placed(member_id=members[closing.CELINA].pk)
    client = office.client_of("logistics")

    card = office.texts_of(client.get(at("orders_order_card", number)))
    answer = client.post(at("orders_order_ship", number), {"carrier": "DPD", "confirmed": "yes"})

    assert "/ship/" not in card
    assert "This cannot be done now." in office.texts_of(answer)
    assert Order.objects.get(number=number).status == "placed"


def person_of(member):
    return member.holders.get().person


def test_a_person_is_corrected_with_a_reason_and_the_day_of_birth_stays(members):
    person = person_of(members[closing.BORIS])
    born = people.PersonDraft(given_name="Boris", birth_on=date(1990, 5, 17))
    people.change_person(person_id=person.pk, draft=born)
    client = office.client_of("support")
    entries = {"given_name": "Борис", "family_name": "Дръмев", "language": "bg", "birth_on": ""}

    first = office.texts_of(client.get(at("people_person_edit", person.pk)))
    confirmed(client, at("people_person_edit", person.pk), **entries, reason=REASON)

    person.refresh_from_db()
    assert 'value="Boris"' in first
    assert "1990" not in first
    assert (str(person), person.language, person.birth_on) == ("Борис Дръмев", "bg", "1990-05-17")
    kept = AuditEntry.objects.filter(act="people.change").latest("id")
    assert kept.reason == REASON
    assert kept.after == {"fields": ["given_name", "family_name", "language"]}
    assert "Борис Дръмев" in office.texts_of(client.get(at("network_member_card", closing.BORIS)))


def test_a_contact_that_another_person_has_is_said_before_it_is_added(members):
    anna, boris = person_of(members[closing.ANNA]), person_of(members[closing.BORIS])
    people.add_phone(person_id=anna.pk, given="+359 88 812 3456", country="BG")
    client = office.client_of("support")
    address = at("people_person_phone", boris.pk)
    entries = {"phone": "088 812 3456", "country": "BG", "reason": REASON}

    wrong = client.post(address, {**entries, "phone": "12"})
    shown = client.post(address, entries)
    between = Contact.objects.filter(person=boris).count()
    client.post(address, {**entries, "confirmed": "yes"})

    assert "This is no telephone number in BG." in office.texts_of(wrong)
    assert "May be the same person" in office.texts_of(shown)
    assert at("people_person_card", anna.pk) in office.texts_of(shown)
    assert between == 0
    added = Contact.objects.get(person=boris)
    assert (added.value, added.is_first) == ("+359888123456", True)
    assert AuditEntry.objects.filter(act="people.add_contact").latest("id").reason == REASON


def test_a_contact_ends_and_an_address_is_written(members):
    person = person_of(members[closing.BORIS])
    contact = people.add_email(person_id=person.pk, given="boris@example.net")
    client = office.client_of("support")
    where = {
        "kind": "home",
        "country": "BG",
        "region": "",
        "city": "София",
        "postal_code": "1000",
        "street": "Шипка 1",
    }

    shown = client.get(at("people_person_end-contact", person.pk))
    confirmed(client, at("people_person_end-contact", person.pk), contact=contact, reason=REASON)
    confirmed(client, at("people_person_address", person.pk), **where, reason=REASON)

    assert "b•••@example.net" in office.texts_of(shown)
    assert Contact.objects.get(pk=contact).ended_at is not None
    assert Address.objects.get(person=person).street == "Шипка 1"
    acts = ("people.end_contact", "people.add_address")
    assert [AuditEntry.objects.get(act=act).reason for act in acts] == [REASON, REASON]


def test_a_merge_says_what_goes_over_happens_and_is_undone(members):
    anna, boris = person_of(members[closing.ANNA]), person_of(members[closing.BORIS])
    people.add_email(person_id=boris.pk, given="boris@example.net")
    client = office.client_of("support")
    merge, undo = at("people_person_merge", boris.pk), at("people_person_undo-merge", anna.pk)
    entries = {"kept": str(anna.pk), "reason": REASON}

    itself = client.post(merge, {**entries, "kept": str(boris.pk)})
    shown = client.post(merge, entries)
    between = Person.objects.get(pk=boris.pk).merged_into_id
    client.post(merge, {**entries, "confirmed": "yes"})
    merged = Person.objects.get(pk=boris.pk).merged_into_id
    old_address = client.get(at("people_person_card", boris.pk))
    confirmed(client, undo, merge=PersonMerge.objects.get().pk, reason=REASON)

    assert "cannot be merged into themselves" in office.texts_of(itself)
    said = dict(shown.context["sections"][0].rows)
    told = {str(label): cell.value for label, cell in said.items()}
    assert told["Contacts that go over"] == 1
    assert told["Positions now read as theirs"] == [closing.BORIS]
    assert f"Anna · Person {anna.pk}" in office.texts_of(shown)
    assert (between, merged) == (None, anna.pk)
    assert "Anna" in office.texts_of(old_address)
    assert Person.objects.get(pk=boris.pk).merged_into_id is None
    kept = AuditEntry.objects.filter(act__in=("people.merge", "people.undo_merge"))
    assert [one.reason for one in kept] == [REASON, REASON]


def test_nobody_merges_the_person_behind_the_own_login(members):
    anna, boris = person_of(members[closing.ANNA]), person_of(members[closing.BORIS])
    client = office.client_of("support")
    Login.objects.filter(email="support@example.com").update(person=boris)

    answer = client.post(
        at("people_person_merge", boris.pk),
        {"kept": str(anna.pk), "reason": REASON, "confirmed": "yes"},
    )

    assert f"Person {boris.pk} is you yourself." in office.texts_of(answer)
    assert Person.objects.get(pk=boris.pk).merged_into_id is None
    assert not PersonMerge.objects.exists()


def test_a_granted_rank_is_ended_with_a_reason(members):
    client = office.client_of("support")
    member = members[closing.BORIS]
    address = at("network_member_end-rank", closing.BORIS)

    with clock.stopped_at(closing.NOVEMBER_2):
        before = client.get(address)
        draft = network.RankGrantDraft(
            member_id=member.pk,
            rank="Leader",
            from_on=date(2026, 10, 1),
            until_on=None,
            reason="By the board.",
        )
        grant = network.propose_rank(
            draft=draft, proposed_by=Login.objects.get(email="support@example.com").pk
        )
        other = office.login_with("finance", email="other@example.com")
        network.grant_rank(grant_id=grant, approved_by=other.pk)
        empty = client.post(address, {"grant": grant, "until_on": "2026-10-01", "reason": REASON})
        confirmed(client, address, grant=grant, until_on="2026-11-10", reason=REASON)

    assert "This cannot be done now." in office.texts_of(before)
    assert empty.status_code == 200
    assert RankGrant.objects.get().span.upper == date(2026, 11, 10)
    assert AuditEntry.objects.get(act="network.end_rank_grant").reason == REASON


def test_a_country_is_changed_with_a_reason_and_the_audit_log_says_both_in_words(members):
    client = office.client_of("support")
    address = at("network_member_country", closing.CELINA)
    entries = {"country": "PL", "reason": REASON}

    shown = client.post(address, entries)
    between = Member.objects.get(code=closing.CELINA).country
    done = client.post(address, {**entries, "confirmed": "yes"}, follow=True)
    again = client.post(address, {**entries, "confirmed": "yes"}, follow=True)
    entry = AuditEntry.objects.get(act="network.change_country")
    log = office.client_of("auditor").get(at("foundation_auditentry_card", entry.pk))

    def said(answer):
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", office.texts_of(answer)))

    assert "Country until now Bulgaria New country Poland" in said(shown)
    assert (between, Member.objects.get(code=closing.CELINA).country) == ("BG", "PL")
    assert "The country is changed." in office.texts_of(done)
    assert "It is this country already." in office.texts_of(again)
    assert "Changed the country of a member" in office.texts_of(log)
    assert "Field Before After Country Bulgaria Poland" in said(log)


def test_what_is_no_country_is_refused(members):
    with pytest.raises(CountryUnreadable):
        network.change_country(member_id=members[closing.CELINA].pk, country="pl", reason=REASON)
