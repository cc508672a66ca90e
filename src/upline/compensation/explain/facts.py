"""Reasons as data: what an explanation holds before it is put into words.

Figures are texts of exact decimals; places of the plan are named by the plan's own formulas.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from upline.compensation.explain.conditions import Condition
from upline.compensation.explain.nearest import Near
from upline.compensation.explain.rows import Row
from upline.compensation.explain.ways import Way
from upline.compensation.plan.schema import Words

# Why a bonus paid nothing, and why somebody between a buyer and a receiver was not paid.
NOTHING = (
    *("gate", "requires", "no_orders", "orders", "balance", "no_volume", "orders_below"),
    *("beyond", "stopped", "near", "no_level_rate", "not_a_source", "no_rate", "below_step"),
    *("no_share", "no_pair", "no_cycle", "no_step", "all_steps"),
    *("taken", "taken_by_groups", "no_fund", "too_small", "no_new_rank", "no_award", "awarded"),
    *("no_legs", "not_chosen", "chosen", "none_better", "no_board", "board_open", "board_place"),
    *("not_long", "lapsed"),
)
PASSED_OVER = (
    *("requires", "depth", "near", "no_rate"),
    *("taken", "gate", "not_chosen", "too_small"),  # of an order only: somebody above its receivers
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Somebody between a buyer and a receiver: what he took there, or why he was passed over.

    `why` is '' or one of PASSED_OVER; `failed` are the conditions behind 'requires'. `level` is
    the level on which he saw the buyer, `paid_levels` how deep, or from where on, he is paid.
    """

    member: str
    is_passed_over: bool
    why: str = ""
    failed: tuple[Condition, ...] = ()
    level: int | None = None
    paid_levels: str = ""
    took: str = ""
    took_unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutReason:
    """What a budget, a limit or a legal gate took: `step` says which, `name` its name in the plan.

    `earned` was earned in all where at most `most` is paid, by the bonuses of a limit together or
    on one order; '' where neither is told.
    """

    step: str
    name: str
    title: Words
    clause: str
    amount: str
    most: str = ""
    earned: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where in the plan a factor is written, for the line that it is a factor of.

    `factor` is a field of the line, 'rounding', or the 'share' of a wallet. It is written in the
    `field` of what `name` names: `of` is bonus, wallet or plan. `rows` lead to `formula`, on `line`
    of the file; it holds `since` a day where the plan dates it, by the `clause` of its document.
    """

    factor: str
    of: str
    name: str
    field: str
    rows: tuple[Row, ...] = ()
    formula: str = ""
    since: str = ""
    clause: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReason:
    """One pay line: base x rate (x point value) = amount, and who stands between.

    `taken_below` is deducted from base x rate; `rank` is the one that an award is for; of a pool
    `base` is the fund and `shares` are the member's of `shares_in_all`; `uncut` is the amount
    before the cap where that has cut the line. `guaranteed` is what the leader of a broken-away
    leg has added; `left_to` is the one to whom he left it, on the leader's own line. `on_board`
    are those who filled a board, by place. `before` is the amount before the `cuts` that came
    after all bonuses. Of an award in `instalments` `base` is the whole, the line the `instalment`-th
    of so many. `residue` is what of a fund was left after rounding down and went to this share. `carried` is the part of `base` that an earlier period left. `unrounded`
    is what the line comes to exactly, '' where nothing is rounded; `origins` say where its factors
    are written.
    """

    order: str | None
    buyer: str | None
    level: int | None
    base: str
    base_unit: str
    rate: str
    point_value: str
    rank: str
    amount: str
    uncut: str = ""
    path: tuple[Step, ...] = ()
    path_left_out: int = 0
    taken_below: str = ""
    shares: str = ""
    shares_in_all: str = ""
    step: str = ""
    is_two_to_one: bool = False
    guaranteed: str = ""
    left_to: str = ""
    on_board: tuple[str, ...] = ()
    before: str = ""
    cuts: tuple[CutReason, ...] = ()
    instalments: int = 0
    instalment: int = 0
    residue: str = ""
    carried: str = ""
    unrounded: str = ""
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LegReason:
    """One leg of a binary bonus: what was carried in and is new, what of it was used, is kept and lost."""

    side: str
    unit: str
    carried: str
    new: str
    used: str
    kept: str
    flushed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Why a bonus paid nothing: one of NOTHING, and the facts that the sentence for it names.

    `ways` are those to meet the condition, the least missing first.
    """

    code: str
    condition: Condition | None = None
    facts: dict[str, str] = field(default_factory=dict)
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What one of the bonuses would have given among which one had to be chosen."""

    bonus: str
    amount: str
    is_paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusReason:
    """One bonus for one member: its amount with every line, or why it paid nothing.

    `is_own_part` marks what is reported under a name of its own; `further_lines` were not asked for,
    and bring `further_amount`. `cap` is the member's cap where it has cut lines; `cuts` are what was
    taken after all bonuses. `places` and `rounding` say how a line is rounded, `residue` what becomes
    of the rest of a fund.
    """

    bonus: str
    kind: str
    title: Words
    clause: str
    amount: str
    lines: tuple[LineReason, ...]
    is_own_part: bool = False
    cuts: tuple[CutReason, ...] = ()
    further_lines: int = 0
    further_amount: str = "0"
    cap: str = ""
    nothing: Nothing | None = None
    legs: tuple[LegReason, ...] = ()
    compared: tuple[Compared, ...] = ()
    places: int = 2
    rounding: str = "half_up"
    residue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankReason:
    """A member's rank on a ladder, and each condition of the next one.

    `is_given` says that it came in with the member, `is_kept` that its conditions do not hold in
    this period and it stands because it is kept. `kept_for` is 'for_life', or the number
    of further periods for which it is kept even so; `title` the highest rank ever held, where that
    is another. `ways` are those to the next rank, the least missing
    first; `near` are those below who are nearest to count where people or legs are missing, on the
    shortest of these ways.
    """

    ladder: str
    rank: str | None
    next_rank: str | None = None
    condition: Condition | None = None
    is_given: bool = False
    is_kept: bool = False
    kept_for: str = ""
    title: str = ""
    ways: tuple[Way, ...] = ()
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletReason:
    """What is in a wallet that has a gate, what of it may leave, and the condition of the gate."""

    wallet: str
    balance: str
    withdrawable: str
    condition: Condition
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletShare:
    """What of a period's pay goes into a wallet; `origin` says where its share is written."""

    wallet: str
    amount: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberReasons:
    """Everything about one member in one period; `bonus` is the only one that was asked for."""

    member: str
    plan: str
    bonus: str
    first_day: str
    last_day: str
    currency: str
    total: str
    bonuses: tuple[BonusReason, ...]
    ranks: tuple[RankReason, ...]
    wallets: tuple[WalletReason, ...] = ()
    shares: tuple[WalletShare, ...] = ()
