"""The screens of a member."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upline.foundation import access


@access.needs("cabinet.use")
def home(request: HttpRequest) -> HttpResponse:
    """Show what a member looks for first."""
    return render(request, "cabinet/home.html")
