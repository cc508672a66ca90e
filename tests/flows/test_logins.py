"""A login is found whatever the case of its address."""

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

pytestmark = pytest.mark.django_db

PASSWORD = "quiet-river-at-dawn"


def test_an_address_is_kept_in_small_letters_and_signs_in_in_any_case():
    made = get_user_model().objects.create_user(" Aiman@Example.COM ", PASSWORD)

    found = authenticate(username="AIMAN@example.com", password=PASSWORD)

    assert made.email == "aiman@example.com"
    assert found == made
    assert made.password.startswith("argon2$")


def test_a_second_login_with_the_same_address_in_another_case_is_refused():
    logins = get_user_model().objects
    logins.create_user("aiman@example.com", PASSWORD)

    with pytest.raises(ValidationError, match="already exists"):
        logins.create_user("AIMAN@EXAMPLE.COM", PASSWORD)

    assert logins.count() == 1


def test_the_database_refuses_an_address_that_is_not_in_small_letters():
    logins = get_user_model().objects

    with pytest.raises(IntegrityError, match="email_normalised"), transaction.atomic():
        logins.bulk_create([get_user_model()(email="Aiman@example.com")])

    assert logins.count() == 0
