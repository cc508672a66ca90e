"""By which contract a member is paid, and what is kept for the tax office because of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum

from upline.foundation import audit, context, locking
from upline.money import Money
from upline.network.history import today
from upline.payouts import holding, rules, taxes
from upline.payouts.errors import ContractMalformed, ContractMissing, TaxRuleUnknown
from upline.payouts.models import Contract, DatedRule, Payout, TaxConfirmation
from upline.payouts.models.moving import OPEN, State
from upline.people import queries as people

_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept from a payout, by which contract and rule."""

    contract: Contract
    withheld: taxes.Withheld


def record_contract(
    *, person_id: int, country: str, kind: str, starts_on: date, reason: str
) -> None:
    """Let a person be paid by a kind of contract from a day on; the same again changes nothing.

    What was asked for before stays as it was counted. Raises ContractMalformed, ReasonMissing.
    """
    if kind not in Contract.Kind.values or not _COUNTRY.fullmatch(country):
        raise ContractMalformed(
            contract=kind, country=country, known=", ".join(Contract.Kind.values)
        )
    with transaction.atomic():
        same = _locked(person_id)
        before = _contract_on(same, starts_on)
        if before is not None and (before.kind, before.country) == (kind, country):
            return
        audit.record(
            act="payouts.record_contract",
            subject=f"person:{person_id}",
            reason=reason,
            before={"contract": before.kind, "country": before.country} if before else None,
            after={"contract": kind, "country": country, "starts_on": str(starts_on)},
        )
        Contract.objects.create(
            person_id=person_id,
            country=country,
            kind=kind,
            starts_on=starts_on,
            reason=reason.strip() or context.present().reason,
            recorded_by=context.present().actor,
        )


def confirm_tax(*, rule: str, reason: str) -> None:
    """Keep that the company looked at what a rule needs; once. Raises TaxRuleUnknown, ReasonMissing."""
    if rule not in {one.id for one in taxes.packaged()}:
        raise TaxRuleUnknown(rule=rule)
    with transaction.atomic():
        locking.take("payout", f"tax:{rule}")
        if TaxConfirmation.objects.filter(rule=rule).exists():
            return
        audit.record(act="payouts.confirm_tax", subject=f"payout_rule:{rule}", reason=reason)
        TaxConfirmation.objects.create(
            rule=rule,
            reason=reason.strip() or context.present().reason,
            confirmed_by=context.present().actor,
        )


def confirmed_rules() -> set[str]:
    """Give the rules that the company looked at."""
    return set(TaxConfirmation.objects.values_list("rule", flat=True))


def kept_now(member_id: int, gross: Money) -> Kept | None:
    """Give what would be kept of an amount asked for today; None where no contract is recorded.

    Raises ContractMissing where the company needs one, and what `taxes.withheld` refuses.
    """
    return _kept(people.all_of(holding.holder_of(member_id)), gross, today())


def keep(member_id: int, gross: Money) -> Kept | None:
    """Do the same for a payout that is about to be stored: nobody else counts meanwhile."""
    return _kept(_locked(holding.holder_of(member_id)), gross, today())


def _kept(same: Sequence[int], gross: Money, day: date) -> Kept | None:
    contract = _contract_on(same, day)
    if contract is None:
        if rules.value_on(DatedRule.Name.CONTRACT_NEEDED, day):
            raise ContractMissing
        return None
    rule = taxes.rule_for(
        taxes.packaged(), country=contract.country, contract=contract.kind, on=day
    )
    before = _paid(same, contract, gross.currency, day.year) if rule.of_year else taxes.Paid()
    confirmed = confirmed_rules() if rule.needs else set()
    found = taxes.withheld(gross, rule=rule, before=before, confirmed=confirmed)
    return Kept(contract=contract, withheld=found)


def _locked(person_id: int) -> Sequence[int]:
    """Give all that a person is known as, while nobody else counts what they were paid."""
    same = sorted(people.all_of(person_id))
    locking.take("payout", f"person:{same[0]}")
    return same


def _contract_on(same: Sequence[int], day: date) -> Contract | None:
    held = Contract.objects.filter(person__in=same, starts_on__lte=day)
    return held.order_by("-starts_on", "-pk").first()


def _paid(same: Sequence[int], contract: Contract, currency: str, year: int) -> taxes.Paid:
    """Add up what was asked for this year by such a contract and did not come back."""
    sums = Payout.objects.filter(
        contract__person__in=same,
        contract__country=contract.country,
        contract__kind=contract.kind,
        currency=currency,
        due_on__year=year,
        state__in=[*OPEN, State.PAID],
    ).aggregate(gross=Sum("amount_minor"), tax=Sum("tax_minor"))
    return taxes.Paid(gross_minor=sums["gross"] or 0, tax_minor=sums["tax"] or 0)


__all__ = ["Kept", "confirm_tax", "confirmed_rules", "keep", "kept_now", "record_contract"]
