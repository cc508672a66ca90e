"""What the living page shows: made up, with long words and several alphabets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from upline.commissions.queries import Gap, PathNode, RankNow, WayPart
from upline.money import Money
from upline.web.shared import formats
from upline.web.shared.charts import Chart, money_series
from upline.web.shared.states import STATES

AMOUNTS = (
    Money(123450, "EUR"),
    Money(-7805, "PLN"),
    Money(98765400, "KZT"),
    Money(0, "EUR"),
)
NAMES = ("Әлия Нұрланқызы", "Борислав Петков", "Małgorzata Brzęczyszczykiewicz", "Zoë", "Ирина")
LONG_WORDS = (
    ("kk", "Қанағаттандырылмағандықтарыңыздан"),
    ("bg", "Непротивоконституционствувателствувайте"),
    ("pl", "Konstantynopolitańczykowianeczka"),
    ("ru", "Частнопредпринимательский"),
)
BUTTON_KINDS = ("primary", "secondary", "ghost", "danger")
TONES = ("neutral", "primary", "info", "success", "warning", "error")
COLOURS = (
    "base-100",
    "base-200",
    "base-300",
    "primary",
    "secondary",
    "info",
    "success",
    "warning",
    "error",
)
ORDERS = (
    ("2026-11-04", "100382", NAMES[0], "paid", Money(18990, "EUR"), 145),
    ("2026-11-03", "100377", NAMES[2], "shipped", Money(6450, "EUR"), 52),
    ("2026-11-01", "100341", NAMES[1], "cancelled", Money(-1250, "EUR"), -10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOrder:
    """A row of the sample table."""

    placed_on: date
    number: str
    buyer: str
    state: str
    total: Money
    points: int


class SampleForm(forms.Form):
    """A form with each kind of field, one of them wrong."""

    name = forms.CharField(label=_("Name"), help_text=_("As it stands in your passport."))
    email = forms.EmailField(label=_("E-mail"))
    market = forms.ChoiceField(
        label=_("Market"), choices=[("PL", "Polska"), ("BG", "България"), ("KZ", "Қазақстан")]
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 3}))
    way = forms.ChoiceField(
        label=_("How to reach you"),
        widget=forms.RadioSelect,
        choices=[("mail", _("By e-mail")), ("phone", _("By telephone"))],
    )
    agrees = forms.BooleanField(label=_("I have read the terms"))


def sample_form() -> SampleForm:
    """Give the form as somebody sent it, with an address that is none."""
    return SampleForm({"name": NAMES[0], "email": "aliya@", "market": "KZ", "way": "mail"})


def sample_orders() -> list[SampleOrder]:
    """Give the rows of the sample table."""
    return [
        SampleOrder(
            placed_on=date.fromisoformat(placed_on),
            number=number,
            buyer=buyer,
            state=state,
            total=total,
            points=points,
        )
        for placed_on, number, buyer, state, total, points in ORDERS
    ]


def sample_page() -> Page:
    """Give a page in the middle of many."""
    return Paginator(range(960), 50).page(7)


def sample_rank() -> RankNow:
    """Give a rank with one condition met and two not, and so two ways to the next."""
    volume = WayPart(text=str(_("Volume of the whole group")), missing="3,800 PV")
    return RankNow(
        ladder="career",
        name="silver",
        title="Silver",
        next_title="Gold",
        is_kept=True,
        is_given=False,
        percent=62,
        ways=(
            (volume, WayPart(text=str(_("Legs with a Silver in them")), missing="1")),
            (volume, WayPart(text=str(_("Active members of the first level")), missing="1")),
        ),
        conditions=(
            Gap(
                text=str(_("Own purchases this month")),
                have="180 PV",
                need="150 PV",
                is_met=True,
                percent=100,
            ),
            Gap(
                text=str(_("Volume of the whole group")),
                have="6,200 PV",
                need="10,000 PV",
                missing="3,800 PV",
                is_met=False,
                percent=62,
            ),
            Gap(
                text="",
                is_met=False,
                how="any",
                parts=(
                    Gap(
                        text=str(_("Legs with a Silver in them")),
                        have="1",
                        need="2",
                        missing="1",
                        is_met=False,
                        percent=50,
                    ),
                    Gap(
                        text=str(_("Active members of the first level")),
                        have="3",
                        need="4",
                        missing="1",
                        is_met=False,
                        percent=75,
                    ),
                ),
            ),
        ),
    )


def sample_path() -> tuple[PathNode, ...]:
    """Give the way of a sum with one passed over and some left out."""
    return (
        PathNode(member="KX4-PLM", name=NAMES[2], is_buyer=True),
        PathNode(member="BG7-TTR", name=NAMES[1], level=1, took="12.00 EUR", left_out=4),
        PathNode(
            member="KZ2-AAD",
            name=NAMES[4],
            is_passed_over=True,
            why=str(_("Own purchases of 40 PV are below the 100 PV that the plan asks for.")),
        ),
        PathNode(member="KZ1-ALN", name=NAMES[0], level=2, is_receiver=True, took="6.00 EUR"),
    )


def sample_charts(language: str) -> list[Chart]:
    """Give one chart of each kind."""
    months = [date(2026, month, 1) for month in range(6, 12)]
    labels = [formats.month_short(each, language) for each in months]
    levels = [Money(minor, "EUR") for minor in (21000, 25400, 19950, 31200, 38800, 42150)]
    match = [Money(minor, "EUR") for minor in (4000, 5100, 3800, 9050, 11000, 12600)]
    over = str(_("Month"))
    first = money_series(str(_("Level bonus")), levels, language)
    second = money_series(str(_("Match bonus")), match, language)
    return [
        Chart(
            kind="bars", over=over, labels=labels, series=[first], language=language, currency="EUR"
        ),
        Chart(
            kind="stacked",
            over=over,
            labels=labels,
            series=[first, second],
            language=language,
            currency="EUR",
        ),
        Chart(
            kind="line",
            over=over,
            labels=labels,
            series=[first, second],
            language=language,
            currency="EUR",
        ),
    ]


def context(language: str) -> dict[str, object]:
    """Give all that the living page shows."""
    bars, stacked, line = sample_charts(language)
    return {
        "amounts": AMOUNTS,
        "bars": bars,
        "button_kinds": BUTTON_KINDS,
        "colours": COLOURS,
        "form": sample_form(),
        "line": line,
        "long_words": LONG_WORDS,
        "moment": datetime(2026, 11, 4, 14, 5, tzinfo=UTC),
        "names": NAMES,
        "options": [("silver", "Silver"), ("gold", "Gold")],
        "order_by": "total_down",
        "orders": sample_orders(),
        "page": sample_page(),
        "path": sample_path(),
        "rank": sample_rank(),
        "stacked": stacked,
        "states": [(of, list(found)) for of, found in STATES.items()],
        "tones": TONES,
        "trail": [("/my/", _("Home")), ("/my/statements/", _("Statements"))],
    }
