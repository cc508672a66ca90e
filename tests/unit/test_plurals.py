"""Numbers beside words, in each language, with messages that screens say."""

import pytest
from django.utils import translation
from django.utils.translation import ngettext

NUMBERS = (0, 1, 2, 5, 21)


def said(language, singular, plural, name):
    with translation.override(language):
        return [ngettext(singular, plural, number) % {name: number} for number in NUMBERS]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["0 members", "1 member", "2 members", "5 members", "21 members"]),
        (
            "ru",
            ["0 участников", "1 участник", "2 участника", "5 участников", "21 участник"],
        ),
        ("bg", ["0 участници", "1 участник", "2 участници", "5 участници", "21 участници"]),
        ("kk", ["0 қатысушы", "1 қатысушы", "2 қатысушы", "5 қатысушы", "21 қатысушы"]),
        (
            "pl",
            ["0 uczestników", "1 uczestnik", "2 uczestników", "5 uczestników", "21 uczestników"],
        ),
    ],
)
def test_members_are_counted(language, expected):
    assert said(language, "%(number)s member", "%(number)s members", "number") == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["0 lines", "1 line", "2 lines", "5 lines", "21 lines"]),
        ("ru", ["0 строк", "1 строка", "2 строки", "5 строк", "21 строка"]),
        ("bg", ["0 реда", "1 ред", "2 реда", "5 реда", "21 реда"]),
        ("kk", ["0 жол", "1 жол", "2 жол", "5 жол", "21 жол"]),
        ("pl", ["0 wierszy", "1 wiersz", "2 wiersze", "5 wierszy", "21 wierszy"]),
    ],
)
def test_lines_are_counted(language, expected):
    assert said(language, "%(number)s line", "%(number)s lines", "number") == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ru", ["Осталось 0 кодов.", "Остался 1 код.", "Осталось 2 кода."]),
        ("bg", ["Остават 0 кода.", "Остава 1 код.", "Остават 2 кода."]),
        ("kk", ["Қалған кодтар: 0.", "Қалған кодтар: 1.", "Қалған кодтар: 2."]),
        ("pl", ["Pozostało 0 kodów.", "Pozostał 1 kod.", "Pozostały 2 kody."]),
    ],
)
def test_a_verb_follows_its_number(language, expected):
    given = said(language, "%(left)s code is left.", "%(left)s codes are left.", "left")

    assert given[:3] == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", "Құпиясөзде кемінде 10 таңба болуы керек."),
        ("pl", "Hasło musi mieć co najmniej 10 znaków."),
    ],
)
def test_a_plural_of_a_library_is_said_in_our_own_words(language, expected):
    singular = "Your password must contain at least %(min_length)d character."
    plural = "Your password must contain at least %(min_length)d characters."

    with translation.override(language):
        assert ngettext(singular, plural, 10) % {"min_length": 10} == expected


def test_a_plural_of_a_library_that_has_more_forms_than_ours_is_said_too():
    singular = "This password is too short. It must contain at least %d character."
    plural = "This password is too short. It must contain at least %d characters."

    with translation.override("pl"):
        given = ngettext(singular, plural, 10) % 10

    assert given == "To hasło jest za krótkie. Musi zawierać co najmniej 10 znaków."
