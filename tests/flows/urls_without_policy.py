"""Addresses of which some were forgotten."""

from django.http import HttpResponse
from django.urls import include, path

from upline.foundation import access


def view(request):
    return HttpResponse()


urlpatterns = [
    path("forgotten/", view),
    path("deeper/", include([path("forgotten-too/", view), path("not/", access.signed_in(view))])),
]
