"""The language of a page: that of the person signed in, else of the cookie, else of the browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from upline.foundation import access
from upline.people import services as people

COOKIE_SECONDS = 365 * 24 * 3600


class LanguageOfPerson(LocaleMiddleware):
    """Middleware behind the one of authentication."""

    def process_request(self, request: HttpRequest) -> None:
        language = _of_person(request)
        if not language:
            super().process_request(request)
            return
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


def _of_person(request: HttpRequest) -> str:
    # Without a session nobody is asked for, so that the probes need no database.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return ""
    # Who stands in for a member reads in a language of their own.
    if getattr(request, "standing_in", None) is not None or request.user.person is None:
        return ""
    return str(request.user.person.language)


@access.open_to_all
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Take another language, for good where somebody is signed in; back to where they were."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_way_back(request))
    if language not in dict(settings.LANGUAGES):
        return response
    is_oneself = request.user.is_authenticated and getattr(request, "standing_in", None) is None
    if is_oneself and request.user.person is not None:
        people.choose_language(person_id=request.user.person_id, language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=COOKIE_SECONDS,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
    )
    return response


def _way_back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else "/"
