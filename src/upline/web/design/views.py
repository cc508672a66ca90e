"""The living page of components."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upline.foundation import access


@access.open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    return render(request, "design/home.html")
