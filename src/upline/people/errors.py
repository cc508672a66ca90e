"""What is refused about persons."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from upline.foundation.errors import DomainError


class PersonUnknown(DomainError):
    """There is no such person."""

    code = "people.person_unknown"
    text = _("There is no person %(person)s.")
    remedy = _("Look the person up by name or contact.")


class NameMissing(DomainError):
    """A person has at least a given name."""

    code = "people.name_missing"
    text = _("The person has no given name.")
    remedy = _("Write at least a given name, in any alphabet.")


class LanguageUnknown(DomainError):
    """We do not speak the language."""

    code = "people.language_unknown"
    text = _("There is no language %(language)s.")
    remedy = _("Choose one of %(known)s.")


class DayUnreadable(DomainError):
    """A birth date cannot be."""

    code = "people.day_unreadable"
    text = _("The birth date lies in the future.")
    remedy = _("Compare it with the document.")


class EmailUnreadable(DomainError):
    """What was given is no e-mail address."""

    code = "people.email_unreadable"
    text = _("This is no e-mail address.")
    remedy = _("Write it as name@example.com.")


class PhoneUnreadable(DomainError):
    """What was given is no telephone number of any country."""

    code = "people.phone_unreadable"
    text = _("This is no telephone number in %(country)s.")
    remedy = _("Write it with + and the code of the country.")


class ContactUnknown(DomainError):
    """There is no such contact."""

    code = "people.contact_unknown"
    text = _("There is no contact %(contact)s in use.")
    remedy = _("Look at the person's contacts.")


class CountryUnreadable(DomainError):
    """A country is two letters."""

    code = "people.country_unreadable"
    text = _("%(given)s is not a country.")
    remedy = _("Write its two letters, as KZ or PL.")


class PersonMerged(DomainError):
    """A double is not acted on."""

    code = "people.person_merged"
    text = _("Person %(person)s was merged into %(kept)s.")
    remedy = _("Act on the one kept, or undo the merge.")


class MergeOfOne(DomainError):
    """Two persons are merged, not one."""

    code = "people.merge_of_one"
    text = _("Person %(person)s cannot be merged into themselves.")
    remedy = _("Name the double and the one to keep.")


class MergeOfOneself(DomainError):
    """A merge hands logins over, so nobody merges the person behind the own one."""

    code = "people.merge_of_oneself"
    text = _("Person %(person)s is you yourself.")
    remedy = _("Ask a colleague to merge your own person.")


class MergeUnknown(DomainError):
    """There is no such merge to undo."""

    code = "people.merge_unknown"
    text = _("There is no merge %(merge)s.")
    remedy = _("Look at the merges of the person.")


class MergeBuiltUpon(DomainError):
    """A later merge stands on this one."""

    code = "people.merge_built_upon"
    text = _("Person %(kept)s was itself merged after merge %(merge)s.")
    remedy = _("Undo that merge first.")


class ConsentUnreadable(DomainError):
    """A consent needs its purpose, its text and its source."""

    code = "people.consent_unreadable"
    text = _("A consent needs a purpose, the version of its text and where it was given.")
    remedy = _("Name all three, as newsletter, 2026-11, registration form.")


class ReasonMissing(DomainError):
    """A merge needs its reason."""

    code = "people.reason_missing"
    text = _("The merge of person %(person)s needs a reason.")
    remedy = _("Say in a sentence how it is known that they are one.")
