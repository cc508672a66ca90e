"""The shape of a plan file. What the words mean stands in docs/reference/plan-language.md."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from upline.compensation.errors import Place
from upline.compensation.plan import formula, values
from upline.compensation.plan.text import Entries, place_of

Unit = Literal["points", "money", "count", "ratio", "yes_no", "text", "date", "member"]
Mode = Literal["half_up", "half_even", "down"]
Span = Literal["day", "week", "four_weeks", "month", "quarter", "year", "given"]
Context = Literal["order", "member", "base", "receiver", "source", "constant"]


class Slot:
    """Where a value stands: whose names it may use bare, and which units fit.

    Contexts: `order` (an order's names), `member` (a member's), `base` (either), `receiver` (the
    receiver's, with `order.` and `buyer.`), `source` (the buyer's, with `receiver.`).
    """

    def __init__(self, context: Context, *units: str) -> None:
        self.context = context
        self.units = units


# Marks that the export of the JSON Schema replaces by what a value and a rule may look like.
_VALUE_SCHEMA = WithJsonSchema({"x-form": "Value"})
_RULE_SCHEMA = WithJsonSchema({"x-form": "Rule"})
AnyValue = Annotated[values.Value, BeforeValidator(values.read_value), _VALUE_SCHEMA]
AnyWords = Annotated[values.Value, BeforeValidator(values.read_words), _VALUE_SCHEMA]
AnyRule = Annotated[values.Rule, BeforeValidator(values.read_rule), _RULE_SCHEMA]


def _read_number(raw: object) -> object:
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*(%?)", str(raw))
    if match is None:
        raise ValueError("a plain number such as 200, 0.92 or 80 % is expected here")
    return Fraction(match[1]) / (100 if match[2] else 1)


AnyNumber = Annotated[
    Fraction,
    BeforeValidator(_read_number),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^-?\d+(\.\d+)?\s*%?$"}),
]


def _read_rate(raw: object) -> object:
    rate = _read_number(raw)
    if not isinstance(rate, Fraction) or rate <= 0:
        raise ValueError("a rate of exchange is above 0, as in 0.92")
    return rate


ExchangeRate = Annotated[
    Fraction,
    BeforeValidator(_read_rate),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^\d+(\.\d+)?\s*%?$"}),
]


def _shorthand(key: str) -> BeforeValidator:
    """Let a bare value stand for a mapping with only `key`."""

    def expand(raw: object) -> object:
        return raw if isinstance(raw, dict) and key in raw else {key: raw, "place": place_of(raw)}

    return BeforeValidator(expand)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone '{name}'; write one as in Europe/Sofia") from None
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Rate = Annotated[AnyValue, Slot("receiver", "ratio", "money", "points", "count")]
AnyConstant = Annotated[AnyValue, Slot("constant")]
Ratio = Annotated[AnyValue, Slot("receiver", "ratio")]
MoneyValue = Annotated[AnyValue, Slot("receiver", "money")]
CountValue = Annotated[AnyValue, Slot("receiver", "count")]
OrderRule = Annotated[AnyRule, Slot("order", "yes_no")]
MemberRule = Annotated[AnyRule, Slot("member", "yes_no")]
SourceRule = Annotated[AnyRule, Slot("source", "yes_no")]
Name = Annotated[str, Field(pattern=r"^[^\W\d]\w*$")]
Words = str | dict[str, str]


class Part(BaseModel):
    """Anything in a plan that may carry words and a clause of the plan document."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )

    title: Words = ""
    clause: str = ""
    note: str = ""
    place: SkipJsonSchema[Place] = Field(default=Place(), exclude=True, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _keep_place(cls, raw: object) -> object:
        return {**raw, "place": raw.place} if isinstance(raw, Entries) else raw


class CalendarSpec(Part):
    """Periods of one length, counted from a day on which one began."""

    every: Span
    starts: date | None = None


Calendar = Annotated[CalendarSpec, _shorthand("every")]


class FieldSpec(Part):
    """A column that comes in: its unit, the decimals it may hold and what an empty cell means."""

    unit: Unit
    places: Annotated[int, Field(ge=0, le=9)] | None = None
    default: str | None = None


class Measure(Part):
    """A named value of a member, or of an order."""

    value: AnyValue = Field(alias="is")
    unit: Unit | None = None
    calendar: Calendar | None = None


class Rounding(Part):
    """How a line is rounded."""

    places: Annotated[int, Field(ge=0, le=6)] = 2
    mode: Mode = "half_up"


class Rank(Part):
    """One rank: `needs` must hold; `kept` for life, for this period, or for so many more."""

    rank: str
    needs: MemberRule = values.All(())
    kept: Literal["this_period", "for_life"] | Annotated[int, Field(ge=1)] = "this_period"


class GivenRanks(Part):
    """Ranks that come in with the members, from low to high."""

    given: Annotated[list[str], Field(min_length=1)]


class Tree(Part):
    """A second tree beside the sponsor tree."""

    kind: Literal["binary", "matrix", "given"]
    width: Annotated[int, Field(ge=1)] | None = None
    depth: Annotated[int, Field(ge=1)] | None = None
    fill: Literal["left_to_right", "balanced", "given"] = "given"


class Bonus(Part):
    """What every bonus has."""

    requires: MemberRule = values.All(())
    tree: str = "sponsor"
    cap: MoneyValue | None = None
    rounding: Rounding | None = None
    calendar: Calendar | None = None
    point_value: MoneyValue | None = None
    after_close: Literal["reverse_lines", "recompute", "none"] = "reverse_lines"
    wallet: str | None = None
    hold_days: Annotated[int, Field(ge=0)] = 0


class Sourced(Bonus):
    """A bonus whose lines come from orders or from members."""

    base: Annotated[AnyValue, Slot("base", "points", "money", "count", "yes_no")]
    orders: OrderRule | None = None
    sources: MemberRule | None = None
    lines: str = "per_order"


class Own(Sourced):
    """Pays the buyer, or another named by the order, for the order."""

    kind: Literal["own"]
    base: Annotated[AnyValue, Slot("base", "points", "money", "count", "yes_no")] | None = None  # type: ignore[assignment]
    rate: Rate | None = None
    amount: Annotated[AnyValue, Slot("receiver", "money", "points")] | None = None
    to: str = "member"
    grants: dict[Name, CountValue] = {}
    negative: Annotated[AnyWords, Slot("receiver", "text")] | None = None


class Level(Sourced):
    """Pays up the line by levels or generations."""

    kind: Literal["level"]
    levels: Rate | None = None
    generations: Rate | None = None
    compression: Literal["none", "count_between", "remove", "merge_up", "roll_up"] = "none"
    counts: MemberRule | None = None
    depth: Annotated[
        Literal["as_listed"] | CountValue | None, Field(union_mode="left_to_right")
    ] = None
    starts: str = "parent"
    head: SourceRule | None = None
    head_belongs_to: Literal["generation_above", "generation_below"] = "generation_above"
    stop_above: MemberRule | None = None
    from_level: Annotated[int, Field(ge=1)] = 1


class BelowFirstStep(Part):
    """What a group without a rate is paid on some of its orders."""

    rate: Ratio
    orders: OrderRule | None = None


class Stairstep(Sourced):
    """Group differential by volume."""

    kind: Literal["stairstep"]
    rate: Ratio
    below_first_step: BelowFirstStep | None = None
    own_part: Name | None = None
    unpaid: Literal["kept", "passed_up"] = "kept"


class OwnPart(Part):
    """The name of a differential's own part, and which level 1 lines belong to it too."""

    name: Name = Field(alias="as")
    recruits: MemberRule | None = None


class Differential(Sourced):
    """Each upline takes what nobody nearer has taken."""

    kind: Literal["differential"]
    share: Rate | None = None
    slots: Rate | None = None
    base: Annotated[AnyValue, Slot("base", "points", "money", "count", "yes_no")] = values.Formula(
        formula.Name(name="order_count"), "order_count"
    )
    takes: Literal["difference", "remaining"] = "difference"
    total: Annotated[AnyValue, Slot("receiver", "count", "points", "ratio", "money")] | None = None
    rate: Rate | None = None
    buyer: Literal["ignored", "paid", "discounted"] = "ignored"
    own_part: Name | OwnPart | None = None
    blocks: MemberRule | None = None
    from_level: Annotated[int, Field(ge=1)] = 1


class Cycle(Part):
    """Units that one cycle takes from each leg."""

    left: AnyNumber | None = None
    right: AnyNumber | None = None
    strong: AnyNumber | None = None
    weak: AnyNumber | None = None


class Step(Part):
    """One step of a step binary."""

    sales: AnyNumber
    pay: MoneyValue


class TwoToOne(Part):
    """A binary's 2:1 rule for some members."""

    members: MemberRule
    rate: Ratio


class Carry(Part):
    """What is left in the legs."""

    most: CountValue | None = None
    periods: Annotated[int, Field(ge=1)] | None = None
    flush: MemberRule | None = None


class Binary(Bonus):
    """Two legs matched."""

    kind: Literal["binary"]
    tree: str = "placement"
    base: Annotated[AnyValue, Slot("base", "points", "money", "count")] | None = None
    orders: OrderRule | None = None
    given_legs: Literal["points", "count"] | None = None
    cycle: Cycle | Literal["whole"] | None = None
    rate: Ratio | None = None
    per_cycle: MoneyValue | None = None
    steps: list[Step] | None = None
    max_ratio: AnyNumber | None = None
    two_to_one: TwoToOne | None = None
    own_volume: Literal["none", "weak", "left", "right"] = "none"
    carry: Literal["all", "none"] | Carry = "all"
    cap_uses: Literal["all", "paid"] = "all"


class Pool(Bonus):
    """A fund shared out."""

    kind: Literal["pool"]
    fund: Annotated[AnyValue, Slot("member", "money")]
    shares: Annotated[AnyValue, Slot("member", "count", "points", "ratio", "money")]
    residue: Literal["shared", "kept", "rounded"] = "shared"
    nobody: Literal["kept", "carried"] = "kept"
    among: Literal["company", "recruits"] = "company"


class Instalments(Part):
    """An award paid in equal parts."""

    count: Annotated[int, Field(ge=2)]
    holds_while: MemberRule | None = Field(default=None, alias="while")


class Award(Bonus):
    """A sum to each member who meets `requires`."""

    kind: Literal["award"]
    amount: Annotated[AnyValue, Slot("member", "money", "points")]
    once: Literal["per_period", "ever", "per_rank"] = "per_period"
    hold: Annotated[int, Field(ge=1)] = 1
    instalments: Instalments | None = None


class Breakaway(Bonus):
    """Overrides on groups that have broken away."""

    kind: Literal["breakaway"]
    base: Annotated[AnyValue, Slot("order", "points", "money")]
    head: MemberRule
    rate: Ratio
    guarantee: MoneyValue | None = None


class Board(Bonus):
    """A board that fills and cycles."""

    kind: Literal["board"]
    width: Annotated[int, Field(ge=2)]
    depth: Annotated[int, Field(ge=1)]
    pay: MoneyValue
    fill: Literal["left_to_right"] = "left_to_right"
    joins: OrderRule | None = None
    after: Literal["split"] = "split"


class BestOf(Bonus):
    """The better of several whole bonuses."""

    kind: Literal["best_of"]
    of: Annotated[list[str], Field(min_length=2)]
    compare: Literal["per_member"] = "per_member"


AnyBonus = Annotated[
    Own | Level | Stairstep | Differential | Binary | Pool | Award | Breakaway | Board | BestOf,
    Field(discriminator="kind"),
]


class Limit(Part):
    """A ceiling on several bonuses together."""

    most: Annotated[AnyValue, Slot("member", "money")]
    bonuses: Literal["all"] | list[str] = "all"
    per: Literal["company", "member", "person"] = "company"
    cut: Literal["in_proportion", "last_first"] = "in_proportion"


class Budget(Part):
    """A ceiling on what one order pays."""

    most: Annotated[AnyValue, Slot("order", "money")]
    spent: Annotated[AnyValue, Slot("order", "money")] | None = None
    cut: Literal["in_proportion", "last_first"] = "in_proportion"


class Wallet(Part):
    """A share of each total, and when it may be withdrawn."""

    share: Ratio
    withdraw: MemberRule | None = None


class LegalGate(Part):
    """A lawful condition on being paid."""

    needs: MemberRule
    otherwise: Literal["pay_nothing", "report"] = "pay_nothing"


class Override(Part):
    """A rule of the check that this plan may break, and why."""

    rule: str
    reason: Annotated[str, Field(min_length=10)]


class PlanFile(Part):
    """A whole plan as written."""

    language: Literal["1"]
    plan: str
    version: date
    currency: CurrencyCode
    time_zone: TimeZone = "UTC"
    calendar: Calendar = CalendarSpec(every="month")
    rounding: Rounding = Rounding()
    point_value: MoneyValue | None = None
    exchange: dict[CurrencyCode, ExchangeRate] | Literal["given"] = {}
    pay_currency: Annotated[AnyWords, Slot("member", "text")] | None = None
    pay_exchange: dict[CurrencyCode, ExchangeRate] | Literal["given"] = {}
    given_earnings: list[Name] = []
    constants: dict[Name, AnyConstant] = {}
    members: dict[Name, Annotated[FieldSpec, _shorthand("unit")]] = {}
    orders: dict[Name, Annotated[FieldSpec, _shorthand("unit")]] = {}
    order_values: dict[Name, Annotated[Measure, _shorthand("is")]] = {}
    measures: dict[Name, Annotated[Measure, _shorthand("is")]] = {}
    ranks: GivenRanks | list[Rank] = []
    rank_calendar: Calendar | None = None
    ladders: dict[Name, list[Rank]] = {}
    trees: dict[Name, Tree] = {}
    bonuses: dict[Name, AnyBonus] = {}
    limits: dict[Name, Limit] = {}
    budget: Budget | None = None
    wallets: dict[Name, Annotated[Wallet, _shorthand("share")]] = {}
    legal: dict[Name, LegalGate] = {}
    overrides: list[Override] = []
