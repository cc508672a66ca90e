"""Files for banks hold every payment exactly, or are refused with everything that is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
import xmlschema

from upline.money import Money
from upline.payouts.figures import FigureUnreadable, minor_of
from upline.payouts.files import csv_profiles, latin, one_c, pain001
from upline.payouts.files.shape import FileRefused, Header, PaidRow, Payer, Rewritten
from upline.payouts.orders import IbanAccount, PayoutOrder, ProviderToken, RussianAccount

POLISH = IbanAccount(iban="PL61109010140000071219812874")
GERMAN = IbanAccount(iban="DE89370400440532013000", bic="COBADEFFXXX")
BULGARIAN = IbanAccount(iban="BG80BNBG96611020345678", bic="BNBGBGSD")
KAZAKH = IbanAccount(iban="KZ86125KZT5004100100", bic="HSBKKZKX")
RUSSIAN = RussianAccount(account="40817810099910004312", bic="044525225")
MADE_AT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
SEPA = Header(
    number="batch-7", made_at=MADE_AT, payer=Payer(name="Tymira sp. z o.o.", account=POLISH)
)
MOSCOW = Header(
    number="batch-8",
    made_at=MADE_AT,
    payer=Payer(
        name="ООО «Тымира»", account=RUSSIAN, tax_number="7707083893", bank_name="ПАО Сбербанк"
    ),
)
SCHEMA = xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / "pain.001.001.09.xsd"))


def order(number=1, *, minor=12_345, currency="EUR", method=GERMAN, holder="Anna Nowak", **named):
    """Give an order of one payout."""
    given = {"key": f"payout:{number}", "reference": f"Pay {number}", "due_on": date(2026, 11, 25)}
    return PayoutOrder(
        id=number,
        amount=Money(minor, currency),
        method=method,
        holder=holder,
        **{**given, **named},
    )


def row(of, *, account, holder=None):
    """Give what a reader has to find of an order."""
    return PaidRow(
        key=of.key,
        amount=of.amount,
        account=account,
        holder=holder or of.holder,
        reference=of.reference,
    )


def problems(refused):
    return [str(one.problem) for one in refused.value.faults]


def test_pain_001_is_valid_and_reads_back_with_three_currencies():
    orders = [
        order(1, method=BULGARIAN, holder="Щерю Янев"),
        order(2, currency="PLN", method=POLISH, minor=1, holder="Łucja Żółć"),
        order(3, currency="KZT", method=KAZAKH, minor=5_000_000, holder="Әлия Қасым"),
    ]

    made = pain001.write(orders, header=SEPA)

    SCHEMA.validate(made.content.decode())
    assert pain001.read(made.content) == [
        row(orders[0], account=BULGARIAN.iban, holder="Shteryu Yanev"),
        row(orders[2], account=KAZAKH.iban, holder="Aliya Qasym"),
        row(orders[1], account=POLISH.iban, holder="Lucja Zolc"),
    ]
    assert Rewritten(key="payout:1", ours="Щерю Янев", written="Shteryu Yanev") in made.rewritten
    assert made.content.count(b"<Cd>SEPA</Cd>") == 1
    assert b"<CtrlSum>50123.460</CtrlSum>" in made.content


def test_the_same_orders_give_the_same_bytes():
    orders = [order(1), order(2, due_on=date(2026, 11, 24))]

    made = pain001.write(orders, header=SEPA)

    assert made == pain001.write(orders, header=SEPA)
    assert made.count == 2


def test_pain_001_names_everything_that_it_cannot_write_at_once():
    orders = [
        order(1, holder="王小明"),
        order(1, minor=0),
        order(2, method=RUSSIAN),
        order(3, currency="KZT", method=IbanAccount(iban=KAZAKH.iban)),
        order(4, reference="x" * 141),
    ]

    with pytest.raises(FileRefused) as refused:
        pain001.write(orders, header=SEPA)

    assert problems(refused) == [
        "it stands there twice",
        "its amount is not positive",
        (
            "'王小明' holds signs that this kind of file cannot hold:"
            " 王 (U+738B) 小 (U+5C0F) 明 (U+660E)"
        ),
        "this kind of file does not pay to such an account or in such a currency",
        "the bank stands in another country, and its BIC is not known",
        f"'{'x' * 141}' has more than the 140 signs that this kind of file takes",
    ]


def test_an_empty_batch_makes_no_file():
    with pytest.raises(FileRefused, match="there is nothing to pay"):
        pain001.write([], header=SEPA)


def test_every_letter_of_the_table_is_written_in_letters_of_sepa():
    for sign, written in latin.TABLE.items():
        assert latin.written(sign) == (written, [])
        assert latin.written(written) == (written, [])


def test_1c_is_written_in_cp1251_and_reads_back():
    orders = [
        order(1, currency="RUB", method=RUSSIAN, holder="Ёлкина Мария", reference="Выплата №1"),
        order(2, currency="RUB", method=RUSSIAN, holder="Петров = Пётр", minor=1),
    ]

    made = one_c.write(orders, header=MOSCOW)

    assert one_c.read(made.content) == [row(one, account=RUSSIAN.account) for one in orders]
    text = made.content.decode("cp1251")
    assert text.startswith("1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\n")
    assert "Сумма=123.45\r\n" in text
    assert "ПлательщикИНН=7707083893\r\n" in text
    assert text.endswith("КонецДокумента\r\nКонецФайла\r\n")


def test_1c_names_kazakh_and_polish_letters_all_at_once_and_writes_nothing():
    orders = [
        order(1, currency="RUB", method=RUSSIAN, holder="Әлия Қасым"),
        order(2, currency="RUB", method=RUSSIAN, holder="Łucja"),
        order(3, currency="RUB", method=RUSSIAN, holder="Иванов\r\nСумма=999999.99"),
        order(4, currency="EUR", method=GERMAN),
    ]

    with pytest.raises(FileRefused) as refused:
        one_c.write(orders, header=MOSCOW)

    assert [one.key for one in refused.value.faults] == [one.key for one in orders]
    assert "Ә (U+04D8) Қ (U+049A)" in problems(refused)[0]
    assert "Ł (U+0141)" in problems(refused)[1]
    assert "(U+000D)" in problems(refused)[2]


@pytest.mark.parametrize("name", csv_profiles.PROFILES)
def test_each_profile_of_csv_reads_back(name):
    profile = csv_profiles.PROFILES[name]
    holder = 'Anna; "Maria", Nowak'
    orders = [order(1, holder=holder), order(2, currency="JPY", minor=500, method=RUSSIAN)]

    made = csv_profiles.write(orders, profile=profile)

    assert csv_profiles.read(made.content, profile=profile) == [
        row(orders[0], account=GERMAN.iban),
        row(orders[1], account=RUSSIAN.account),
    ]


def test_a_profile_names_what_its_encoding_has_not_and_who_has_no_account():
    card = ProviderToken(provider="fake", token="t", shown="4242")
    orders = [order(1, holder="Әлия"), order(2, method=card)]

    with pytest.raises(FileRefused) as refused:
        csv_profiles.write(orders, profile=csv_profiles.PROFILES["central-europe"])

    assert [one.key for one in refused.value.faults] == ["payout:1", "payout:2"]


def test_a_profile_without_an_amount_is_refused():
    with pytest.raises(ValueError, match="account, amount and currency"):
        csv_profiles.Profile(columns={"Konto": "account", "Id": "key"})


@pytest.mark.parametrize("text", ["", "1.234", "12,3", "1e5", "١٢", "--1", "1.2.3", "1 2"])
def test_a_figure_that_can_be_read_in_two_ways_is_refused(text):
    with pytest.raises(FigureUnreadable):
        minor_of(text, "EUR")
