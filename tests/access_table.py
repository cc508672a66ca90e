"""Who may enter which address: what `tests/flows/test_access_matrix.py` holds the site to.

A new address needs a row in ADDRESSES, else a test fails and prints the row to write; one that shows
an object of somebody needs a row in OBJECTS as well. The table is written by hand, a second time
beside the policies of the views, so that a slip in one is seen by the other.

Who is one of: OPEN, SIGNED_IN, STAFF, MACHINES, or a right of `upline.foundation.access`.
"""

from __future__ import annotations

from dataclasses import dataclass

OPEN = "open to all"
SIGNED_IN = "signed in"
STAFF = "staff"
MACHINES = "machines"


def _of(who: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, who)


def _office(table: str, right: str, *, acts: dict[str, str] | None = None) -> dict[str, str]:
    """Give the rows of a table of the office: list, card and files, and acts by their own rights."""
    screens = ("changelist", "card", "export_csv", "export_xlsx")
    rows = {f"admin:{table}_{screen}": right for screen in screens}
    return rows | {f"admin:{table}_{act}": needed for act, needed in (acts or {}).items()}


ADDRESSES: dict[str, str] = {
    **_of(
        OPEN,
        "account_inactive",
        "account_login",
        "account_logout",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "accounts:landing",
        "accounts:language",
        "design:home",
        "health-live",
        "mfa_authenticate",
        "mfa_login_webauthn",
    ),
    **_of(
        SIGNED_IN,
        "account_change_password",
        "account_reauthenticate",
        "account_set_password",
        "accounts:account",
        "accounts:stand_back",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_edit_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "usersessions_list",
    ),
    **_of(MACHINES, "health-ready", "metrics"),
    **_of("logins.stand_in", "accounts:stand_in"),
    # The cabinet of a member.
    **_of(
        "cabinet.use",
        "cabinet:estimate",
        "cabinet:estimate-export",
        "cabinet:estimate-of",
        "cabinet:estimate-order",
        "cabinet:estimate-order-export",
        "cabinet:estimate-why",
        "cabinet:estimate-why-not",
        "cabinet:estimate-why-not-now",
        "cabinet:home",
        "cabinet:profile",
        "cabinet:statement-export",
        "cabinet:statement-of",
        "cabinet:statement-order",
        "cabinet:statement-order-export",
        "cabinet:statement-why",
        "cabinet:statement-why-not",
        "cabinet:statements",
        "cabinet:statements-export",
        "cabinet:team",
        "cabinet:team-branch",
        "cabinet:team-export",
        "cabinet:team-map",
        "cabinet:team-map-card",
        "cabinet:team-map-data",
        "cabinet:team-map-names",
        "cabinet:team-member",
        "cabinet:team-table",
        "cabinet:payout-account",
        "cabinet:payout-cancel",
        "cabinet:payouts",
        "cabinet:wallet",
        "cabinet:wallet-export",
    ),
    # The office of the staff.
    **_of(STAFF, "admin:index", "admin:login", "admin:logout"),
    **_of("company.configure", "admin:company"),
    **_of("ledger.see", "admin:check_books", "admin:trial_balance"),
    **_office(
        "payouts_stop",
        "payouts.see",
        acts={"stop": "payouts.approve", "lift": "payouts.approve"},
    ),
    **_office("foundation_auditentry", "audit.see"),
    **_office("ledger_account", "ledger.see"),
    **_office("ledger_journal", "ledger.see"),
    **_office(
        "ledger_ratesheet",
        "rates.see",
        acts={"enter": "rates.enter", "approve": "rates.approve", "reject": "rates.approve"},
    ),
    **_office(
        "foundation_delivery", "outbox.mend", acts={"again": "outbox.mend", "drop": "outbox.mend"}
    ),
    **_office(
        "people_login",
        "roles.grant",
        acts=_of(
            "roles.grant", "open", "grant", "withdraw", "reset-second-factor", "close", "reopen"
        ),
    ),
    **_office(
        "network_member",
        "members.see",
        acts={
            "by_number": "members.see",
            "reveal": "people.see_private",
            "country": "members.edit",
            "move": "members.move",
            "merge": "members.move",
            "rank": "members.edit",
            "end-rank": "members.edit",
            "approve-rank": "periods.approve",
            "freeze": "members.edit",
            "thaw": "members.edit",
            "terminate": "members.edit",
            "statement": "periods.see",
            "why": "periods.see",
            "why_not": "periods.see",
        },
    ),
    **_of(
        "people.see",
        "admin:people_person_card",
        "admin:people_person_changelist",
    ),
    **_of("people.see_private", "admin:people_person_reveal"),
    **_of(
        "people.edit",
        "admin:people_person_address",
        "admin:people_person_edit",
        "admin:people_person_email",
        "admin:people_person_end-contact",
        "admin:people_person_merge",
        "admin:people_person_phone",
        "admin:people_person_undo-merge",
    ),
    **_office(
        "orders_order",
        "orders.see",
        acts={
            "ship": "orders.ship",
            "deliver": "orders.deliver",
            "refund": "orders.refund",
            "refund-pieces": "orders.refund",
            "refund-amount": "orders.refund",
            "cancel": "orders.cancel",
            "pay": "periods.see",
            "pay_export": "periods.see",
        },
    ),
    **_office(
        "commissions_period",
        "periods.see",
        acts={
            "progress": "periods.see",
            "statements": "ledger.see",
            "tables": "ledger.see",
            "close": "periods.close",
            "approve": "periods.approve",
            "post": "periods.approve",
            "remark": "periods.approve",
            "reopen": "periods.close",
        },
    ),
    **_office(
        "commissions_calendar",
        "periods.see",
        acts=_of("periods.close", "schedule", "stop"),
    ),
    **_office(
        "commissions_adjustment",
        "periods.see",
        acts={
            "progress": "periods.see",
            "lines": "periods.see",
            "lines_file": "periods.see",
            "adjust": "periods.close",
            "approve": "periods.approve",
            "post": "periods.approve",
            "discard": "periods.close",
        },
    ),
    **_office(
        "commissions_correctionsheet",
        "ledger.see",
        acts={
            "rows_file": "ledger.see",
            **_of("ledger.correct", "pay", "volume", "table"),
            **_of("periods.approve", "approve", "reject"),
        },
    ),
    **_office(
        "commissions_standingapproval",
        "periods.see",
        acts=_of("periods.approve", "propose", "agree", "end"),
    ),
    **_office(
        "plans_planversion",
        "plans.see",
        acts={
            "document": "plans.see",
            "draft": "plans.edit",
            "approve": "plans.approve",
            "withdraw": "plans.edit",
        },
    ),
    **_office(
        "catalog_product",
        "catalog.see",
        acts={"price": "prices.edit", "texts": "catalog.edit", "status": "catalog.edit"},
    ),
}

# What stands in an address where nothing else is said: things that do not exist.
ARGUMENTS: dict[str, object] = {
    "calendar": "monthly",
    "code": "NOBODY",
    "form": "csv",
    "key": "0",
    "label": "1999-01",
    "line": 0,
    "login_id": 0,
    "number": 0,
    "period": "monthly:1999-01",
    "pk": 0,
    "place": 999_999,
    "uidb36": "1",
}


# The company of the objects: BORIS asks; CELINA and ELENA are below him, ANNA, DANA and FILIP elsewhere.
TREE = {"ANNA": {"BORIS": {"CELINA": {"ELENA": {}}}, "DANA": {"FILIP": {}}}}
ASKS = "BORIS"
BELOW = ("CELINA",)
ELSEWHERE = ("ANNA", "DANA")
# A closed month and the one that is open, of the calendar `monthly`; all of TREE bought in both.
CLOSED, OPEN_NOW = "2026-10", "2026-11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Stands in an address for the number of a line that pays a member in a month."""

    of: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An address that shows something of somebody: what BORIS sees under it, and what he does not.

    `query` may hold {version}, that of the picture of the team.
    """

    name: str
    seen: tuple[dict[str, object], ...]
    hidden: tuple[dict[str, object], ...]
    query: str = ""


def _in_team(name: str) -> Owned:
    """Give the row of an address that shows a member: those below are seen, all others are not."""
    others = (*ELSEWHERE, "FILIP", "NOBODY")
    return Owned(
        name=name,
        seen=tuple({"code": code} for code in (ASKS, *BELOW, "ELENA")),
        hidden=tuple({"code": code} for code in others),
    )


def _of_month(name: str, label: str, hidden: tuple[str, ...], **more: object) -> Owned:
    """Give the row of a month of one's own: the address names nobody, so that only months differ."""
    return Owned(
        name=name,
        seen=({"calendar": "monthly", "label": label, **more},),
        hidden=tuple({"calendar": "monthly", "label": other, **more} for other in hidden),
    )


def _of_lines(name: str, label: str) -> Owned:
    """Give the row of a line: nobody reads another's, not even of who is below."""
    month = {"calendar": "monthly", "label": label}
    others = (*BELOW, *ELSEWHERE)
    return Owned(
        name=name,
        seen=({**month, "number": Line(of=ASKS, label=label)},),
        hidden=(
            *({**month, "number": Line(of=code, label=label)} for code in others),
            {**month, "number": 999_999},
        ),
    )


def _of_orders(name: str, label: str, month: str, **more: object) -> Owned:
    """Give the row of an order of a month: the own and those of below, in the month that counts it."""
    in_month = {"calendar": "monthly", "label": label, **more}
    other = "2" if month == "1" else "1"
    return Owned(
        name=name,
        seen=tuple({**in_month, "number": f"{code}-{month}"} for code in (ASKS, *BELOW, "ELENA")),
        hidden=(
            *(
                {**in_month, "number": f"{code}-{month}"}
                for code in (*ELSEWHERE, "FILIP", "NOBODY")
            ),
            {**in_month, "number": f"{ASKS}-{other}"},
        ),
    )


# A member reads no statement of a month that is not approved. Reasons are those of the month,
# closed or open; and an estimate says of a month that has none why there is none.
_NOT_CLOSED = (OPEN_NOW, "1999-01")
_NEVER = ("1999-01", "2030-01")
_NO_MONTH = ("13-2026",)

OBJECTS: tuple[Owned, ...] = (
    _in_team("cabinet:team-member"),
    _in_team("cabinet:team-branch"),
    # Places are counted from the own one, so that there is no number for anybody else.
    Owned(
        name="cabinet:team-map-card",
        seen=({"place": 0}, {"place": 1}, {"place": 2}),
        hidden=({"place": 3}, {"place": 999_999}),
        query="?v={version}",
    ),
    _of_month("cabinet:statement-of", CLOSED, _NOT_CLOSED),
    _of_month("cabinet:statement-why-not", CLOSED, _NEVER),
    _of_month("cabinet:statement-export", CLOSED, _NOT_CLOSED, form="csv"),
    _of_lines("cabinet:statement-why", CLOSED),
    _of_orders("cabinet:statement-order", CLOSED, "1"),
    _of_orders("cabinet:statement-order-export", CLOSED, "1", form="csv"),
    _of_month("cabinet:estimate-of", OPEN_NOW, _NO_MONTH),
    _of_month("cabinet:estimate-why-not", OPEN_NOW, _NEVER),
    _of_month("cabinet:estimate-export", OPEN_NOW, _NEVER, form="csv"),
    _of_lines("cabinet:estimate-why", OPEN_NOW),
    _of_orders("cabinet:estimate-order", OPEN_NOW, "2"),
    _of_orders("cabinet:estimate-order-export", OPEN_NOW, "2", form="csv"),
)

# Pages of one's own month, which show lines: what BORIS reads there is his, whomever he names.
WITH_LINES = {"cabinet:statement-of": CLOSED, "cabinet:estimate-of": OPEN_NOW}

# What staff read of a member under the address of the office: of everybody, whom the right admits.
_MONTH_OF = {"key": ASKS, "period": f"monthly:{CLOSED}"}
OFFICE_OBJECTS: dict[str, dict[str, object]] = {
    "admin:network_member_card": {"key": ASKS},
    "admin:network_member_statement": _MONTH_OF,
    "admin:network_member_why_not": _MONTH_OF,
    "admin:network_member_why": {**_MONTH_OF, "line": Line(of=ASKS, label=CLOSED)},
    "admin:commissions_period_card": {"key": f"monthly:{CLOSED}"},
}
