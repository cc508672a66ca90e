"""Which of several whole bonuses a member is paid, and what the others would have given."""

from __future__ import annotations

from collections.abc import Iterator

from upline.compensation.bonuses.best_of import names_of
from upline.compensation.decimals import exact_text
from upline.compensation.explain.facts import Compared, Nothing
from upline.compensation.explain.view import View
from upline.compensation.measures.figures import Choice


def compared(view: View, name: str, position: int) -> tuple[Compared, ...]:
    """Give what each of the bonuses would pay among which one had to be chosen.

    `name` is the choice itself, or one of the bonuses; nothing where it was in no choice or where
    all of them pay nothing.
    """
    for best, choice in view.figures.choices.items():
        if name == best or any(name in names_of(one, view.file) for one in choice.options):
            totals = [total.at(position) for total in choice.totals]
            if any(totals):
                return tuple(
                    Compared(
                        bonus=one, amount=exact_text(total), is_paid=row == _of(choice, position)
                    )
                    for row, (one, total) in enumerate(zip(choice.options, totals, strict=True))
                )
    return ()


def not_chosen(view: View, name: str, position: int) -> Nothing | None:
    """Say what was chosen instead of a bonus that would have paid; None where it was not so."""
    for best, choice, option in _choices_with(view, name):
        chosen = _of(choice, position)
        if chosen == option or not choice.totals[option].at(position):
            continue
        if chosen < 0:
            condition = view.held(view.file.bonuses[best].requires, position)
            return Nothing(code="requires", condition=condition)
        return Nothing(code="not_chosen", facts={"bonus": choice.options[chosen]})
    return None


def no_choice(view: View, name: str, position: int) -> Nothing:
    """Say under which name a choice is paid, or that none of the bonuses pays."""
    choice = view.figures.choices[name]
    chosen = _of(choice, position)
    if not choice.totals[chosen].at(position):
        return Nothing(code="none_better")
    return Nothing(code="chosen", facts={"bonus": choice.options[chosen]})


def _choices_with(view: View, name: str) -> Iterator[tuple[str, Choice, int]]:
    for best, choice in view.figures.choices.items():
        for option, one in enumerate(choice.options):
            if name in names_of(one, view.file):
                yield best, choice, option


def _of(choice: Choice, position: int) -> int:
    return int(choice.chosen[position])
