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
    ),
    **_of(
        SIGNED_IN,
        "account_change_password",
        "account_reauthenticate",
        "account_set_password",
        "accounts:account",
        "accounts:stand_back",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_reauthenticate",
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
        "cabinet:estimate-why",
        "cabinet:estimate-why-not",
        "cabinet:estimate-why-not-now",
        "cabinet:home",
        "cabinet:profile",
        "cabinet:statement-export",
        "cabinet:statement-of",
        "cabinet:statement-why",
        "cabinet:statement-why-not",
        "cabinet:statements",
        "cabinet:team",
        "cabinet:team-branch",
        "cabinet:team-export",
        "cabinet:team-map",
        "cabinet:team-map-card",
        "cabinet:team-map-data",
        "cabinet:team-map-names",
        "cabinet:team-member",
        "cabinet:team-table",
    ),
    # The office of the staff.
    **_of(STAFF, "admin:index", "admin:login", "admin:logout"),
    **_of("company.configure", "admin:company"),
    **_of("ledger.see", "admin:check_books", "admin:trial_balance"),
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
            "move": "members.move",
            "merge": "members.move",
            "rank": "members.edit",
            "approve-rank": "periods.approve",
            "freeze": "members.edit",
            "thaw": "members.edit",
            "terminate": "members.edit",
            "statement": "periods.see",
            "why": "periods.see",
            "why_not": "periods.see",
        },
    ),
    **_office(
        "orders_order",
        "orders.see",
        acts={
            "refund": "orders.refund",
            "refund-pieces": "orders.refund",
            "refund-amount": "orders.refund",
            "cancel": "orders.cancel",
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
            "reopen": "periods.close",
        },
    ),
    **_office(
        "plans_planversion",
        "plans.see",
        acts={"draft": "plans.edit", "approve": "plans.approve", "withdraw": "plans.edit"},
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
    "place": 999_999,
    "uidb36": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An address that shows something of somebody, asked for by BORIS of ANNA > (BORIS > CELINA), DANA.

    `query` may hold {version}, that of the picture of the team.
    """

    name: str
    own: dict[str, object]
    foreign: tuple[dict[str, object], ...]
    query: str = ""


OBJECTS: tuple[Owned, ...] = (
    Owned(
        name="cabinet:team-member",
        own={"code": "CELINA"},
        foreign=({"code": "ANNA"}, {"code": "DANA"}, {"code": "NOBODY"}),
    ),
    Owned(
        name="cabinet:team-branch",
        own={"code": "CELINA"},
        foreign=({"code": "ANNA"}, {"code": "DANA"}, {"code": "NOBODY"}),
    ),
    # Places are counted from the own one, so that there is no number for anybody else.
    Owned(
        name="cabinet:team-map-card",
        own={"place": 1},
        foreign=({"place": 2}, {"place": 999_999}),
        query="?v={version}",
    ),
)
