"""What is refused when the demo company is asked for."""

from __future__ import annotations

from upline.foundation.errors import DomainError


class OtherCompanyHere(DomainError):
    """The database holds another company, which a demo would spoil."""

    code = "demo.other_company_here"
    text = "The company '%(there)s' is set up in this database; the demo company was not loaded."
    remedy = "Give the demo a database of its own, by UPLINE_HOME or DATABASE_URL."


class OtherDemoHere(DomainError):
    """The demo company is here, or half of it, but made by other numbers."""

    code = "demo.other_demo_here"
    text = (
        "A demo company of %(members)s members with seed %(seed)s is here; one of %(asked_members)s"
        " with seed %(asked_seed)s was asked for."
    )
    remedy = "Ask for the one that is here, or give the other a database of its own."


class DemoTooSmall(DomainError):
    """So few members cannot show what a company does."""

    code = "demo.too_small"
    text = "A demo company has at least %(least)s members, not %(members)s."
    remedy = "Ask for more."
