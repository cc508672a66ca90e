"""What is wrong with the text of a plan, by the code of the fault, in the reader's language.

The check itself says what stands where in English, with the words of the plan language; a title
says in any language what kind of fault it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

from upline.web.office.cells import Words

TITLES: Mapping[str, Words] = {
    "award.per_rank": pgettext_lazy("fault of a plan", "An award for each rank names no ranks"),
    "binary.fields": pgettext_lazy(
        "fault of a plan", "Fields of a binary bonus do not fit together"
    ),
    "board.size": pgettext_lazy("fault of a plan", "The board has no possible size"),
    "bonus.amount": pgettext_lazy("fault of a plan", "The amount of a bonus does not fit its kind"),
    "bonus.base": pgettext_lazy("fault of a plan", "What a bonus is paid on does not fit"),
    "bonus.generations": pgettext_lazy("fault of a plan", "Generations of a bonus are not clear"),
    "bonus.head": pgettext_lazy(
        "fault of a plan", "What bounds a generation is missing or too much"
    ),
    "bonus.levels": pgettext_lazy("fault of a plan", "The levels of a bonus are not clear"),
    "bonus.lines": pgettext_lazy("fault of a plan", "The lines of a bonus cannot be made so"),
    "bonus.no_buyer": pgettext_lazy("fault of a plan", "There is no buyer here"),
    "bonus.no_order": pgettext_lazy("fault of a plan", "There is no order here"),
    "bonus.orders": pgettext_lazy("fault of a plan", "The choice of orders does not fit the bonus"),
    "bonus.receiver_alone": pgettext_lazy("fault of a plan", "Only the receiver is known here"),
    "bonus.share": pgettext_lazy("fault of a plan", "The share of a bonus does not fit"),
    "constant.not_a_number": pgettext_lazy("fault of a plan", "A constant is not a number"),
    "differential.slots": pgettext_lazy(
        "fault of a plan", "The slots of a difference are not clear"
    ),
    "differential.total": pgettext_lazy(
        "fault of a plan", "The total of a difference does not fit"
    ),
    "field.default": pgettext_lazy("fault of a plan", "A default cannot fill the column"),
    "formula.cut": pgettext_lazy("fault of a plan", "A formula is cut off"),
    "formula.quotient": pgettext_lazy("fault of a plan", "A quotient cannot be computed exactly"),
    "formula.quotients": pgettext_lazy("fault of a plan", "Too many quotients in one formula"),
    "formula.syntax": pgettext_lazy("fault of a plan", "A formula cannot be read"),
    "function.arguments": pgettext_lazy(
        "fault of a plan", "A function has too few or too many arguments"
    ),
    "function.context": pgettext_lazy("fault of a plan", "A function cannot stand here"),
    "function.event": pgettext_lazy("fault of a plan", "A sum over an event cannot be made here"),
    "function.limits": pgettext_lazy("fault of a plan", "A function cannot be limited so"),
    "function.paid_on": pgettext_lazy(
        "fault of a plan", "What is paid on an order is not known here"
    ),
    "function.unknown": pgettext_lazy("fault of a plan", "There is no such function"),
    "function.where": pgettext_lazy(
        "fault of a plan", "A choice of orders does not fit the function"
    ),
    "function.whole_number": pgettext_lazy("fault of a plan", "A whole number is needed"),
    "limit.most": pgettext_lazy("fault of a plan", "The most of a limit does not fit"),
    "name.bonus": pgettext_lazy("fault of a plan", "There is no such bonus"),
    "name.personal": pgettext_lazy("fault of a plan", "The personal enrolment is not known here"),
    "name.prefix": pgettext_lazy("fault of a plan", "A name stands for nobody here"),
    "name.rank": pgettext_lazy("fault of a plan", "There is no such rank"),
    "name.receiver": pgettext_lazy("fault of a plan", "The receiver is not known here"),
    "name.taken": pgettext_lazy("fault of a plan", "A name is taken already"),
    "name.tree": pgettext_lazy("fault of a plan", "There is no such tree"),
    "name.twice": pgettext_lazy("fault of a plan", "A name stands twice"),
    "name.unknown": pgettext_lazy("fault of a plan", "A name is not known"),
    "name.wallet": pgettext_lazy("fault of a plan", "There is no such wallet"),
    "own.negative": pgettext_lazy("fault of a plan", "Nothing says what becomes of a negative sum"),
    "period.no_calendar": pgettext_lazy("fault of a plan", "A period has no calendar"),
    "plan.anchor": pgettext_lazy("fault of a plan", "References inside the file are not allowed"),
    "plan.choice": pgettext_lazy("fault of a plan", "This choice does not exist"),
    "plan.circle": pgettext_lazy("fault of a plan", "Values depend on each other in a circle"),
    "plan.key_not_text": pgettext_lazy("fault of a plan", "A key is not a word"),
    "plan.key_twice": pgettext_lazy("fault of a plan", "A key stands twice"),
    "plan.kind": pgettext_lazy("fault of a plan", "The kind is missing or unknown"),
    "plan.missing": pgettext_lazy("fault of a plan", "Something needed is missing"),
    "plan.not_a_mapping": pgettext_lazy("fault of a plan", "Fields with values are expected"),
    "plan.not_computed": pgettext_lazy("fault of a plan", "This cannot be computed yet"),
    "plan.not_yaml": pgettext_lazy("fault of a plan", "The file is not YAML"),
    "plan.pattern": pgettext_lazy("fault of a plan", "A word is not written as it must be"),
    "plan.unknown_key": pgettext_lazy("fault of a plan", "A key is not known here"),
    "plan.unreadable": pgettext_lazy("fault of a plan", "The file cannot be read"),
    "plan.value": pgettext_lazy("fault of a plan", "A value does not fit"),
    "pool.fund": pgettext_lazy("fault of a plan", "The fund of a pool does not fit"),
    "ranks.not_monotone": pgettext_lazy(
        "fault of a plan", "A higher rank asks for less than a lower one"
    ),
    "rule.not_a_condition": pgettext_lazy("fault of a plan", "A condition is needed"),
    "rule.unknown_form": pgettext_lazy(
        "fault of a plan", "A condition is not written as it must be"
    ),
    "scale.marginal": pgettext_lazy("fault of a plan", "A scale by parts does not fit here"),
    "table.by": pgettext_lazy("fault of a plan", "A table looks at what it cannot know"),
    "table.key": pgettext_lazy("fault of a plan", "A key of a table does not fit"),
    "tree.fill": pgettext_lazy("fault of a plan", "A tree cannot be filled so"),
    "tree.width": pgettext_lazy("fault of a plan", "The width of a tree does not fit"),
    "unit.currency": pgettext_lazy("fault of a plan", "Two currencies meet"),
    "unit.declared": pgettext_lazy("fault of a plan", "The unit is not the declared one"),
    "unit.mismatch": pgettext_lazy("fault of a plan", "Units do not fit together"),
    "unit.money": pgettext_lazy("fault of a plan", "Money cannot be reckoned so"),
    "unit.not_a_number": pgettext_lazy("fault of a plan", "A number is needed"),
    "unit.not_money": pgettext_lazy("fault of a plan", "Money is needed"),
    "unit.order": pgettext_lazy("fault of a plan", "These cannot be compared by size"),
    "unit.product": pgettext_lazy("fault of a plan", "These cannot be multiplied"),
    "unit.quotient": pgettext_lazy("fault of a plan", "These cannot be divided"),
    "unit.slot": pgettext_lazy("fault of a plan", "The unit does not fit here"),
    "value.keys_overlap": pgettext_lazy("fault of a plan", "Keys overlap"),
    "value.level_map": pgettext_lazy(
        "fault of a plan", "Rates by level are not written as they must be"
    ),
    "value.not_a_day": pgettext_lazy("fault of a plan", "A day is needed"),
    "value.not_formula": pgettext_lazy("fault of a plan", "A formula is needed"),
    "value.scale_mode": pgettext_lazy("fault of a plan", "The mode of a scale is unknown"),
    "value.scale_order": pgettext_lazy("fault of a plan", "The steps of a scale do not rise"),
    "value.scale_steps": pgettext_lazy("fault of a plan", "A scale has no steps"),
    "value.unknown_form": pgettext_lazy("fault of a plan", "A value is not written as it must be"),
    "value.unknown_key": pgettext_lazy("fault of a plan", "A key of a value is not known"),
    "value.version": pgettext_lazy("fault of a plan", "Dated values do not fit"),
    "value.version_order": pgettext_lazy("fault of a plan", "Dated values are not in order"),
}
