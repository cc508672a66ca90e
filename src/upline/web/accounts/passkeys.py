"""Passkeys: signing in with a device instead of a password and a code.

One kind alone: a key that the device keeps and opens by a finger, a face or a PIN, so that it signs
in by itself. The views of allauth do the work; here stands what is otherwise with us.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.internal import auth
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whether browsers keep passkeys for the address of a page, and where they would."""

    is_number: bool
    better: str = ""


def place_of(request: HttpRequest) -> Place:
    """Tell an address with a name from a number; one of this computer has a name beside it."""
    host, port = split_domain_port(request.get_host())
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return Place(is_number=False)
    named = f"{request.scheme}://localhost{':' if port else ''}{port}{request.get_full_path()}"
    return Place(is_number=True, better=named if address.is_loopback else "")


class AddPasskey(views.AddWebAuthnView):
    """Add a key that signs in by itself."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        # The library asks for a mere second factor, and lets its script change that in the browser.
        asked = auth.begin_registration(self.request.user, passwordless=True)
        return found | {"js_data": {"creation_options": asked}, "place": place_of(self.request)}


class RemovePasskey(views.RemoveWebAuthnView):
    """Remove a key, but not the last second factor of staff."""

    def form_valid(self, form: Any) -> HttpResponse:
        rules = get_adapter()
        if not rules.can_delete_authenticator(self.object):
            form.add_error(None, rules.error_messages["cannot_delete_authenticator"])
            return self.form_invalid(form)
        answer: HttpResponse = super().form_valid(form)
        return answer


add = AddPasskey.as_view()
remove = RemovePasskey.as_view()
