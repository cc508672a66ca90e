"""Who signs in to the demo company. All of it is public; such a company runs on one machine alone."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from upline.demo import members
from upline.demo.members import KnownPerson
from upline.network.models import Holder
from upline.people import logins
from upline.people import services as people
from upline.people.models import Login
from upline.people.services import AddressDraft, PersonDraft

PASSWORD = "linden-and-honey"  # noqa: S105 - public on purpose
# The secret of the second factor, the same for all who need one.
TOTP_SECRET = "TYMIRADEMOTYMIRADEMOTYMIRADEMO23"  # noqa: S105 - public on purpose
REASON = "the demo company"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLogin:
    """Somebody who signs in, and as what; `needs_code` says whether a second factor is asked for."""

    who: str
    email: str
    role: str
    person: PersonDraft
    needs_code: bool = True
    password: str = PASSWORD


def _of_staff(role: str, who: str, name: str, person: tuple[str, str, str]) -> DemoLogin:
    given, family, language = person
    draft = PersonDraft(given_name=given, family_name=family, language=language)
    return DemoLogin(who=who, email=f"{name}@example.com", role=role, person=draft)


STAFF = (
    _of_staff("owner", "Owner", "owner", ("Helena", "Lindqvist", "en")),
    _of_staff("finance", "Finance, who closes", "finance", ("Zofia", "Wrzosowiecka", "pl")),
    _of_staff("finance", "Finance, who approves", "checker", ("Тодор", "Изворов", "bg")),
    _of_staff("support", "Support", "support", ("Динара", "Қайнарбаева", "kk")),
    _of_staff("logistics", "Logistics", "logistics", ("Jakub", "Jaworski", "pl")),
    _of_staff("marketing", "Marketing", "marketing", ("Дарья", "Луговина", "ru")),
    _of_staff("content", "Content", "content", ("Amélie", "Fontclaire", "en")),
    _of_staff("auditor", "Auditor", "auditor", ("Henrik", "Ashgrove", "en")),
)
OWNER, MAKER, CHECKER, SUPPORT, LOGISTICS = STAFF[:5]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLogin:
    """A member who signs in, by the place in the order of joining (-1: the last)."""

    login: DemoLogin
    place: int
    address: AddressDraft


def _of_member(who: str, name: str, place: int, person: tuple[str, str, str]) -> MemberLogin:
    given, family, language = person
    draft = PersonDraft(given_name=given, family_name=family, language=language)
    login = DemoLogin(
        who=who, email=f"{name}@example.com", role="member", person=draft, needs_code=False
    )
    return MemberLogin(login=login, place=place, address=_ADDRESSES[name])


def _at_home(country: str, city: str, postal_code: str, street: str) -> AddressDraft:
    return AddressDraft(
        kind="home", country=country, city=city, postal_code=postal_code, street=street
    )


_ADDRESSES = {
    "leader": _at_home("KZ", "Алматы", "050000", "Жібек жолы көшесі 1001"),
    "middle": _at_home("PL", "Kraków", "30-001", "ul. Lipowa 1001"),
    "beginner": _at_home("BG", "Пловдив", "4000", "ул. Липова 1001"),
    "twice": _at_home("RU", "Казань", "420000", "Липовая улица, 1001"),
}
MEMBERS = (
    _of_member("Leader with a big team", "leader", members.LEADER, ("Айгерім", "Жайлауова", "kk")),
    _of_member(
        "Member in the middle", "middle", members.MIDDLE, ("Katarzyna", "Jasnogórecka", "pl")
    ),
    _of_member("Beginner with nothing yet", "beginner", -1, ("Боян", "Липников", "bg")),
    _of_member("Member with two positions", "twice", members.TWICE, ("Елена", "Ландышева", "ru")),
)


def known_members() -> dict[int, KnownPerson]:
    """Give the members who sign in, by their places in the order of joining."""
    return {
        one.place: KnownPerson(
            given=one.login.person.given_name,
            family=one.login.person.family_name,
            language=one.login.person.language,
            email=one.login.email,
        )
        for one in MEMBERS
    }


def all_logins() -> tuple[DemoLogin, ...]:
    """Give everybody who signs in, staff first."""
    return (*STAFF, *(one.login for one in MEMBERS))


def open_staff() -> None:
    """Make the logins of staff, each with a person and a second factor; those there stay."""
    for one in STAFF:
        with transaction.atomic():
            login = Login.objects.filter(email=one.email).first() or _opened(one)
            if login.person_id is None:
                login.person_id = people.record_person(draft=one.person)
                login.save(update_fields=["person"])
                _reachable(login.person_id, one)
            _second_factor(login)


def open_members(count: int) -> None:
    """Make the logins of members, for those who joined at their places; those there stay."""
    for one in MEMBERS:
        if Login.objects.filter(email=one.login.email).exists():
            continue
        number = one.place % count + 1
        person = Holder.objects.get(member__number=number, place=1, span__upper_inf=True).person_id
        with transaction.atomic():
            people.add_address(person_id=person, draft=one.address)
            login = _opened(one.login)
            login.person_id = person
            login.save(update_fields=["person"])


def login_id(one: DemoLogin) -> int:
    """Give the id of a login that was made."""
    return int(logins.login_of(one.email).pk)


def actor(one: DemoLogin) -> str:
    """Give a login as the one who does the present work."""
    return f"login:{login_id(one)}"


def _opened(one: DemoLogin) -> Login:
    made = logins.open_login(
        email=one.email, password=one.password, roles=[one.role], reason=REASON
    )
    return Login.objects.get(pk=made)


def _reachable(person: int, one: DemoLogin) -> None:
    people.add_email(person_id=person, given=one.email)


def _second_factor(login: Login) -> None:
    if not Authenticator.objects.filter(user=login, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(login, TOTP_SECRET)
