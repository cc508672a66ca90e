"""What each member is paid in all, split into wallets and turned into his own currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from upline.compensation import columns
from upline.compensation.bonuses.lines import Paid
from upline.compensation.columns import Codes, Flags, Numbers, constant
from upline.compensation.errors import InputRefused
from upline.compensation.exchange import pay_rate
from upline.compensation.measures.evaluate import numbers, value
from upline.compensation.measures.scopes import Figures
from upline.compensation.plan.parts import own_part
from upline.money import currency_places

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Pay:
    """What each member is paid: exactly, in the plan's currency; and in his own, in whole units.

    The units are the smallest of each currency.
    """

    totals: Numbers
    currencies: Codes
    units: Array


@dataclass(frozen=True, slots=True)
class Payable:
    """What a run pays: what it computed, what came in as a finished total, and who may be paid."""

    figures: Figures
    paid: Sequence[Paid]
    gates: dict[str, Flags]

    def into(self) -> dict[str | None, Numbers]:
        """Add up each member's pay by the wallet that bonuses name; None where they name none."""
        world = self.figures.world
        wallets = {
            reported: bonus.wallet
            for name, bonus in world.plan.file.bonuses.items()
            for reported in (name, own_part(bonus))
        }
        nothing = Numbers(np.zeros(len(world), np.int64), Fraction(1))
        found: dict[str | None, Numbers] = {None: nothing}
        given = world.given_earnings.get("all")
        if given is not None:
            found[None] = Numbers(np.where(self._may(), given, 0), world.earnings_unit)
        for part in self.paid:
            wallet = wallets.get(part.bonus)
            amounts = Numbers(part.totals, Fraction(1, 10**part.places))
            found[wallet] = columns.added(found.get(wallet, nothing), amounts)
        return found

    def totals(self) -> Numbers:
        """Give what each member is paid in all."""
        first, *others = self.into().values()
        for other in others:
            first = columns.added(first, other)
        return first

    def by_wallet(self, places: int) -> dict[str, Array]:
        """Give each wallet's sums in whole units of the places.

        What names no wallet is split by the shares, each part rounded; where the shares make up
        the whole, the last wallet takes what is left of it.
        """
        file = self.figures.world.plan.file
        into = self.into()
        left = shared = into[None]
        scope = self.figures.member_scope
        shares = [numbers(value(wallet.share, scope)) for wallet in file.wallets.values()]
        whole = constant(0)
        for share in shares:
            whole = columns.added(whole, share)
        is_whole = columns.compared("=", whole, constant(1))
        found = {}
        for index, (name, share) in enumerate(zip(file.wallets, shares, strict=True)):
            part = columns.multiplied(shared, share)
            part = columns.rounded(part, places, file.rounding.mode)
            if index == len(shares) - 1:
                a, b, unit = columns.aligned(left, part)
                part = Numbers(np.asarray(np.where(is_whole, a, b)), unit)
            left = columns.added(left, part, -1)
            part = columns.added(part, into.get(name, constant(0)))
            units = columns.rounded(part, places, file.rounding.mode)
            found[name] = columns.as_int64(units.spread(scope.size).values, "wallets")
        return found

    def in_own_currency(self) -> Pay:
        """Turn each member's total into his own currency, rounded once for all bonuses together.

        Raises InputRefused for who has something to be paid and no currency, or no rate to it.
        """
        file = self.figures.world.plan.file
        totals = self.totals().spread(len(self.figures.world))
        codes = Codes(np.zeros(len(totals.values), np.int64), (file.currency,))
        if file.pay_currency is not None:
            found = value(file.pay_currency, self.figures.member_scope)
            assert isinstance(found, Codes)
            codes = found.spread(len(totals.values))
        is_paid = totals.values != 0
        nowhere = np.flatnonzero((codes.values < 0) & is_paid)
        if len(nowhere):
            who = self.figures.world.id_of(int(nowhere[0]))
            problem = f"There is no pay currency for {who}."
            remedy = "Add an entry, or an 'otherwise', to pay_currency."
            raise InputRefused.because("result.pay_currency", problem, remedy)
        units = np.zeros(len(totals.values), np.int64)
        given = self.figures.world.rates["pay_exchange"]
        for code, label in enumerate(codes.labels):
            rows = np.flatnonzero((codes.values == code) & is_paid)
            if len(rows):
                product = columns.multiplied(
                    totals.taken(rows), constant(pay_rate(file, given, label))
                )
                whole = columns.rounded(product, currency_places(label), file.rounding.mode)
                units[rows] = columns.as_int64(whole.values, "pay")
        return Pay(totals, codes, units)

    def _may(self) -> npt.NDArray[np.bool_]:
        may = np.ones(len(self.figures.world), np.bool_)
        for name, gate in self.figures.world.plan.file.legal.items():
            if gate.otherwise == "pay_nothing":
                may &= self.gates[name].values
        return may
