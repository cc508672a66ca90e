"""What the plans app refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError


class PlanHasFaults(DomainError):
    """The text is no plan that could be computed."""

    code = "plans.faults"
    text = _("The plan has %(count)s faults:\n%(faults)s")
    remedy = _("Mend them and try again; 'upline plan check' lists the same.")


class PlanNotComputed(DomainError):
    """The plan is right, but uses rules that this version does not compute."""

    code = "plans.not_computed"
    text = _("The plan uses rules that are not computed yet:\n%(faults)s")
    remedy = _("Leave them out; docs/roadmap.md lists what is computed today.")


class PlanUnknown(DomainError):
    """There is no such version."""

    code = "plans.unknown"
    text = _("There is no plan version %(version)s.")
    remedy = _("'upline plans list' shows those that there are.")


class PlanDecided(DomainError):
    """The version is no draft any more."""

    code = "plans.decided"
    text = _("Version %(version)s of the plan is %(state)s already.")
    remedy = _("Draft a new version.")


class PlanNeedsAnother(DomainError):
    """Whoever drafts a plan does not approve it."""

    code = "plans.needs_another"
    text = _("%(actor)s drafted this version and cannot approve it.")
    remedy = _("Ask a second person with the right to approve plans.")


class PlanStartTaken(DomainError):
    """Two approved versions of one calendar would start on one day."""

    code = "plans.start_taken"
    text = _("Another approved version for the calendar '%(every)s' starts on %(starts_on)s.")
    remedy = _("Give the new one a later 'version:' day.")


class NoPlanInForce(DomainError):
    """No approved version covers the day."""

    code = "plans.none_in_force"
    text = _("No approved plan for the calendar '%(every)s' is in force on %(on)s.")
    remedy = _("Approve a version that starts on or before that day.")
