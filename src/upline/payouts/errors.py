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
    remedy = _("A return window is a number of days from 0 to 366, without a currency.")


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
