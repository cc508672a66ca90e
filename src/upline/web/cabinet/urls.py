"""The addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from upline.web.cabinet import views

app_name = "cabinet"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
]
