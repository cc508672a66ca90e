"""What the fields and choices of a plan are called in a document for readers."""

from __future__ import annotations

from upline.compensation.plan.speech import msg

KINDS = {
    "own": msg("Pays the buyer, or another person named by the order, for each order."),
    "level": msg("Pays the members above the buyer, level by level."),
    "stairstep": msg(
        "Pays the rate of the whole group's volume, less what the groups of direct recruits take;"
        " one line for own orders and one for each direct recruit."
    ),
    "differential": msg(
        "Goes up from the buyer; each upline takes what nobody nearer to the buyer has taken."
    ),
    "binary": msg("Pays for volume that is matched in the two legs of the placement tree."),
    "pool": msg("Shares out a fund among those who take part."),
    "award": msg("Pays a fixed amount to each member who meets the conditions."),
    "breakaway": msg(
        "Pays the nearest qualified member above the leader of each group that has broken away; a"
        " guarantee is met from the leader's own pay of this kind."
    ),
    "board": msg(
        "Orders take places on a board, level by level; when it is full, its head is paid and"
        " leaves."
    ),
    "best_of": msg("Pays the better of several bonuses; the others are not paid."),
}

LABELS = {
    "after": msg("When the board is full"),
    "after_close": msg("Late orders and refunds"),
    "among": msg("Shared among"),
    "amount": msg("Amount"),
    "as": msg("Name of the own part"),
    "base": msg("Paid on"),
    "below_first_step": msg("Groups below the first step"),
    "blocks": msg("Counts as having taken the share, even if unpaid"),
    "bonuses": msg("Bonuses"),
    "budget": msg("Budget of an order"),
    "buyer": msg("The buyer"),
    "calendar": msg("Period"),
    "cap": msg("Most per member and period"),
    "cap_uses": msg("Volume matched beyond the cap"),
    "carry": msg("Carry"),
    "clause": msg("Clause"),
    "compare": msg("Compared"),
    "compression": msg("Compression"),
    "constants": msg("Constants"),
    "count": msg("Number of instalments"),
    "counts": msg("Makes a level"),
    "currency": msg("Currency"),
    "cut": msg("How the excess is cut"),
    "cycle": msg("One cycle"),
    "default": msg("When empty"),
    "depth": msg("Depth"),
    "exchange": msg("Exchange rates"),
    "fill": msg("Filling"),
    "flush": msg("Lost when"),
    "from_level": msg("From level"),
    "fund": msg("Fund"),
    "generations": msg("Rates by generation"),
    "given": msg("Ranks given with the members"),
    "given_earnings": msg("Earnings given as already computed"),
    "given_legs": msg("Leg volumes are given in"),
    "grants": msg("Also granted"),
    "guarantee": msg("Guaranteed amount"),
    "head": msg("Bounds a generation"),
    "breakaway head": msg("Has broken away"),
    "head_belongs_to": msg("Counting of generations"),
    "hold": msg("Periods in a row"),
    "hold_days": msg("Days before withdrawal"),
    "instalments": msg("Instalments"),
    "is": msg("Value"),
    "joins": msg("Orders that take a place"),
    "kept": msg("Kept"),
    "kind": msg("Kind"),
    "left": msg("Left leg"),
    "levels": msg("Rates by level"),
    "lines": msg("Lines"),
    "max_ratio": msg("Greatest ratio of the legs"),
    "members": msg("Members"),
    "mode": msg("Rounding mode"),
    "most": msg("At most"),
    "needs": msg("Conditions"),
    "negative": msg("Negative sum"),
    "nobody": msg("If nobody takes part"),
    "note": msg("Note"),
    "of": msg("Bonuses compared"),
    "once": msg("How often"),
    "orders": msg("Only for orders with"),
    "otherwise": msg("Otherwise"),
    "overrides": msg("Exceptions from the check"),
    "own_part": msg("Name of the own part"),
    "own_volume": msg("Own volume"),
    "pay": msg("Paid"),
    "pay_currency": msg("Currency of payment"),
    "pay_exchange": msg("Rates of payment"),
    "per": msg("Applies to"),
    "per_cycle": msg("Paid per cycle"),
    "periods": msg("Number of periods"),
    "places": msg("Decimal places"),
    "plan": msg("Plan"),
    "point_value": msg("Value of a point"),
    "rank_calendar": msg("Period of ranks"),
    "rate": msg("Rate"),
    "reason": msg("Reason"),
    "recruits": msg("Level 1 lines too, for buyers who meet"),
    "requires": msg("Who is paid must meet"),
    "residue": msg("Cents left after rounding"),
    "right": msg("Right leg"),
    "rounding": msg("Rounding"),
    "rule": msg("Rule"),
    "sales": msg("Sales"),
    "share": msg("Share"),
    "shares": msg("Shares"),
    "slots": msg("Slots"),
    "sources": msg("Only from members who meet"),
    "spent": msg("Already spent"),
    "starts": msg("Starts with"),
    "steps": msg("Steps"),
    "stop_above": msg("Nobody is paid above the first member who meets"),
    "strong": msg("Stronger leg, decided anew for each cycle"),
    "takes": msg("What each takes"),
    "time_zone": msg("Time zone"),
    "title": msg("Title"),
    "to": msg("Who is paid"),
    "total": msg("In all"),
    "tree": msg("Tree"),
    "two_to_one": msg("Ratio of two to one"),
    "unit": msg("Unit"),
    "unpaid": msg("Part of a member who is not paid"),
    "version": msg("Holds from"),
    "wallet": msg("Wallet"),
    "weak": msg("Weaker leg"),
    "while": msg("Paid as long as"),
    "width": msg("Width"),
    "withdraw": msg("May be withdrawn when"),
}

_SPANS = {
    "day": msg("one day"),
    "week": msg("one week"),
    "four_weeks": msg("four weeks"),
    "month": msg("one calendar month"),
    "quarter": msg("one quarter"),
    "year": msg("one year"),
    "given": msg("as each run says"),
}
_UNITS = {
    "points": msg("points"),
    "money": msg("money"),
    "count": msg("whole number"),
    "ratio": msg("ratio"),
    "yes_no": msg("yes or no"),
    "text": msg("text"),
    "date": msg("date"),
    "member": msg("another member"),
}
# What a choice means, by field; "" is any field.
CHOICES: dict[str, dict[str, str]] = {
    "every": _SPANS,
    "unit": _UNITS,
    "given_legs": _UNITS,
    "mode": {
        "half_up": msg("half away from zero"),
        "half_even": msg("half to the even digit"),
        "down": msg("towards zero"),
    },
    "lines": {
        "per_order": msg("one line for each order"),
        "per_member": msg("one line for each member from whom it comes"),
        "per_buyer": msg("one line for all orders of a buyer in the period"),
        "per_period": msg("one line for all orders of the period"),
        "per_head": msg("one line for all orders below one bounding member"),
    },
    "to": {"member": msg("the buyer")},
    "starts": {"parent": msg("the member above the buyer"), "buyer": msg("the buyer")},
    "tree": {"sponsor": msg("the sponsor tree")},
    "after_close": {
        "reverse_lines": msg("the lines of the order are reversed"),
        "recompute": msg("the bonus is computed again and the difference is posted"),
        "none": msg("nothing changes"),
    },
    "compression": {
        "none": msg("none: the level is the distance; the level of an unqualified upline is lost"),
        "count_between": msg(
            "the level is one more than the number of qualified members strictly between"
        ),
        "remove": msg(
            "unqualified members are taken out of the line; the volume of an unqualified buyer"
            " pays nobody"
        ),
        "merge_up": msg(
            "unqualified members are taken out of the line; the volume of an unqualified buyer"
            " falls on the level of the last qualified member above"
        ),
        "roll_up": msg(
            "each level is offered going up; whoever does not qualify for it is skipped, and the"
            " same level is offered to the next member"
        ),
    },
    "depth": {"as_listed": msg("as deep as rates are listed for the receiver")},
    "head_belongs_to": {
        "generation_above": msg("a bounding member closes a generation and belongs to it"),
        "generation_below": msg("a bounding member opens a generation of his own"),
    },
    "unpaid": {
        "kept": msg("the company keeps it"),
        "passed_up": msg("it passes to the next member above"),
    },
    "takes": {
        "difference": msg("what the own share exceeds the greatest share already taken"),
        "remaining": msg("the own share, as long as something is left of the total"),
    },
    "buyer": {
        "ignored": msg("takes nothing"),
        "paid": msg("takes first and is paid"),
        "discounted": msg("takes first, but has already had it as a discount"),
    },
    "cycle": {"whole": msg("everything that both legs have")},
    "own_volume": {
        "none": msg("counts in no leg"),
        "weak": msg("counts in the weaker leg"),
        "left": msg("counts in the left leg"),
        "right": msg("counts in the right leg"),
    },
    "carry": {
        "all": msg("what is left stays for the next period"),
        "none": msg("what is left is lost"),
    },
    "cap_uses": {"all": msg("it is used up"), "paid": msg("it stays for the next period")},
    "residue": {
        "shared": msg("they go, one each, to the largest remainders"),
        "kept": msg("the company keeps them"),
        "rounded": msg("each line is rounded by itself"),
    },
    "nobody": {
        "kept": msg("the company keeps the fund"),
        "carried": msg("the fund is added to that of the next period"),
    },
    "among": {
        "company": msg("all members of the company"),
        "recruits": msg("the direct recruits of each member"),
    },
    "once": {
        "per_period": msg("in each period"),
        "ever": msg("once only"),
        "per_rank": msg("once for each rank, when it is first reached"),
    },
    "cut": {
        "in_proportion": msg("in proportion"),
        "last_first": msg("the last lines first"),
    },
    "per": {
        "company": msg("the whole company"),
        "member": msg("each member"),
        "person": msg("each person with all positions"),
    },
    "otherwise": {
        "pay_nothing": msg("nothing is paid to the member"),
        "report": msg("it is only reported"),
    },
    "kept": {
        "this_period": msg("for this period only"),
        "for_life": msg("for life"),
    },
    "negative": {
        "kept": msg("stays as a negative line"),
        "carried": msg("is set off in the next period"),
        "reset": msg("is forgotten"),
    },
    "kind": {
        "binary": msg("two legs"),
        "matrix": msg("matrix of fixed width"),
        "given": msg("given with the members"),
    },
    "fill": {
        "left_to_right": msg("from left to right, level by level"),
        "balanced": msg("at every step into the leg with the fewest members"),
        "given": msg("given with the members"),
    },
    "after": {"split": msg("it splits; the first level become heads of their own boards")},
    "compare": {"per_member": msg("member by member")},
    "bonuses": {"all": msg("all bonuses")},
    "exchange": {"given": msg("given with the input")},
    "pay_exchange": {"given": msg("given with the input")},
}

NAMES = {
    "id": msg("identifier"),
    "member": msg("member"),
    "date": msg("day of the order"),
    "order_count": msg("number of orders"),
    "kind": msg("kind of order"),
    "customer": msg("customer"),
    "currency": msg("currency of the order"),
    "sponsor": msg("sponsor"),
    "number": msg("number of joining"),
    "joined": msg("day of joining"),
    "joined_in_period": msg("joined in the period"),
    "personal": msg("personally enrolled"),
    "person": msg("person"),
    "placement_parent": msg("placement parent"),
    "side": msg("side"),
    "rank": msg("rank"),
    "title": msg("highest rank ever held"),
}
