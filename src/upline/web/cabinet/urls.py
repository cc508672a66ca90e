"""The addresses of this room."""

from django.urls import URLPattern, URLResolver, include, path

from upline.web.cabinet import payouts, views, wallet

app_name = "cabinet"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("profile/", views.profile, name="profile"),
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/<slug:form>/", wallet.export, name="wallet-export"),
    path("payouts/", payouts.overview, name="payouts"),
    path("payouts/account/", payouts.account, name="payout-account"),
    path("payouts/<int:number>/cancel/", payouts.cancel, name="payout-cancel"),
    path("team/", include("upline.web.cabinet.team_urls")),
    path("", include("upline.web.cabinet.statements_urls")),
]
