"""What was sold lately: today, or where today is still empty the last days that were not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from upline.foundation import clock
from upline.money import Money
from upline.orders.models import Order
from upline.web.office.cells import Words
from upline.web.shared.templatetags.formats import day

_WEEK = 7
_KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """Orders of some days: how many were placed and paid, and the turnover of those, without tax."""

    turnover: list[Money]
    placed: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """What was sold in some days, and in as many days before."""

    title: Words
    before_title: Words
    now: Sold
    before: Sold


def lately() -> Sales:
    """Give the sales of today beside yesterday; of a week beside the one before if today has none.

    The week ends today, or where it has no order either, on the day of the last one. Weeks are kept
    for a minute: a large company sells hundreds of thousands of times in one. Four queries at most.
    """
    today = timezone.localtime(clock.now()).date()
    sold = _sold(today, days=1)
    if sold[0].placed:
        return _sales(_("Today"), _("Yesterday"), sold)
    last = _orders().order_by("-placed_at").values_list("placed_at", flat=True).first()
    if last is None:
        return _sales(_("Today"), _("Yesterday"), sold)
    ends = timezone.localtime(last).date()
    if today - timedelta(days=_WEEK) < ends:
        return _sales(_("Last 7 days"), _("The 7 days before"), _week_up_to(today))
    title = _("7 days up to %(day)s") % {"day": day(ends)}
    return _sales(title, _("The 7 days before"), _week_up_to(ends))


def _week_up_to(last: date) -> tuple[Sold, Sold]:
    zone = timezone.get_current_timezone_name()
    key = f"office.sales.{last:%Y-%m-%d}.{zone}"
    kept: tuple[Sold, Sold] = cache.get_or_set(key, lambda: _sold(last, days=_WEEK), _KEPT_SECONDS)
    return kept


def _sales(title: Words, before_title: Words, sold: tuple[Sold, Sold]) -> Sales:
    return Sales(title=title, before_title=before_title, now=sold[0], before=sold[1])


def _orders() -> QuerySet:
    return Order.objects.exclude(status=Order.Status.CANCELLED)


def _midnight(on: date) -> datetime:
    """Give the beginning of a day of the company, whose zone the request runs in."""
    return timezone.make_aware(datetime.combine(on, time()))


def _sold(last: date, *, days: int) -> tuple[Sold, Sold]:
    """Give what was sold in so many days up to and with a day, and in as many before; one query."""
    ends, starts = _midnight(last + timedelta(days=1)), _midnight(last - timedelta(days=days - 1))
    before = _midnight(last - timedelta(days=2 * days - 1))
    spans = {"now": Q(placed_at__gte=starts), "before": Q(placed_at__lt=starts)}
    wanted: dict[str, Any] = {}
    for name, span in spans.items():
        paid = span & Q(paid_at__isnull=False)
        wanted |= {
            f"{name}_placed": Count("pk", filter=span),
            f"{name}_paid": Count("pk", filter=paid),
            f"{name}_net": Sum("net_minor", filter=paid),
        }
    rows = list(
        _orders()
        .filter(placed_at__gte=before, placed_at__lt=ends)
        .values("currency")
        .annotate(**wanted)
        .order_by("currency")
    )
    now, then = (
        Sold(
            turnover=[Money(int(one[f"{name}_net"] or 0), one["currency"]) for one in rows],
            placed=sum(one[f"{name}_placed"] for one in rows),
            paid=sum(one[f"{name}_paid"] for one in rows),
        )
        for name in spans
    )
    return now, then
