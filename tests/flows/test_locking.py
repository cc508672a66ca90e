"""Locks are taken in the written order and go with their transaction."""

import pytest
from django.db import connection, transaction

from upline.foundation import locking
from upline.people.models import Person

pytestmark = pytest.mark.django_db


def test_the_written_order_is_kept_by_all_and_a_lock_may_be_taken_again():
    with transaction.atomic():
        locking.take("facts", "2026-11")
        locking.take("tree", "binary")
        locking.take("tree", "sponsor")
        locking.take("facts", "2026-11")


@pytest.mark.parametrize(
    ("first", "second"),
    [(("tree", "sponsor"), ("facts", "2026-11")), (("tree", "sponsor"), ("tree", "binary"))],
)
def test_a_lock_out_of_order_is_refused_before_it_is_taken(first, second):
    with transaction.atomic():
        locking.take(*first)
        before = advisory_locks()

        with pytest.raises(locking.LockOrderBroken, match=f"{first[0]} {first[1]} is held"):
            locking.take(*second)

        assert advisory_locks() == before


def test_each_transaction_begins_without_locks():
    @transaction.atomic
    def act(*locks):
        for lock in locks:
            locking.take(*lock)

    act(("tree", "sponsor"))
    act(("facts", "2026-11"), ("tree", "binary"))


@pytest.mark.django_db(transaction=True)
def test_each_real_transaction_begins_without_locks():
    for lock in (("tree", "sponsor"), ("facts", "2026-11")):
        with transaction.atomic():
            locking.take(*lock)

    assert advisory_locks() == 0


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_shared_or_held_alone(other_connection):
    key = locking.key_of("facts", "2026-11")
    with transaction.atomic():
        locking.take_shared("facts", "2026-11")

        assert other_connection("SELECT pg_try_advisory_lock_shared(%s)", key) is True
        other_connection("SELECT pg_advisory_unlock_shared(%s)", key)
        assert other_connection("SELECT pg_try_advisory_lock(%s)", key) is False


@pytest.mark.django_db(transaction=True)
def test_what_others_hold_is_refused_or_waited_for(other_connection):
    key = locking.key_of("job", "rotation")
    other_connection("SELECT pg_advisory_lock(%s)", key)

    with transaction.atomic(), pytest.raises(locking.LockTaken, match="job rotation"):
        locking.take_if_free("job", "rotation")
    with pytest.raises(locking.LockTaken), locking.held_for_long("job", "rotation"):
        pass

    other_connection("SELECT pg_advisory_unlock(%s)", key)
    with locking.held_for_long("job", "rotation"):
        assert other_connection("SELECT pg_try_advisory_lock(%s)", key) is False
    assert other_connection("SELECT pg_try_advisory_lock(%s)", key) is True


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction_and_a_long_lock_needs_none():
    with pytest.raises(RuntimeError, match="open one"):
        locking.take("tree", "sponsor")
    with (
        transaction.atomic(),
        pytest.raises(RuntimeError, match="outside"),
        locking.held_for_long("period", "2026-11"),
    ):
        pass


def test_an_unknown_kind_of_lock_is_a_bug():
    with pytest.raises(ValueError, match="ORDER"):
        locking.key_of("moon", "full")


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_the_order_of_their_keys(other_connection):
    for name in ("Aiman", "Boris"):
        Person.objects.create(given_name=name)

    with transaction.atomic():
        held = [one.given_name for one in locking.rows(Person.objects.order_by("-given_name"))]
        free = "SELECT count(*) FROM (SELECT FROM people_person FOR UPDATE SKIP LOCKED) found"

        assert held == ["Aiman", "Boris"]
        assert other_connection(free) == 0


def advisory_locks():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        return cursor.fetchone()[0]
