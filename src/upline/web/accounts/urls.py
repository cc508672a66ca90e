"""The addresses of signing in, and the landing page.

Written out one by one, each with its policy: what allauth offers beside these is not reached.
"""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from upline.foundation.access import open_to_all
from upline.web.accounts import views

ours: list[URLPattern | URLResolver] = [
    path("", views.landing, name="landing"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((ours, "accounts"))),
    path("accounts/login/", open_to_all(account.login), name="account_login"),
    path("accounts/logout/", open_to_all(account.logout), name="account_logout"),
    path(
        "accounts/password/reset/",
        open_to_all(account.password_reset),
        name="account_reset_password",
    ),
    path("accounts/signup/", views.no_signing_up, name="account_signup"),
]
