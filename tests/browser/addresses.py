"""Every address of the site, who visits it in the tests, and what stands for its parameters.

A new address without parameters is visited by itself, as a login that its policy admits; so is the
card of a table of the office, and its acts. Any other with parameters needs the address of a page
with a link to it in LINKED_FROM, or for each parameter an example in EXAMPLES: a query whose first
value stands for it. What cannot be opened as a page stands in NOT_VISITED with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from upline.foundation import access
from upline.web.office.site import site as office

STRANGER = "stranger"
# Who visits what each login of its kind may see; the owner sees all of the office.
VISITORS = {"open to all": STRANGER, "signed in": "leader", "cabinet.use": "leader"}
STAFF_VISITOR = "owner"
# Who has what an address is about, where that is not everybody who may open it.
OWN = {"mfa_deactivate_totp": "owner"}

LOGIN_OF = "SELECT id FROM people_login WHERE email = '{}@example.com'"

RECRUIT_OF_LEADER = """
    SELECT upper(member.code) FROM network_member AS member
    JOIN network_holder AS holder ON holder.member_id = member.sponsor_id
    JOIN people_login AS login ON login.person_id = holder.person_id
    WHERE login.email = 'leader@example.com' ORDER BY member.number
"""

# A pay line of the last close, by whom it pays and when.
LAST_LINE = """
    SELECT {} FROM commissions_line AS line
    JOIN network_member AS member ON member.id = line.member_id
    JOIN commissions_run AS run ON run.id = line.run_id
    JOIN commissions_period AS period ON period.id = run.period_id
    JOIN commissions_calendar AS calendar ON calendar.id = period.calendar_id
    WHERE run.fence = period.fence ORDER BY period.ends_on DESC, line.number LIMIT 1
"""

# An order of the shop that the last close counted, and when.
COUNTED_ORDER = """
    SELECT {} FROM commissions_frozenfact AS counted
    JOIN commissions_volumefact AS fact ON fact.id = counted.fact_id
    JOIN orders_order AS sold ON sold.number = fact.order_number
    JOIN commissions_period AS period ON period.id = counted.period_id
    JOIN commissions_calendar AS calendar ON calendar.id = period.calendar_id
    ORDER BY period.ends_on DESC, fact.id LIMIT 1
"""

# The first open month has orders, a sealed one statements.
PERIOD = """
    SELECT {} FROM commissions_period AS period
    JOIN commissions_calendar AS calendar ON calendar.id = period.calendar_id
    ORDER BY (period.state = 'sealed') {}, period.starts_on
"""

# Start of a route and parameter, to a query for one that there is.
EXAMPLES = {
    "accounts/stand-in/<int:login_id>/ login_id": LOGIN_OF.format("middle"),
    # A link that is too old, as most are that somebody opens again.
    "accounts/password/reset/<uidb36>-<key>/ uidb36": "SELECT '1'",
    "accounts/password/reset/<uidb36>-<key>/ key": "SELECT 'set-password'",
    "my/team/ code": RECRUIT_OF_LEADER,
    "my/estimate/ calendar": PERIOD.format("calendar.name", ""),
    "my/estimate/ label": PERIOD.format("period.label", ""),
    "my/estimate/ form": "SELECT 'csv'",
    "my/statements/ calendar": PERIOD.format("calendar.name", "DESC"),
    "my/statements/ label": PERIOD.format("period.label", "DESC"),
    "my/statements/ form": "SELECT 'csv'",
    "my/team/table/<slug:form>/ form": "SELECT 'csv'",
    "my/wallet/<slug:form>/ form": "SELECT 'csv'",
    "office/members/<str:key>/statements/ key": LAST_LINE.format("member.code"),
    "office/members/<str:key>/statements/ period": LAST_LINE.format(
        "calendar.name || ':' || period.label"
    ),
    "office/members/<str:key>/statements/ line": LAST_LINE.format("line.number"),
    "office/members/by-number/<int:number>/ number": "SELECT max(number) FROM network_member",
    "office/orders/<str:key>/pay/ key": COUNTED_ORDER.format("fact.order_number"),
    "office/orders/<str:key>/pay/ period": COUNTED_ORDER.format(
        "calendar.name || ':' || period.label"
    ),
    "office/orders/<str:key>/pay/ form": "SELECT 'csv'",
    "office/periods/ form": "SELECT 'csv'",
    "office/plans/ form": "SELECT 'pdf'",
    "office/periods/ key": """
        SELECT calendar.name || ':' || period.label
        FROM commissions_period AS period JOIN commissions_calendar AS calendar
            ON calendar.id = period.calendar_id
        ORDER BY period.starts_on
    """,
}

_STATEMENT = "my/statements/<slug:calendar>/<str:label>/"
_ESTIMATE = "my/estimate/<slug:calendar>/<str:label>/"
LINKED_FROM = {
    _STATEMENT: "my/statements/",
    f"{_STATEMENT}why-not/": _STATEMENT,
    f"{_STATEMENT}lines/<int:number>/": _STATEMENT,
    f"{_STATEMENT}orders/<str:number>/": _STATEMENT,
    f"{_STATEMENT}orders/<str:number>/<slug:form>/": f"{_STATEMENT}orders/<str:number>/",
    f"{_ESTIMATE}lines/<int:number>/": _ESTIMATE,
    f"{_ESTIMATE}orders/<str:number>/": _ESTIMATE,
    f"{_ESTIMATE}orders/<str:number>/<slug:form>/": f"{_ESTIMATE}orders/<str:number>/",
}

NOT_VISITED = {
    "accounts/logout/": "shown to nobody who wants to stay signed in; a flow signs out",
    "office/logout/": "as above",
    "accounts/second-factor/codes/": "shown once codes are made; a flow makes them",
    "accounts/second-factor/codes/file/": "as above",
    "accounts/passkeys/<int:pk>/name/": "shown once a passkey is added; a flow adds one",
    "accounts/passkeys/<int:pk>/remove/": "as above",
    "accounts/passkeys/again/": "shown to whoever has a passkey; a flow adds one",
    "accounts/passkeys/sign-in/": "the question that the button of signing in asks",
    "office/adjustments/<str:key>/": "nothing came too late in a fresh company; a flow opens one",
    "office/adjustments/<str:key>/approve/": "as above",
    "office/adjustments/<str:key>/discard/": "as above",
    "office/adjustments/<str:key>/lines/": "as above",
    "office/adjustments/<str:key>/lines.<str:form>": "as above",
    "office/adjustments/<str:key>/post/": "as above",
    "office/adjustments/progress/<slug:calendar>/": "a part of the list, which is visited",
    "office/corrections/<str:key>/": "nothing was corrected by hand in a fresh company; a flow does",
    "office/corrections/<str:key>/approve/": "as above",
    "office/corrections/<str:key>/reject/": "as above",
    "office/corrections/<str:key>/rows.<str:form>": "as above",
    "office/payout-stops/<str:key>/": "a company in order was never stopped; a flow opens one",
    "office/payout-stops/<str:key>/lift/": "as above",
    "my/team/map/card/<int:place>/": "a part of the map, given to the map that was drawn alone",
    "my/payouts/<int:number>/cancel/": "takes posts alone; a flow sends one",
    "my/team/map/data/": "the numbers of the map, which is visited",
    "my/team/map/names/": "the names of the map, which is visited",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of the site: its route, its name, who visits it."""

    route: str
    name: str
    visitor: str

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.route)

    def example_of(self, parameter: str) -> str | None:
        """Give a query for a value of a parameter, None where nobody has written one."""
        for start, _, named in (example.rpartition(" ") for example in EXAMPLES):
            if named == parameter and self.route.startswith(start):
                return EXAMPLES[f"{start} {named}"]
        return _of_table(self.route) if parameter == "key" else None

    def is_at(self, path: str) -> bool:
        """Say whether a path is one of this address."""
        kinds = {"path": ".+", "int": "[0-9]+", "slug": "[-\\w]+"}
        parts = re.split(r"<(?:(\w+):)?\w+>", self.route)
        pattern = re.escape(parts[0])
        for kind, text in zip(parts[1::2], parts[2::2], strict=True):
            pattern += kinds.get(kind, "[^/]+") + re.escape(text)
        return re.fullmatch(f"/{pattern}", path) is not None

    def filled(self, values: dict[str, object]) -> str:
        """Give the path with values in place of the parameters."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), self.route)


def every_address() -> list[Address]:
    """List the addresses that people open, each once."""
    found = {one.route: one for one in _walk(get_resolver(), "", "")}
    return [one for one in found.values() if one.visitor != "machines"]


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + _plain(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            policy = access.policy_of(pattern.callback)
            says = policy.says if policy else "open to all"
            visitor = says if says == "machines" else VISITORS.get(says, STAFF_VISITOR)
            visitor = OWN.get(str(pattern.name), visitor)
            yield Address(route=route, name=f"{space}{pattern.name}", visitor=visitor)
        else:
            name = f"{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, route, name)


def _of_table(route: str) -> str | None:
    """Give a query for one thing of a table that the office shows under this route."""
    for model, screen in office._registry.items():
        if route.startswith(f"office/{screen.address}/<"):
            fields = model._meta
            wanted = fields.pk if screen.lookup == "pk" else fields.get_field(screen.lookup)
            return f"SELECT {wanted.column} FROM {fields.db_table} ORDER BY {fields.pk.column}"
    return None


def _plain(pattern: str) -> str:
    """Write a regular expression as a route."""
    named = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", pattern)
    return named.removeprefix("^").removesuffix("$").replace("\\", "")
