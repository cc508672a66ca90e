"""camt.053 of the editions .02 and .08, read as from a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element, ParseError  # nosec B405: defusedxml reads

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext_lazy as _

from upline.money import Money
from upline.payouts.figures import FigureUnreadable, minor_of
from upline.payouts.reconciling.statement import (
    MOST_BYTES,
    BankStatement,
    StatementLine,
    StatementUnreadable,
)

_EDITIONS = frozenset(
    f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{edition}" for edition in ("02", "08")
)


def read(content: bytes) -> list[BankStatement]:
    """Give the statements of a message, only what is booked.

    Each is added up: where the balance before, the lines and the balance after do not fit, part of
    it is missing. Raises StatementUnreadable.
    """
    if len(content) > MOST_BYTES:
        raise StatementUnreadable(fault=_("it is larger than any statement"))
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise StatementUnreadable(fault=_("it defines entities of its own")) from None
    except (ParseError, LookupError, ValueError, UnicodeError):
        raise StatementUnreadable(fault=_("it is no whole XML")) from None
    namespace = root.tag.partition("}")[0].lstrip("{")
    if namespace not in _EDITIONS:
        raise StatementUnreadable(fault=_("it is no camt.053 of the edition 02 or 08"))
    _drop_namespace(root)
    try:
        return [_statement(one) for one in root.iterfind("BkToCstmrStmt/Stmt")]
    except (FigureUnreadable, ValueError) as odd:
        fault = _("an amount or a day in it is odd: %(odd)s") % {"odd": odd}
        raise StatementUnreadable(fault=fault) from None


def _drop_namespace(root: Element) -> None:
    for one in root.iter():
        one.tag = one.tag.rpartition("}")[2]


def _statement(found: Element) -> BankStatement:
    lines: list[StatementLine] = []
    for entry in found.iterfind("Ntry"):
        if _status(entry) == "BOOK":
            lines += _lines(entry, len(lines))
    _check_sums(found, lines)
    account = _said(found, "Acct/Id/IBAN") or _said(found, "Acct/Id/Othr/Id")
    return BankStatement(account=account, lines=lines)


def _status(entry: Element) -> str:
    return _said(entry, "Sts/Cd") or _said(entry, "Sts")


def _lines(entry: Element, place: int) -> Iterator[StatementLine]:
    whole = _amount(entry.find("Amt"), _sign(entry))
    booked_on = date.fromisoformat(
        _said(entry, "BookgDt/Dt") or _said(entry, "BookgDt/DtTm")[:10] or _said(entry, "ValDt/Dt")
    )
    parts = entry.findall("NtryDtls/TxDtls") or [entry]
    amounts = [_part_amount(one, whole, alone=len(parts) == 1) for one in parts]
    if sum(one.minor for one in amounts) != whole.minor:
        raise StatementUnreadable(fault=_("the parts of an entry do not add up to it"))
    for step, (part, amount) in enumerate(zip(parts, amounts, strict=True), start=1):
        yield StatementLine(
            place=place + step,
            booked_on=booked_on,
            amount=amount,
            key=_said(part, "Refs/EndToEndId"),
            account=_said(part, "RltdPties/CdtrAcct/Id/IBAN")
            or _said(part, "RltdPties/CdtrAcct/Id/Othr/Id"),
            holder=_said(part, "RltdPties/Cdtr/Nm") or _said(part, "RltdPties/Cdtr/Pty/Nm"),
            text=" ".join(one.text or "" for one in part.iterfind("RmtInf/Ustrd")),
            bank_reference=_said(part, "Refs/AcctSvcrRef") or _said(entry, "AcctSvcrRef"),
        )


def _sign(entry: Element) -> int:
    side = _said(entry, "CdtDbtInd")
    if side not in {"DBIT", "CRDT"}:
        raise ValueError(side)
    # Of an entry taken back the side is already that of the taking back.
    return 1 if side == "DBIT" else -1


def _part_amount(part: Element, whole: Money, *, alone: bool) -> Money:
    if alone:
        return whole
    own = part.find("Amt")
    found = own if own is not None else part.find("AmtDtls/TxAmt/Amt")
    side = _said(part, "CdtDbtInd")
    sign = {"DBIT": 1, "CRDT": -1}.get(side, 1 if whole.minor > 0 else -1)
    amount = _amount(found, sign)
    if amount.currency != whole.currency:
        raise ValueError(amount.currency)
    return amount


def _amount(found: Element | None, sign: int) -> Money:
    if found is None:
        raise ValueError("-")
    currency = found.attrib.get("Ccy", "")
    return Money(sign * minor_of(found.text or "", currency), currency)


def _check_sums(found: Element, lines: list[StatementLine]) -> None:
    balances = {}
    for one in found.iterfind("Bal"):
        balances[_said(one, "Tp/CdOrPrtry/Cd")] = _amount(one.find("Amt"), -_sign(one))
    before, after = balances.get("OPBD", balances.get("PRCD")), balances.get("CLBD")
    # Some banks leave balances out of statements within a day.
    if before is None or after is None:
        return
    if before.minor - sum(one.amount.minor for one in lines) != after.minor:
        raise StatementUnreadable(fault=_("its lines do not lead from one balance to the next"))


def _said(found: Element, path: str) -> str:
    return (found.findtext(path) or "").strip()
