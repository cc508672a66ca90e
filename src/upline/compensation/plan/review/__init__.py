"""The review of a sound plan: what it had better not do, and the most that it can pay out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from upline.compensation.errors import Fault, PlanRefused
from upline.compensation.plan import formula, schema, values
from upline.compensation.plan.load import Plan
from upline.compensation.plan.review import linear
from upline.compensation.plan.review.bounds import Bound, bounds_of
from upline.compensation.plan.review.figures import figure_findings
from upline.compensation.plan.review.finding import RULES, Finding
from upline.compensation.plan.review.ranges import Ranges
from upline.compensation.plan.review.reaching import ladders, ranges_of
from upline.compensation.plan.review.recruiting import paid_without_sales, recruiting_findings
from upline.compensation.plan.review.scales import scale_findings
from upline.compensation.plan.review.timing import timing_findings
from upline.compensation.plan.review.unused import unused_findings
from upline.compensation.plan.review.words import HEADS, IN_ALL, said
from upline.compensation.plan.speech import speech

__all__ = ["HEADS", "IN_ALL", "Bound", "Finding", "Review", "refuse_blocked", "review", "said"]


@dataclass(frozen=True, slots=True)
class Review:
    """What was found, errors before warnings, and the most of each bonus and of all together."""

    findings: tuple[Finding, ...]
    bounds: dict[str, Bound]
    in_all: Bound

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Give what blocks the plan."""
        return tuple(one for one in self.findings if one.severity == "error")


def review(plan: Plan) -> Review:
    """Find what a sound plan had better not do; `overrides` of the plan lift rules by name."""
    ranges = ranges_of(plan)
    bounds, in_all = bounds_of(ranges_of(plan, has_refunds=False), paid_without_sales(plan))
    lifted = {override.rule for override in plan.file.overrides}
    found = [
        *recruiting_findings(plan),
        *_ranks(ranges),
        *_bonuses(ranges, bounds),
        *_spending(ranges, bounds, in_all),
        *figure_findings(ranges),
        *scale_findings(ranges),
        *timing_findings(plan.file),
        *_rounding(plan.file),
        *unused_findings(plan.file),
        *_overrides(plan.file),
    ]
    kept = {one for one in found if one.rule not in lifted}
    ordered = sorted(kept, key=lambda one: (one.severity, one.place, one.rule, one.about))
    return Review(tuple(ordered), bounds, in_all)


def refuse_blocked(plan: Plan) -> None:
    """Raise PlanRefused with every error that the review of a plan finds.

    For the moment in which a plan is put in force, or computed from files at somebody's own risk;
    a close of a plan that was put in force before is never stopped by it.
    """
    said_in = speech("en")
    faults = [
        Fault(one.place, f"review.{one.rule}", one.problem(said_in), one.remedy(said_in))
        for one in review(plan).errors
    ]
    if faults:
        raise PlanRefused(faults)


def _ranks(ranges: Ranges) -> Iterator[Finding]:
    for name, ladder in ladders(ranges.file):
        for place, rank in enumerate(ladder):
            if rank.rank not in ranges.reachable[name]:
                yield Finding("rank_unreachable", rank.place, (("what", rank.rank),))
                continue
            if rank.kept != "this_period":
                continue
            for higher in ladder[place + 1 :]:
                if not ranges.is_possible([(rank.needs, True), (higher.needs, False)]):
                    about = (("what", rank.rank), ("other", higher.rank))
                    yield Finding("rank_skipped", rank.place, about)
                    break


def _bonuses(ranges: Ranges, bounds: dict[str, Bound]) -> Iterator[Finding]:
    for name, bonus in ranges.file.bonuses.items():
        can_hold = ranges.is_possible([(bonus.requires, True)])
        for rule in (getattr(bonus, name, None) for name in ("sources", "orders", "joins")):
            if rule is not None:
                can_hold = can_hold and ranges.is_possible([(rule, True)])
        pays_nothing = bounds[name] == Bound("finite") and not isinstance(bonus, schema.BestOf)
        if not can_hold or pays_nothing:
            found = "bonus_pays_nothing" if can_hold else "bonus_dead"
            yield Finding(found, bonus.place, (("what", name),))


def _spending(ranges: Ranges, bounds: dict[str, Bound], in_all: Bound) -> Iterator[Finding]:
    pools = {
        name: bonus for name, bonus in ranges.file.bonuses.items() if isinstance(bonus, schema.Pool)
    }
    for name, pool in pools.items():
        if pool.residue == "rounded":
            yield Finding("pool_rounded", pool.place, (("what", name),))
    funds = linear.added(
        bounds[name].most for name, pool in pools.items() if not _looks_back(pool.fund, ranges)
    )
    amounts = {name for name, field in ranges.file.orders.items() if field.unit == "money"}
    for rule, most in (("pool_overspent", funds), ("payout_over_turnover", in_all.most)):
        for key, share in most.items():
            if key in amounts and share > 1:
                place = next(iter(pools.values())).place if rule == "pool_overspent" else None
                about = (("base", key), ("share", str(share)))
                yield Finding(rule, place or ranges.file.orders[key].place, about)


def _looks_back(fund: values.Value, ranges: Ranges) -> bool:
    """Say whether a fund counts last days: how often they do is bounded, not known."""
    return any(
        isinstance(node, formula.Call) and node.last_days
        for part in values.formulas_of(fund)
        for node in formula.walk(ranges.expanded(part.node))
    )


def _rounding(file: schema.PlanFile) -> Iterator[Finding]:
    if "rounding" not in file.model_fields_set:
        yield Finding("rounding_missing", file.place)


def _overrides(file: schema.PlanFile) -> Iterator[Finding]:
    for override in file.overrides:
        if override.rule not in RULES:
            about = (("rules", ", ".join(RULES)), ("what", override.rule))
            yield Finding("override_unknown", override.place, about)
