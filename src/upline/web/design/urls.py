"""The addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from upline.web.design import views

app_name = "design"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
]
