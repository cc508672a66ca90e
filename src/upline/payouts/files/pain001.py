"""pain.001.001.09: credit transfers in the words of ISO 20022, those of SEPA and others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from xml.etree import ElementTree as ET  # nosec B405: it writes, defusedxml reads

from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext_lazy as _
from schwifty import IBAN

from upline.money import Money
from upline.payouts.figures import minor_of
from upline.payouts.files import latin
from upline.payouts.files.shape import (
    BankFile,
    FileFault,
    FileRefused,
    Header,
    PaidRow,
    Rewritten,
    figure,
    order_faults,
    too_long,
    unwritable,
    wrong_account,
)
from upline.payouts.orders import IbanAccount, PayoutOrder

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_SEPA_MOST = 99_999_999_999
_KEY, _NAME, _REFERENCE = 35, 70, 140
_Group = tuple[date, str, bool]


def write(orders: Sequence[PayoutOrder], *, header: Header) -> BankFile:
    """Write orders as one message, grouped by day, currency and whether SEPA carries them.

    Raises FileRefused with everything that cannot be written.
    """
    faults = [*order_faults(orders), *_header_faults(header)]
    faults += [fault for one in orders for fault in _faults(one, header)]
    if faults or not orders:
        raise FileRefused(faults or [_nothing()])
    root = ET.Element("Document", xmlns=NAMESPACE)
    message = ET.SubElement(root, "CstmrCdtTrfInitn")
    _head(message, orders, header)
    groups: dict[_Group, list[PayoutOrder]] = {}
    for one in orders:
        groups.setdefault((one.due_on, one.amount.currency, _is_sepa(one)), []).append(one)
    for place, (group, members) in enumerate(sorted(groups.items()), start=1):
        _payment(message, f"{header.number}-{place}", group, members, header)
    ET.indent(root)
    content = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return BankFile(content=content, count=len(orders), rewritten=tuple(_rewritten(orders)))


def read(content: bytes) -> list[PaidRow]:
    """Give the payments of a message that `write` wrote."""
    spaces = {"p": NAMESPACE}
    rows = []
    for one in fromstring(content, forbid_dtd=True).iterfind(".//p:CdtTrfTxInf", spaces):

        def said(path: str, one: ET.Element = one) -> str:
            return one.findtext(path, default="", namespaces=spaces)

        amount = one.find("p:Amt/p:InstdAmt", spaces)
        assert amount is not None
        currency = amount.attrib["Ccy"]
        rows.append(
            PaidRow(
                key=said("p:PmtId/p:EndToEndId"),
                amount=Money(minor_of(amount.text or "", currency), currency),
                account=said("p:CdtrAcct/p:Id/p:IBAN"),
                holder=said("p:Cdtr/p:Nm"),
                reference=said("p:RmtInf/p:Ustrd"),
            )
        )
    return rows


def _is_sepa(order: PayoutOrder) -> bool:
    assert isinstance(order.method, IbanAccount)
    in_zone = IBAN(order.method.iban, allow_invalid=True).in_sepa_zone
    return order.amount.currency == "EUR" and bool(in_zone)


def _head(message: ET.Element, orders: Sequence[PayoutOrder], header: Header) -> None:
    head = ET.SubElement(message, "GrpHdr")
    _add(head, "MsgId", header.number)
    _add(head, "CreDtTm", header.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _totals(head, orders)
    _add(head, "InitgPty/Nm", latin.written(header.payer.name)[0])


def _payment(
    message: ET.Element,
    number: str,
    group: _Group,
    members: Sequence[PayoutOrder],
    header: Header,
) -> None:
    due_on, _currency, is_sepa = group
    account = header.payer.account
    assert isinstance(account, IbanAccount)
    part = ET.SubElement(message, "PmtInf")
    _add(part, "PmtInfId", number)
    _add(part, "PmtMtd", "TRF")
    _totals(part, members)
    if is_sepa:
        _add(part, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add(part, "ReqdExctnDt/Dt", due_on.isoformat())
    _add(part, "Dbtr/Nm", latin.written(header.payer.name)[0])
    _add(part, "DbtrAcct/Id/IBAN", account.iban)
    if account.bic:
        _add(part, "DbtrAgt/FinInstnId/BICFI", account.bic)
    else:
        _add(part, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    _add(part, "ChrgBr", "SLEV" if is_sepa else "SHAR")
    for one in members:
        _transfer(part, one)


def _transfer(part: ET.Element, order: PayoutOrder) -> None:
    assert isinstance(order.method, IbanAccount)
    one = ET.SubElement(part, "CdtTrfTxInf")
    _add(one, "PmtId/EndToEndId", order.key)
    _add(one, "Amt/InstdAmt", figure(order.amount)).set("Ccy", order.amount.currency)
    if order.method.bic:
        _add(one, "CdtrAgt/FinInstnId/BICFI", order.method.bic)
    _add(one, "Cdtr/Nm", latin.written(order.holder)[0])
    _add(one, "CdtrAcct/Id/IBAN", order.method.iban)
    if order.reference:
        _add(one, "RmtInf/Ustrd", latin.written(order.reference)[0])


def _totals(part: ET.Element, orders: Sequence[PayoutOrder]) -> None:
    """Write how many there are and the sum of their figures, whatever their currencies are."""
    _add(part, "NbOfTxs", str(len(orders)))
    # Thousandths, in which no currency of ours is broken finer.
    thousandths = sum(minor_of(figure(one.amount), "KWD") for one in orders)
    _add(part, "CtrlSum", figure(Money(thousandths, "KWD")))


def _add(parent: ET.Element, path: str, text: str) -> ET.Element:
    """Add elements below each other, the last of which holds a text."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent


def _faults(order: PayoutOrder, header: Header) -> Iterator[FileFault]:
    account = order.method
    if not isinstance(account, IbanAccount) or not IBAN(account.iban, allow_invalid=True).is_valid:
        yield wrong_account(order.key)
        return
    if _is_sepa(order) and order.amount.minor > _SEPA_MOST:
        yield wrong_account(order.key)
    if not _is_sepa(order) and not account.bic and account.country != header.payer.account.country:
        yield FileFault(
            key=order.key,
            problem=_("the bank stands in another country, and its BIC is not known"),
            remedy=_("Ask the member for the BIC of the bank."),
        )
    texts = ((order.key, _KEY), (order.holder, _NAME), (order.reference, _REFERENCE))
    for text, limit in texts:
        yield from _text_faults(order.key, text, limit)


def _header_faults(header: Header) -> Iterator[FileFault]:
    account = header.payer.account
    if not isinstance(account, IbanAccount) or not IBAN(account.iban, allow_invalid=True).is_valid:
        yield wrong_account(header.payer.name)
    yield from _text_faults(header.number, header.number, _KEY - 5)
    yield from _text_faults(header.number, header.payer.name, _NAME)


def _text_faults(key: str, text: str, limit: int) -> Iterator[FileFault]:
    inside, strange = latin.written(text)
    if strange:
        yield unwritable(key, text, signs=strange)
    if len(inside) > limit:
        yield too_long(key, text, limit=limit)


def _nothing() -> FileFault:
    return FileFault(key="-", problem=_("there is nothing to pay"), remedy=_("Prepare a batch."))


def _rewritten(orders: Sequence[PayoutOrder]) -> Iterator[Rewritten]:
    for order in orders:
        for ours in (order.holder, order.reference):
            inside, _strange = latin.written(ours)
            if inside != ours:
                yield Rewritten(key=order.key, ours=ours, written=inside)
