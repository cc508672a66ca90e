"""The addresses of the site. Each view carries its policy, see `upline.foundation.access`."""

from django.urls import URLPattern, URLResolver, path

from upline.http.health import views as health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.figures, name="metrics"),
]
