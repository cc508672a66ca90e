"""The addresses of the site. Each view carries its policy, see `upline.foundation.access`."""

from django.urls import URLPattern, URLResolver, include, path

from upline.http.health import views as health
from upline.web.office.site import site as office

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("upline.web.accounts.urls")),
    path("my/", include("upline.web.cabinet.urls")),
    path("office/", office.urls),
    path("design/", include("upline.web.design.urls")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.figures, name="metrics"),
]

handler400 = "upline.web.accounts.failures.bad_request"
handler403 = "upline.web.accounts.failures.refused"
handler404 = "upline.web.accounts.failures.not_found"
handler429 = "upline.web.accounts.failures.too_many"
handler500 = "upline.web.accounts.failures.broken"
