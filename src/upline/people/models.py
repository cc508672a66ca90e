"""Persons, how to reach them, what they agreed to, and their logins."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from upline.foundation import audit, clock
from upline.foundation.secrets import BlindIndex, EncryptedText
from upline.people import names


class NameKey(models.TextField):
    """A key of a person's names, kept up by `save` and bulk acts; sorted by its bytes."""

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        self.of = of
        kwargs.update(editable=False, default="", db_collation="C")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for ours in ("editable", "default", "db_collation"):
            kwargs.pop(ours)
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: ARG002, FBT001 - Django's
        written = (model_instance.family_name, model_instance.given_name)
        key = (
            names.search_key(*written)
            if self.of == "search"
            else names.sort_key(*written, order=self.of)
        )
        setattr(model_instance, self.attname, key)
        return key


class Person(models.Model):
    """A human being, known once however many positions or logins there are."""

    # As the person writes them, in any alphabet.
    given_name = models.CharField(max_length=200)
    family_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    # A day as 1990-05-17: what finds doubles and tells age is personal data.
    birth_on = EncryptedText(null=True, blank=True)
    birth_on_index = BlindIndex(source="birth_on")
    search_key = NameKey(of="search")
    sort_cyrillic_first = NameKey(of=names.CYRILLIC_FIRST)
    sort_latin_first = NameKey(of=names.LATIN_FIRST)
    # A double points to the one kept, which is nobody's double.
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="doubles",
        db_index=False,
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(given_name=""), name="people_person_named"),
            models.CheckConstraint(
                condition=Q(language__in=["en", "ru", "bg", "kk", "pl"]),
                name="people_person_language_known",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="people_person_merged_into_another",
            ),
        ]
        indexes = [
            # Words by their beginnings; trigrams find more and take eight times as long to build.
            GinIndex(
                SearchVector("search_key", config="simple"), name="people_person_by_search_key"
            ),
            models.Index(fields=["sort_cyrillic_first"], name="people_person_by_cyrillic"),
            models.Index(fields=["sort_latin_first"], name="people_person_by_latin"),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="people_person_doubles",
            ),
            models.Index(
                fields=["birth_on_index"],
                condition=Q(birth_on_index__isnull=False),
                name="people_person_by_birth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class Contact(models.Model):
    """A way to reach a person: an e-mail address or a telephone number in E.164."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    value = EncryptedText()
    value_index = BlindIndex(source="value")
    is_first = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["email", "phone"]), name="people_contact_kind_known"
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "value_index"],
                condition=Q(ended_at__isnull=True),
                name="people_contact_once_a_person",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(ended_at__isnull=True, is_first=True),
                name="people_contact_one_first",
            ),
        ]
        indexes = [models.Index(fields=["value_index"], name="people_contact_by_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of person {self.person_id}"


class Address(models.Model):
    """Where a person lives or receives goods. An address is not changed but replaced."""

    class Kind(models.TextChoices):
        HOME = "home"
        DELIVERY = "delivery"
        LEGAL = "legal"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100)
    postal_code = EncryptedText(null=True, blank=True)
    street = EncryptedText()
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.CheckConstraint(
                condition=Q(country__regex="^[A-Z]{2}$"), name="people_address_country_two_letters"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["home", "delivery", "legal"]),
                name="people_address_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} address {self.pk} of person {self.person_id}"


class Consent(models.Model):
    """A person said yes or no to a purpose, to which text, and how. Appended; the last one counts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=60)
    is_given = models.BooleanField()
    text_version = models.CharField(max_length=60)
    source = models.CharField(max_length=100)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(text_version="") & ~Q(source=""),
                name="people_consent_with_its_text",
            ),
        ]
        indexes = [models.Index(fields=["person", "purpose", "id"], name="people_consent_last")]

    def __str__(self) -> str:
        return f"{'yes' if self.is_given else 'no'} of person {self.person_id} to {self.purpose}"


class PersonMerge(models.Model):
    """What went over when a double was merged, so that it can go back."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    double = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Keys of the rows that went over, by table.
    moved = models.JSONField()
    reason = models.CharField(max_length=500)
    merged_at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["double"],
                condition=Q(undone_at__isnull=True),
                name="people_person_merge_once",
            ),
            models.CheckConstraint(
                condition=~Q(kept=F("double")), name="people_person_merge_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.double_id} merged into {self.kept_id}"


def normalised_email(given: str) -> str:
    """Give an e-mail as we keep it: trimmed, in small letters.

    The standard lets the part before the @ differ by case; no provider in use does.

    >>> normalised_email(" Aiman@Example.COM ")
    'aiman@example.com'
    """
    return given.strip().lower()


class Logins(BaseUserManager):
    """How Django makes and finds logins."""

    def create_user(self, email: str, password: str | None = None) -> Login:
        login: Login = self.model(email=normalised_email(email))
        login.set_password(password)
        login.full_clean(exclude=["password"])
        login.save(using=self._db)
        return login

    def get_by_natural_key(self, username: str) -> Login:
        found: Login = self.get(email=normalised_email(username))
        return found


@audit.tracked(exclude=["password", "last_login", "email"])
class Login(AbstractBaseUser, PermissionsMixin):
    """What somebody signs in with. A system user has no person."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Unique whatever the case, because the constraint below keeps every address in small letters.
    email = models.EmailField(max_length=254, unique=True)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="logins"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = Logins()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="people_login_email_normalised"
            ),
        ]

    def __str__(self) -> str:
        return f"login {self.pk}"

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return normalised_email(username)

    @property
    def roles(self) -> frozenset[str]:
        """The roles granted and not withdrawn."""
        # All are few, and come with the login where it is read for a request.
        return frozenset(
            grant.role for grant in self.role_grants.all() if grant.withdrawn_at is None
        )


@audit.tracked()
class RoleGrant(models.Model):
    """A role given to a login, by whom and why; withdrawn by a date, never deleted."""

    login = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=40)
    granted_at = models.DateTimeField(default=clock.now)
    granted_by = models.ForeignKey(Login, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["login", "role"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="people_role_granted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of login {self.login_id}"
