"""What is done to logins: opened, closed, given and denied roles, helped after a lost telephone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.utils.translation import gettext_lazy as _

from upline.people import logins as people
from upline.people import second_factor
from upline.people.models import Login
from upline.web.office import words
from upline.web.office.acts import Act, Doing, Reasoned
from upline.web.office.cells import Section, Words, facts
from upline.web.office.site import site

_PASSWORD_BYTES = 12


def has_second_factor(login: Login) -> bool:
    return bool(Authenticator.objects.filter(user=login).exists())


def _is_open(login: Login) -> bool:
    return bool(login.is_active)


def _is_closed(login: Login) -> bool:
    return not login.is_active


class OpenForm(Reasoned):
    """Somebody new who signs in."""

    email = forms.EmailField(label=_("E-mail"))
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=words.choices(words.ROLE),
        widget=forms.CheckboxSelectMultiple,
    )


def _open(doing: Doing) -> Words:
    # Nobody knows this password: the newcomer sets one by the way of those who forgot theirs.
    doing.entries["login"] = people.open_login(
        email=doing.entries["email"],
        password=secrets.token_urlsafe(_PASSWORD_BYTES),
        roles=doing.entries["roles"],
        reason=doing.reason,
        granted_by=doing.login_id,
    )
    return _(
        "The login is open. Ask its owner to set a password by “I do not remember my password”."
    )


class GrantForm(Reasoned):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has = self.subject.roles
        self.fields["role"].choices = [
            pair for pair in words.choices(words.ROLE) if pair[0] not in has
        ]


class WithdrawForm(Reasoned):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has = self.subject.roles
        self.fields["role"].choices = [pair for pair in words.choices(words.ROLE) if pair[0] in has]


def _grant(doing: Doing) -> Words:
    people.grant_role(
        login_id=doing.subject.pk,
        role=doing.entries["role"],
        reason=doing.reason,
        granted_by=doing.login_id,
    )
    return _("The role is granted.")


def _withdraw(doing: Doing) -> Words:
    people.withdraw_role(login_id=doing.subject.pk, role=doing.entries["role"], reason=doing.reason)
    return _("The role is withdrawn.")


def _close(doing: Doing) -> Words:
    people.close_login(login_id=doing.subject.pk, reason=doing.reason)
    return _("The login is closed.")


def _reopen(doing: Doing) -> Words:
    people.reopen_login(login_id=doing.subject.pk, reason=doing.reason)
    return _("The login is open again.")


def _reset(doing: Doing) -> Words:
    second_factor.forget_second_factor(login_id=doing.subject.pk, reason=doing.reason)
    return _("The second factor is reset. It is set up anew at the next signing in.")


def _whose(doing: Doing) -> Sequence[Section]:
    login: Login = doing.subject
    roles = [words.word(words.ROLE, role) for role in sorted(login.roles)]
    return [facts(_("Login"), (_("E-mail"), login.email), (_("Roles"), roles))]


def _card(doing: Doing) -> str:
    return str(site.get_model_admin(Login).address_at("card", doing.entries["login"]))


ACTS = (
    Act(
        name="open",
        label=_("Open a login"),
        right="roles.grant",
        form=OpenForm,
        does=_open,
        of_list=True,
        is_main=True,
        leads_to=_card,
    ),
    Act(
        name="grant",
        label=_("Grant a role"),
        right="roles.grant",
        form=GrantForm,
        does=_grant,
        fits=_is_open,
        shows=_whose,
        is_main=True,
    ),
    Act(
        name="withdraw",
        label=_("Withdraw a role"),
        right="roles.grant",
        form=WithdrawForm,
        does=_withdraw,
        fits=lambda login: bool(login.roles),
        shows=_whose,
    ),
    Act(
        name="reset-second-factor",
        label=_("Reset the second factor"),
        right="roles.grant",
        does=_reset,
        fits=has_second_factor,
        shows=_whose,
        explains=_(
            "For whoever has lost the telephone. Make sure that you speak with the right person:"
            " until a new factor is set up, the password alone opens this login."
        ),
    ),
    Act(
        name="close",
        label=_("Close this login"),
        right="roles.grant",
        does=_close,
        fits=_is_open,
        shows=_whose,
        is_grave=True,
        explains=_("Nobody can sign in with it any more. What was done with it stays in the log."),
    ),
    Act(
        name="reopen",
        label=_("Open this login again"),
        right="roles.grant",
        does=_reopen,
        fits=_is_closed,
        shows=_whose,
    ),
)
