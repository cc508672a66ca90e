"""What the commissions app refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError


class CalendarUnknown(DomainError):
    """There is no calendar of this name."""

    code = "commissions.calendar_unknown"
    text = _("There is no calendar '%(calendar)s'; there are: %(known)s.")
    remedy = _("Name one of them.")


class CalendarDiffers(DomainError):
    """A calendar of this name has other periods."""

    code = "commissions.calendar_differs"
    text = _(
        "The calendar '%(calendar)s' is there already, with other periods or another time zone."
    )
    remedy = _("Give the new one a name of its own.")


class CalendarTaken(DomainError):
    """Two calendars of one length would pay by the same plan, and so pay every fact twice."""

    code = "commissions.calendar_taken"
    text = _(
        "The calendar '%(taken)s' has periods of a %(every)s already, so '%(calendar)s' cannot."
    )
    remedy = _("Close the periods of that calendar.")


class CalendarMalformed(DomainError):
    """The calendar does not say where its periods begin."""

    code = "commissions.calendar_malformed"
    text = _("The calendar '%(calendar)s' cannot be: %(fault)s")
    remedy = _(
        "Give day, week, four_weeks, month, quarter or year, and a time zone as in Europe/Sofia."
    )


class PeriodUnknown(DomainError):
    """There is no such period."""

    code = "commissions.period_unknown"
    text = _("There is no period '%(label)s' in the calendar '%(calendar)s'.")
    remedy = _("Write it as 2026-10, 2026-W43, 2026-Q4, or by its days as 2026-10-05..2026-11-01.")


class StatementUnknown(DomainError):
    """There is no statement of this period, or none that is shown yet."""

    code = "commissions.statement_unknown"
    text = _("There is no statement of the period '%(label)s' in the calendar '%(calendar)s'.")
    remedy = _("Statements are shown from the approval of their period on.")


class LineUnknown(DomainError):
    """A statement has no such line."""

    code = "commissions.line_unknown"
    text = _("The statement of %(member)s for '%(label)s' has no line %(number)s.")
    remedy = _("Open it from the list of lines; an estimate may have changed meanwhile.")


class OrderNotCounted(DomainError):
    """Nothing of this order counts in this period."""

    code = "commissions.order_not_counted"
    text = _("Nothing of the order %(order)s counts in this period.")
    remedy = _("It counts once it is paid, in the period of the day on which it was placed.")


class EstimateMissing(DomainError):
    """Nobody has computed the estimate yet, or it is older than the member."""

    code = "commissions.estimate_missing"
    text = _("There is no estimate of this period yet.")
    remedy = _("It is computed within a minute while a worker runs.")


class MemberNotEstimated(DomainError):
    """The estimate is older than the member."""

    code = "commissions.member_not_estimated"
    text = _("The estimate was computed before this position was there.")
    remedy = _("Look again in a minute.")


class PeriodNotOver(DomainError):
    """The last day of the period has not passed."""

    code = "commissions.period_not_over"
    text = _("%(period)s ends on %(ends_on)s in %(time_zone)s, so orders may still come in.")
    remedy = _("Close it afterwards.")


class PeriodNot(DomainError):
    """The period is not in the state that the act needs."""

    code = "commissions.period_state"
    text = _("%(period)s is %(state)s; to be %(act)s it must be %(wanted)s.")
    remedy = _("'upline periods' shows how far each period is.")


class EarlierPeriodOpen(DomainError):
    """Periods are closed in their sequence, for each needs what the one before carries."""

    code = "commissions.earlier_open"
    text = _("%(period)s waits for %(earlier)s, which is %(state)s.")
    remedy = _("Close the earlier period first.")


class PeriodFenced(DomainError):
    """Somebody began to close the period anew in the meantime."""

    code = "commissions.fenced"
    text = _("The close of %(period)s was begun anew by somebody else, so this one stopped.")
    remedy = _("Look how far the other is, and repeat if it failed.")


class NeedsAnother(DomainError):
    """Two people answer for what is paid."""

    code = "commissions.needs_another"
    text = _("%(actor)s did the step before, so a second person must %(act)s %(period)s.")
    remedy = _("Ask somebody else with the right to approve.")


class DigestDiffers(DomainError):
    """What is to be approved is not what was computed."""

    code = "commissions.digest_differs"
    text = _("%(period)s was computed with the digest %(computed)s, not %(approved)s.")
    remedy = _("Look at the run again and approve the digest that it shows.")


class NeedsPerson(DomainError):
    """Programs answer for nothing."""

    code = "commissions.needs_person"
    text = _("To %(act)s %(period)s somebody must be logged in; this is '%(actor)s'.")
    remedy = _("Ask somebody with the right to do it.")


class MemberFieldUnknown(DomainError):
    """The plan asks of members what the company does not keep."""

    code = "commissions.member_field"
    text = _("The plan asks for %(fields)s of members, which are not kept; kept are: %(kept)s.")
    remedy = _("Use a field that is kept, or leave the rule out.")


class FiguresMissing(DomainError):
    """Orders lack a figure that the plan asks for, and a missing figure is never zero."""

    code = "commissions.figures_missing"
    text = _("%(count)s orders of %(period)s have no '%(field)s': %(orders)s.")
    remedy = _("Give the prices of their products this figure, or the field a default in the plan.")


class FactsBeforeJoining(DomainError):
    """Orders are credited to who was no member yet on the last day of the period."""

    code = "commissions.facts_before_joining"
    text = _(
        "%(count)s orders of %(period)s are credited to members who joined after its last day: "
        "%(orders)s."
    )
    remedy = _("Correct the day on which these members joined.")


class PlanFitsNot(DomainError):
    """The plan counts days otherwise than the calendar that it would be paid by."""

    code = "commissions.plan_fits_not"
    text = _("%(period)s cannot be closed under %(plan)s: %(fault)s.")
    remedy = _("Approve a version of the plan that says what the company does.")


class RateMissing(DomainError):
    """An exchange rate is missing."""

    code = "commissions.rate_missing"
    text = _("%(period)s needs a rate of %(currency)s to %(base)s on %(on)s from '%(source)s'.")
    remedy = _("Import it and have it approved; it is neither turned round nor crossed.")


class RunRefused(DomainError):
    """The engine refuses the frozen inputs."""

    code = "commissions.run_refused"
    text = _("%(period)s cannot be computed:\n%(faults)s")
    remedy = _("Mend what is listed, reopen the period and close it again.")


class FrozenDamaged(DomainError):
    """A frozen part is not what its digest says."""

    code = "commissions.frozen_damaged"
    text = _("Part %(number)s of the table '%(table)s' of %(period)s is not what was frozen.")
    remedy = _("Restore the database from a backup before you go on.")


class FactsDiffer(DomainError):
    """A fact of this key is there with other figures."""

    code = "commissions.fact_differs"
    text = _("The fact %(key)s is recorded already with another content.")
    remedy = _("Facts are never changed: record the opposite and a new one.")


class FigureUnreadable(DomainError):
    """A figure of an order is no number, or has the name of another."""

    code = "commissions.figure_unreadable"
    text = _("The fact %(key)s has %(figure)s for '%(name)s', which is no figure of that name.")
    remedy = _(
        "Name volumes otherwise than price, net, tax and retail, and give each as a decimal."
    )


class RoundingTooLarge(DomainError):
    """What rounding leaves between bonuses and pay is more than roundings can leave."""

    code = "commissions.rounding_too_large"
    text = _("Run %(run)s leaves %(left)s minor units of rounding for member %(member)s.")
    remedy = _("Nothing of this part was posted; call for help before you post again.")


class PostingDiffers(DomainError):
    """What stands in the ledger is not what the run owes."""

    code = "commissions.posting_differs"
    text = _(
        "Run %(run)s owes %(owed)s minor units of %(currency)s in %(journals)s journals, "
        "but %(posted)s are posted in %(found)s."
    )
    remedy = _("Run 'upline check books'; post again when it finds nothing, or call for help.")


class NothingLate(DomainError):
    """Everything that came in for closed periods is settled."""

    code = "commissions.nothing_late"
    text = _("Nothing came too late for the closed periods of the calendar '%(calendar)s'.")
    remedy = _("There is nothing to adjust.")


class CloseUnderWay(DomainError):
    """A period is being closed, and would not know what the adjustment changes."""

    code = "commissions.close_under_way"
    text = _("%(period)s is %(state)s, so earlier periods cannot be adjusted now.")
    remedy = _("Finish its close, or take it back; then adjust.")


class AdjustmentWaits(DomainError):
    """An adjustment is computed and not posted, and a close would not know what it changes."""

    code = "commissions.adjustment_waits"
    text = _("Adjustment %(number)s of the calendar '%(calendar)s' is %(state)s.")
    remedy = _("Approve and post it, or discard it.")


class AdjustmentUnknown(DomainError):
    """There is no such adjustment."""

    code = "commissions.adjustment_unknown"
    text = _("There is no adjustment %(number)s.")
    remedy = _("'upline periods adjustments' lists them.")


class AdjustmentNot(DomainError):
    """The adjustment is not in the state that the act needs."""

    code = "commissions.adjustment_state"
    text = _("Adjustment %(number)s is %(state)s; to be %(act)s it must be %(wanted)s.")
    remedy = _("'upline periods adjustments' shows how far each is.")


class StandingMalformed(DomainError):
    """The limits of a standing approval cannot be meant."""

    code = "commissions.standing_malformed"
    text = _("The standing approval cannot be: %(fault)s.")
    remedy = _("Correct what is named.")


class StandingOverlaps(DomainError):
    """Two standing approvals would cover the same close."""

    code = "commissions.standing_overlaps"
    text = _(
        "Standing approval %(number)s of the calendar '%(calendar)s' holds for some of these days."
    )
    remedy = _("End it first, or choose other days.")


class StandingUnknown(DomainError):
    """There is no such standing approval."""

    code = "commissions.standing_unknown"
    text = _("There is no standing approval %(number)s.")
    remedy = _("'upline periods standing list' shows them.")


class StandingNot(DomainError):
    """The standing approval is not in the state that the act needs."""

    code = "commissions.standing_state"
    text = _("Standing approval %(number)s is %(state)s, so it cannot be %(act)s.")
    remedy = _("Propose a new one.")


class RemarkMissing(DomainError):
    """Who approves past a limit says why."""

    code = "commissions.remark_missing"
    text = _("%(period)s waits at standing approval %(number)s. Limits passed: %(count)s.")
    remedy = _("Write a remark that says why it is right all the same.")


class ClosingRuleMalformed(DomainError):
    """No day or no hour is meant."""

    code = "commissions.closing_rule_malformed"
    text = _("%(days)s days after the end at hour %(hour)s is no time to close.")
    remedy = _("Give 0 to 90 days, and an hour from 0 to 23.")


class CorrectionsRefused(DomainError):
    """Corrections have faults; each is listed."""

    code = "commissions.corrections_refused"
    text = _("%(count)s faults in these corrections; nothing was written:\n%(faults)s")
    remedy = _("\nCorrect each and enter them again.")


class CorrectionsDiffer(DomainError):
    """Other corrections were entered under the same key."""

    code = "commissions.corrections_differ"
    text = _("The key '%(key)s' names sheet %(number)s already, which says something else.")
    remedy = _("Give these corrections a key of their own.")


class CorrectionsUnknown(DomainError):
    """There is no such sheet of corrections."""

    code = "commissions.corrections_unknown"
    text = _("There is no sheet of corrections %(number)s.")
    remedy = _("'upline corrections list' shows them.")


class CorrectionsNot(DomainError):
    """The corrections are not in the state that the act needs."""

    code = "commissions.corrections_state"
    text = _("Sheet %(number)s is %(state)s; to be %(act)s it must be %(wanted)s.")
    remedy = _("Enter new corrections that take these back, where they are booked.")
