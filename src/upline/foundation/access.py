"""Roles and rights: one table, and one policy for each view.

A right is `subject.verb`. Asked as `login.has_perm("orders.refund")`, and for a view by its
policy: `@access.needs("orders.refund")`. A view without a policy is found by a test. Rules about
single objects (a member sees their own statement) are added by the apps, in their `rules.py`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from upline.foundation import context

View = Callable[..., HttpResponse]

# What each role may do. The owner may do everything; what needs two persons is checked by the act.
_SEES = (
    "people.see members.see catalog.see orders.see plans.see periods.see ledger.see payouts.see"
    " rates.see"
)
ROLE_RIGHTS: Mapping[str, frozenset[str]] = {
    role: frozenset(rights.split())
    for role, rights in {
        "finance": f"{_SEES} people.see_private orders.refund rates.enter rates.approve"
        " periods.close periods.approve plans.approve ledger.correct payouts.prepare"
        " payouts.approve payouts.submit audit.see",
        "support": "people.see people.edit members.see members.edit members.move catalog.see"
        " orders.see orders.place orders.cancel orders.refund periods.see tickets.answer"
        " logins.stand_in",
        "logistics": "catalog.see stock.edit orders.see orders.ship orders.deliver orders.return",
        "marketing": "members.see catalog.see catalog.edit prices.edit orders.see plans.see"
        " plans.edit periods.see messages.send content.see content.edit",
        "content": "catalog.see catalog.edit content.see content.edit",
        "auditor": f"{_SEES} content.see audit.see",
        "member": "cabinet.use orders.place",
    }.items()
}
OWNER = "owner"
OWNER_ONLY = frozenset(("company.configure", "roles.grant", "outbox.mend", "keys.rotate"))
RIGHTS = frozenset().union(*ROLE_RIGHTS.values(), OWNER_ONLY)
ROLES = frozenset((OWNER, *ROLE_RIGHTS))
MEMBER = "member"
STAFF_ROLES = ROLES - {MEMBER}
# Acts by which money moves: nobody does them while standing in for another.
MONEY_RIGHTS = frozenset(
    (
        "ledger.correct",
        "orders.refund",
        "payouts.approve",
        "payouts.prepare",
        "payouts.submit",
        "periods.approve",
        "periods.close",
        "plans.approve",
        "rates.approve",
    )
)


def rights_of(role: str) -> frozenset[str]:
    """List the rights of a role; an unknown one is a bug."""
    return RIGHTS if role == OWNER else ROLE_RIGHTS[role]


def has_right(login: Any, right: str) -> bool:
    """Tell whether one of the roles granted to an active login carries a right."""
    if right not in RIGHTS:
        raise ValueError(f"Write the right {right!r} into upline.foundation.access.")
    if not getattr(login, "is_active", False):
        return False
    if right in MONEY_RIGHTS and context.present().is_as_another:
        return False
    return any(right in rights_of(role) for role in login.roles)


def is_staff(login: Any) -> bool:
    """Tell whether an active login has a role of the company's own people."""
    return bool(getattr(login, "is_active", False)) and not STAFF_ROLES.isdisjoint(login.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may enter a view, in words and as a question."""

    says: str
    admits: Callable[[HttpRequest], bool]
    may_sign_in: bool = True


def _guarded(policy: Policy) -> Callable[[View], View]:
    def guarded(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if policy.admits(request):
                return view(request, *args, **kwargs)
            if policy.may_sign_in and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            raise PermissionDenied

        entered.policy = policy  # type: ignore[attr-defined]
        return entered

    return guarded


def needs(right: str) -> Callable[[View], View]:
    """Admit logins that have a right."""
    if right not in RIGHTS:
        raise ValueError(f"Write the right {right!r} into upline.foundation.access.")
    return _guarded(Policy(says=right, admits=lambda request: request.user.has_perm(right)))


def signed_in(view: View) -> View:
    """Admit every login."""
    policy = Policy(
        says="signed in",
        admits=lambda request: request.user.is_authenticated and request.user.is_active,
    )
    return _guarded(policy)(view)


def open_to_all(view: View) -> View:
    """Admit everybody; said on purpose, so that forgetting differs from meaning it."""
    return _guarded(Policy(says="open to all", admits=lambda _: True))(view)


def for_machines(view: View) -> View:
    """Admit this machine, and others that send the token of the settings."""
    return _guarded(Policy(says="machines", admits=_is_a_machine, may_sign_in=False))(view)


def _is_a_machine(request: HttpRequest) -> bool:
    token = settings.ENVIRONMENT.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(token.encode(), given.encode()):
        return True
    # Behind a proxy every request comes from this machine; a proxy says for whom it asks.
    is_passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    try:
        return not is_passed_on and ip_address(request.META["REMOTE_ADDR"]).is_loopback
    except (KeyError, ValueError):
        return False


def guard(patterns: Sequence[URLPattern | URLResolver], policy: Policy) -> None:
    """Put every view of a library's addresses behind one policy; those that have one keep it."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            guard(pattern.url_patterns, policy)
        elif policy_of(pattern.callback) is None:
            pattern.callback = _guarded(policy)(pattern.callback)


def policy_of(view: Any) -> Policy | None:
    """Give the policy of a view, or None where nobody has written one."""
    found = getattr(view, "policy", None)
    return found if isinstance(found, Policy) else None
