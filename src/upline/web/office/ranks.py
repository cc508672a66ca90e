"""The ranks that lists show: as the last close found them, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.utils.translation import get_language

from upline.commissions.models import RankHeld, Run
from upline.compensation import load_plan
from upline.plans.models import PlanVersion

# The main ladder of a plan; others are named by the plan.
LADDER = "rank"


def last_run() -> Run | None:
    """Give the run of the latest period whose close stands."""
    return (
        Run.objects.exclude(period__state="open")
        .order_by("-period__ends_on", "-fence")
        .select_related("plan")
        .defer("receipt", "summary")
        .first()
    )


def held_by(member_ids: Sequence[int]) -> dict[int, str]:
    """Give the titles of ranks that members held at the last close; two queries."""
    run = last_run()
    if run is None:
        return {}
    held = RankHeld.objects.filter(run=run, ladder=LADDER, member_id__in=member_ids)
    titles = titles_of(run.plan)
    return {one: titles.get(rank, rank) for one, rank in held.values_list("member_id", "rank")}


def choices() -> list[tuple[str, str]]:
    """Give the ranks of the plan of the last close, the lowest first."""
    run = last_run()
    return [] if run is None else list(titles_of(run.plan).items())


def titles_of(plan: PlanVersion) -> dict[str, str]:
    """Give the ranks of a plan with their titles in the reader's language, the lowest first."""
    return dict(_titles(plan.digest, plan.text, get_language() or "en"))


@lru_cache(maxsize=50)
def _titles(_digest: str, text: str, language: str) -> tuple[tuple[str, str], ...]:
    ladder = load_plan(text).file.ranks
    if not isinstance(ladder, list):
        return tuple((name, name) for name in ladder.given)
    return tuple((rank.rank, said(rank.title, language) or rank.rank) for rank in ladder)


def said(title: object, language: str) -> str:
    """Give a title of a plan in a language, else in English, else as it is."""
    if isinstance(title, dict):
        return str(title.get(language) or title.get("en") or next(iter(title.values()), ""))
    return str(title or "")
