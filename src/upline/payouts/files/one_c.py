"""1CClientBankExchange 1.03: payment orders in rubles, as banks in Russia take them. In cp1251."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from upline.money import Money
from upline.payouts.figures import minor_of
from upline.payouts.files.shape import (
    BankFile,
    FileFault,
    FileRefused,
    Header,
    PaidRow,
    figure,
    order_faults,
    strange_in,
    too_long,
    unwritable,
    wrong_account,
)
from upline.payouts.orders import PayoutOrder, RussianAccount

ENCODING = "cp1251"
_DAY = "%d.%m.%Y"
# By the order of the Bank of Russia on payment orders: the recipient, the purpose.
_NAME, _PURPOSE = 160, 210
# The key stands in the purpose, which the bank gives back with its statement.
_KEY = re.compile(r" \[(\S+)\]$")


def write(orders: Sequence[PayoutOrder], *, header: Header) -> BankFile:
    """Write payment orders. Raises FileRefused with everything that cannot be written."""
    faults = [*order_faults(orders), *_header_faults(header)]
    faults += [fault for one in orders for fault in _faults(one)]
    if faults:
        raise FileRefused(faults)
    lines = [*_head(header)]
    for one in orders:
        lines += _document(one, header)
    lines += ["КонецФайла", ""]
    return BankFile(content="\r\n".join(lines).encode(ENCODING), count=len(orders))


def read(content: bytes) -> list[PaidRow]:
    """Give the payments of a file that `write` wrote."""
    rows = []
    document: dict[str, str] = {}
    for line in content.decode(ENCODING).splitlines():
        name, _equals, value = line.partition("=")
        if name == "КонецДокумента":
            rows.append(_row(document))
            document = {}
        elif name == "СекцияДокумент" or document:
            document[name] = value
    return rows


def _row(document: dict[str, str]) -> PaidRow:
    purpose = document["НазначениеПлатежа"]
    key = _KEY.search(purpose)
    return PaidRow(
        key=key[1] if key else "",
        amount=Money(minor_of(document["Сумма"], "RUB"), "RUB"),
        account=document["ПолучательСчет"],
        holder=document["Получатель"],
        reference=_KEY.sub("", purpose),
    )


def _head(header: Header) -> Iterator[str]:
    yield "1CClientBankExchange"
    yield "ВерсияФормата=1.03"
    yield "Кодировка=Windows"
    yield "Отправитель=Upline"
    yield f"ДатаСоздания={header.made_at.strftime(_DAY)}"
    yield f"ВремяСоздания={header.made_at.strftime('%H:%M:%S')}"
    yield f"РасчСчет={_account(header).account}"
    yield "Документ=Платежное поручение"


def _document(order: PayoutOrder, header: Header) -> list[str]:
    assert isinstance(order.method, RussianAccount)
    ours, payer = _account(header), header.payer
    fields = {
        "СекцияДокумент": "Платежное поручение",
        "Номер": str(order.id),
        "Дата": order.due_on.strftime(_DAY),
        "Сумма": figure(order.amount),
        "ПлательщикСчет": ours.account,
        "Плательщик": payer.name,
        "ПлательщикИНН": payer.tax_number,
        "ПлательщикБанк1": payer.bank_name,
        "ПлательщикБИК": ours.bic,
        "ПолучательСчет": order.method.account,
        "Получатель": order.holder,
        "ПолучательБИК": order.method.bic,
        "ВидОплаты": "01",
        "Очередность": "5",
        "НазначениеПлатежа": _purpose(order),
    }
    return [*(f"{name}={value}" for name, value in fields.items()), "КонецДокумента"]


def _purpose(order: PayoutOrder) -> str:
    return f"{order.reference} [{order.key}]"


def _account(header: Header) -> RussianAccount:
    assert isinstance(header.payer.account, RussianAccount)
    return header.payer.account


def _faults(order: PayoutOrder) -> Iterator[FileFault]:
    if not isinstance(order.method, RussianAccount) or order.amount.currency != "RUB":
        yield wrong_account(order.key)
    yield from _text_faults(order.key, order.holder, _NAME)
    yield from _text_faults(order.key, _purpose(order), _PURPOSE)


def _header_faults(header: Header) -> Iterator[FileFault]:
    payer = header.payer
    if not isinstance(payer.account, RussianAccount):
        yield wrong_account(payer.name)
    for text in (payer.name, payer.bank_name, payer.tax_number):
        yield from _text_faults(header.number, text, _NAME)


def _text_faults(key: str, text: str, limit: int) -> Iterator[FileFault]:
    strange = strange_in(text, ENCODING)
    if strange:
        yield unwritable(key, text, signs=strange)
    if len(text) > limit:
        yield too_long(key, text, limit=limit)
