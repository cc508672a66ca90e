"""What the payouts app refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError


class RuleUnknown(DomainError):
    """There is no rule of this name."""

    code = "payouts.rule_unknown"
    text = _("There is no payout rule '%(name)s'; there are: %(known)s.")
    remedy = _("Name one of them.")


class RuleMissing(DomainError):
    """A rule that an act needs was never set for the day."""

    code = "payouts.rule_missing"
    text = _("The rule '%(name)s' was not set for %(on)s.")
    remedy = _("Set it: upline payouts rule %(name)s.")


class RuleMalformed(DomainError):
    """The figure or the currency of a rule cannot be."""

    code = "payouts.rule_malformed"
    text = _("The rule '%(name)s' does not take %(value)s %(currency)s.")
    remedy = _(
        "A return window is a number of days from 0 to 366, without a currency; amounts are whole"
        " minor units with a currency."
    )


class RuleInThePast(DomainError):
    """A rule that holds already is not rewritten for days that are over."""

    code = "payouts.rule_in_the_past"
    text = _("The rule '%(name)s' holds already, and money was moved by it before %(today)s.")
    remedy = _("Let the new figure hold from %(today)s or a later day.")


class PayoutsStopped(DomainError):
    """Nothing leaves while a stop is in force."""

    code = "payouts.stopped"
    text = _("Payouts are stopped since %(since)s.")
    remedy = _("Two persons lift the stop when its reason is settled.")


class StopUnknown(DomainError):
    """There is no stop of this number."""

    code = "payouts.stop_unknown"
    text = _("There is no stop of payouts with the number %(number)s.")
    remedy = _("List them: upline payouts stops.")


class LiftNeedsPerson(DomainError):
    """A program asked to lift a stop."""

    code = "payouts.lift_needs_person"
    text = _("A stop of payouts is lifted by persons, not by programs (%(actor)s).")
    remedy = _("Sign in, or name a login with --as.")


class AccountRefused(DomainError):
    """An account cannot be one."""

    code = "payouts.account_refused"
    text = _("The account cannot be used: %(fault)s.")
    remedy = _("Compare it with what your bank wrote, sign by sign.")


class HolderMissing(DomainError):
    """Nobody is named as the holder of an account."""

    code = "payouts.holder_missing"
    text = _("The account has no holder.")
    remedy = _("Write the name of the holder as the bank knows it.")


class MethodMissing(DomainError):
    """A member has no account in a currency."""

    code = "payouts.method_missing"
    text = _("%(member)s has no account for %(currency)s.")
    remedy = _("Add an account in this currency first.")


class MethodBroken(DomainError):
    """A sealed account is not the one that was entered."""

    code = "payouts.method_broken"
    text = _("The account of method %(method)s is not the one that was entered.")
    remedy = _("Pay nothing to it; look who wrote to the database, and let the member enter it.")


class AmountTooSmall(DomainError):
    """A payout would bring nothing, or less than the company pays out."""

    code = "payouts.amount_too_small"
    text = _("%(amount)s is too little: at least %(least)s is paid out.")
    remedy = _("Ask for more, or wait until more is available.")


class WalletTooSmall(DomainError):
    """A wallet does not hold what was asked for."""

    code = "payouts.wallet_too_small"
    text = _("%(amount)s was asked for; %(available)s is available.")
    remedy = _("Ask for what is available or less.")


class MemberOwes(DomainError):
    """Who owes the company is paid when the debt is gone."""

    code = "payouts.member_owes"
    text = _("%(owed)s is owed to the company.")
    remedy = _("It is taken from what is available; ask again when that is done.")


class PayoutUnknown(DomainError):
    """There is no such payout, or not for this reader."""

    code = "payouts.payout_unknown"
    text = _("There is no payout %(payout)s.")
    remedy = _("Look it up in the list of payouts.")


class PayoutNotThere(DomainError):
    """A payout stands where an act does not apply."""

    code = "payouts.not_in_state"
    text = _("Payout %(payout)s is %(state)s, so this is not possible any more.")
    remedy = _("Look at its history; what is on its way is not called back.")


class BatchUnknown(DomainError):
    """There is no such batch."""

    code = "payouts.batch_unknown"
    text = _("There is no batch %(batch)s.")
    remedy = _("Look it up in the list of batches.")


class BatchDecided(DomainError):
    """A batch was approved or dissolved before."""

    code = "payouts.batch_decided"
    text = _("Batch %(batch)s is %(state)s.")
    remedy = _("Prepare another one for what is not in it.")


class BatchDiffers(DomainError):
    """A batch is not what the checker looked at."""

    code = "payouts.batch_differs"
    text = _("Batch %(batch)s has changed since you looked at it.")
    remedy = _("Look at it again, and approve what it holds now.")


class NothingToPay(DomainError):
    """No payout is ready for a batch."""

    code = "payouts.nothing_to_pay"
    text = _("No payout is ready for this batch.")
    remedy = _("Wait for requests, or look what holds those that there are.")


class SecondPersonNeeded(DomainError):
    """Who prepared a batch does not approve it."""

    code = "payouts.second_person_needed"
    text = _("%(by)s prepared batch %(batch)s and cannot approve it.")
    remedy = _("Ask somebody else to look at it.")


class ProviderUnknown(DomainError):
    """There is no provider of this name."""

    code = "payouts.provider_unknown"
    text = _("There is no provider '%(provider)s'; there are: %(known)s.")
    remedy = _("Name one of them.")


class MessageRefused(DomainError):
    """A message was not written by whom it names."""

    code = "payouts.message_refused"
    text = _("A message of %(provider)s is not signed by it, or cannot be read.")
    remedy = _("Compare the secret of the webhook in the settings with the provider's.")


class TaxRuleMissing(DomainError):
    """No rule says what is kept from a payout."""

    code = "payouts.tax_rule_missing"
    text = _("No rule of tax is known for %(country)s and the contract %(contract)s on %(on)s.")
    remedy = _("Nothing is paid by a guess: record another contract, or pay outside of Upline.")


class TaxUnconfirmed(DomainError):
    """The company did not confirm a rule that it has to look at."""

    code = "payouts.tax_unconfirmed"
    text = _("The company has not confirmed the rule of tax %(rule)s yet.")
    remedy = _("Finance reads what it needs and confirms it: upline payouts confirm-tax %(rule)s.")


class TaxCurrency(DomainError):
    """A rule counts in another currency than a payout."""

    code = "payouts.tax_currency"
    text = _("The rule of tax %(rule)s counts in %(currency)s, not in %(other)s.")
    remedy = _("Ask for a payout in the currency of the rule.")


class ContractForbidsPayout(DomainError):
    """A kind of contract by which nobody may be paid."""

    code = "payouts.contract_forbids"
    text = _("By a contract of this kind (%(contract)s) no payout is allowed: %(law)s.")
    remedy = _("Agree on another kind of contract; the money stays in the wallet.")


class TaxRuleUnknown(DomainError):
    """There is no rule of tax of this name."""

    code = "payouts.tax_rule_unknown"
    text = _("There is no rule of tax %(rule)s.")
    remedy = _("List them: upline payouts tax-rules.")


class ContractMissing(DomainError):
    """The company pays nobody without a recorded contract."""

    code = "payouts.contract_missing"
    text = _("No contract with the company is recorded, so nothing can be paid out yet.")
    remedy = _("Send the contract to the company; it records its kind and the country of the tax.")


class ContractMalformed(DomainError):
    """A kind of contract or a country cannot be."""

    code = "payouts.contract_malformed"
    text = _("There is no contract %(contract)s in %(country)s; the kinds are: %(known)s.")
    remedy = _("Name one of them, and the country by two capital letters.")
