"""What is refused when a company begins."""

from __future__ import annotations

from upline.foundation.errors import DomainError


class CompanyDiffers(DomainError):
    """A company is set up here already, and it is not the one described."""

    code = "company.differs"
    text = "The company '%(there)s' is set up here already, and differs:\n%(differences)s"
    remedy = (
        "\nNothing was changed. Set another company up in a database of its own (UPLINE_HOME or"
        " DATABASE_URL); what this company is changes by its own commands."
    )


class CompanyMissing(DomainError):
    """No company is set up here."""

    code = "company.missing"
    text = "No company is set up in this database, so nothing can be loaded."
    remedy = "Run 'upline init' first."


class VolumesWaiting(DomainError):
    """Orders are loaded, but what they bring is not recorded yet."""

    code = "company.volumes_waiting"
    text = "%(count)s orders are loaded, but their volumes are not recorded yet: %(cause)s"
    remedy = "Then load the same file again: it records what waits and loads nothing twice."
