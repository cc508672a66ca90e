"""The whole own organisation as one picture: what the browser draws of it, and who is who in it.

A member takes as much width as there are members in his group, and stands a row below his sponsor.
In preorder the depths alone say all of that, so 200,000 members are less than a megabyte.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext, pgettext

from upline.foundation import access
from upline.network.genealogy import STATUSES
from upline.web.cabinet.team import Sight, nobody, sight, summary_of
from upline.web.shared import states

MOST_NAMES = 200
NO_RANK = 255
# Of volumes the browser needs a shade: their logarithm in so many steps.
SHADES = 254


@access.needs("cabinet.use")
def team_map(request: HttpRequest) -> HttpResponse:
    """Show the picture with its legend; without JavaScript it leads to the table."""
    seen = sight(request)
    if seen is None:
        return nobody(request)
    return render(
        request,
        "cabinet/team_map.html",
        {**summary_of(seen), "view": "map", "setting": _setting(seen)},
    )


def _setting(seen: Sight) -> dict[str, Any]:
    """Give what the script needs besides the figures: addresses, and all words it may show."""
    columns = seen.columns
    return {
        "data": f"{reverse('cabinet:team-map-data')}?v={_version(seen)}",
        "names": reverse("cabinet:team-map-names"),
        "card": reverse("cabinet:team-map-card", args=[0]),
        "version": _version(seen),
        "ranks": list(columns.rank_titles) if columns else [],
        "statuses": [str(states.shown("member", one).label) for one in STATUSES],
        "volumes": [columns.titles[name] for name in columns.volumes] if columns else [],
        "hasActive": columns is not None and columns.is_active is not None,
        "words": {
            "active": pgettext("member in this period", "Active"),
            "notActive": pgettext("member in this period", "Not active"),
            "noRank": gettext("No rank yet"),
            "none": gettext("None"),
            "most": gettext("Most"),
            "failed": gettext("The picture could not be loaded. Try again, or use the table."),
            "changed": gettext("The team has changed meanwhile; the picture is drawn anew."),
        },
    }


def _version(seen: Sight) -> str:
    told = f"{seen.here.tree.version} {seen.columns.version if seen.columns else ''}"
    return hashlib.sha256(f"{told} {seen.here.position.pk}".encode()).hexdigest()[:16]


@access.needs("cabinet.use")
def data(request: HttpRequest) -> HttpResponse:
    """Give the figures of the picture as bytes; the same ones again are not sent twice."""
    seen = sight(request)
    if seen is None:
        raise Http404
    etag = quote_etag(_version(seen))
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    body = packed(seen)
    response = HttpResponse(content_type="application/octet-stream")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        # Nothing in it was typed by anybody, so that its length tells nothing.
        squeezer = zlib.compressobj(level=1, wbits=31)
        body = squeezer.compress(body) + squeezer.flush()
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    response.content = body
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def packed(seen: Sight) -> bytes:
    """Write the team from the chosen position down: a head, then one column after the other.

    The head: how many members (4 bytes), bytes of a depth (1 or 2), how many volumes, two zeroes.
    Columns by place: depth, rank (255 none), flags (status, and 8 if active), and for each volume a
    shade. Numbers stand low byte first.
    """
    here = seen.here
    group = slice(here.top, here.top + int(here.tree.size[here.top]))
    depth = here.tree.depth[group] - here.tree.depth[here.top]
    wide = int(depth.max()) > 255
    flags = here.tree.status[group].copy()
    ranks = np.full(len(depth), NO_RANK, np.uint8)
    shades = []
    if seen.columns is not None:
        held = seen.columns.rank[group]
        ranks[held >= 0] = held[held >= 0]
        shades = [_shades(values[group]) for values in seen.columns.volumes.values()]
        if seen.columns.is_active is not None:
            flags |= seen.columns.is_active[group].astype(np.uint8) << 3
    columns = [depth.astype("<u2" if wide else "u1"), ranks, flags, *shades]
    head = struct.pack("<IBBxx", len(depth), 2 if wide else 1, len(shades))
    return head + b"".join(each.tobytes() for each in columns)


def _shades(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Give 0 for nothing, and for the rest the logarithm between 1 and SHADES."""
    largest = float(values.max(initial=0.0))
    if largest <= 0:
        return np.zeros(len(values), np.uint8)
    scaled = np.log1p(np.maximum(values, 0.0)) / np.log1p(largest) * SHADES
    shades: npt.NDArray[np.uint8] = np.ceil(scaled).astype(np.uint8)
    return shades


@access.needs("cabinet.use")
def names(request: HttpRequest) -> HttpResponse:
    """Give names and codes for the widest places that are in sight, by place below the top."""
    seen = _same(request)
    if seen is None:
        return HttpResponse(status=409)
    size = int(seen.here.tree.size[seen.here.top])
    asked = [int(one) for one in request.GET.get("at", "").split(",") if _is_place(one, size)]
    found = {place: seen.here.tree.at(seen.here.top + place) for place in asked[:MOST_NAMES]}
    return JsonResponse({place: [one.name or one.code, one.code] for place, one in found.items()})


@access.needs("cabinet.use")
def card(request: HttpRequest, place: int) -> HttpResponse:
    """Give a small card of who stands at a place of the picture."""
    seen = _same(request)
    if seen is None:
        return HttpResponse(status=409)
    if place >= seen.here.tree.size[seen.here.top]:
        raise Http404
    context = {"member": seen.row(seen.here.top + place), "columns": seen.columns}
    return render(request, "cabinet/team_map_card.html", context)


def _same(request: HttpRequest) -> Sight | None:
    """Give what is seen, or None where the picture is of another tree than the present one."""
    seen = sight(request)
    if seen is None:
        raise Http404
    return seen if request.GET.get("v") == _version(seen) else None


def _is_place(text: str, size: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9 and int(text) < size
