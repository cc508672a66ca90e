"""What all tests share: the stage, and a PostgreSQL server that starts only if a test needs it.

The server is chosen by UPLINE_TEST_SERVER: `wheel` (the default), `debian`, or the address of a
server of yours (postgresql://...), which must let us make databases.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

# Before anything of Django is imported.
os.environ["UPLINE_ENV"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "upline.config.settings"
os.environ.pop("DATABASE_URL", None)

import django
import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.utils import translation

from tests import server
from tests.browser import site

SHARED = {
    "server": server.running,
    site.LOOKED_AT: site.running,
    site.CLOSED_IN: site.running,
}
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: uses PostgreSQL (set by the fixtures in use)")
    config.addinivalue_line(
        "markers", "pages: reads pages whose questions to PostgreSQL others ask on each server"
    )
    config.addinivalue_line("markers", "browser: needs Chromium (set for tests/browser)")
    django.setup()
    # A login that is made in a moment; its password is kept as in production, but for the work.
    settings.PASSWORD_HASHERS = ["tests.signing_in.QuickArgon2", *settings.PASSWORD_HASHERS]
    if not hasattr(config, "workerinput"):
        config.stash[server.OFFER] = server.Offer.open(SHARED)


def pytest_unconfigure(config: pytest.Config) -> None:
    if server.OFFER in config.stash:
        config.stash[server.OFFER].close()


def pytest_itemcollected(item: pytest.Item) -> None:
    fixtures = set(getattr(item, "fixturenames", ()))
    if fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
        item.add_marker("database")


@pytest.fixture(autouse=True)
def _nothing_stays_from_the_test_before():
    """Let no test speak the language of another's last page, nor read another's company."""
    yield
    translation.deactivate()
    for kept in ("upline.commissions.resident", "upline.network.resident"):
        if kept in sys.modules:
            sys.modules[kept].clear()
    # Numbers of plan versions are those of one database, and tests have several.
    seeing = sys.modules.get("upline.commissions.queries.seeing")
    if seeing is not None:
        seeing.words_of.cache_clear()


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """The address of the server of this run, shared by all its workers."""
    try:
        return server.wanted()
    except server.NotStarted as refused:
        said = f"No test server: {refused}"
    # The run ends in order: a worker that left by itself would crash the one who leads it.
    request.session.shouldstop = said
    return pytest.fail(said, pytrace=False)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres_url: str, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    from django.db import connections

    from upline.config.settings import database

    address = database(postgres_url)
    default = connections.databases["default"]
    default.update(
        {name: address[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    )


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """Give each worker a database of its own, copied from the one that the first worker migrates."""
    from django.db import connection

    name = connection.creation._get_test_db_name()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patched:
        server.copy_of_the_template(name)
        connection.close()
        connection.settings_dict["NAME"] = name
        patched.setattr(TransactionTestCase, "_fixture_teardown", server.emptied)
        yield
    with django_db_blocker.unblock():
        connection.close()
        server.drop(name)


@pytest.fixture(scope="module")
def kept_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep what fixtures of a module write until its last test; each test takes back its own.

    For a company that takes long to make and that tests only read or change for themselves. A test
    that commits (`transaction=True`) has no place in such a module.
    """
    from django.db import transaction

    with django_db_blocker.unblock():
        around = transaction.atomic()
        # As Django marks that of a test case, so that services may begin what must be outermost.
        around._from_testcase = True
        with around:
            yield
            transaction.set_rollback(True)


@pytest.fixture
def other_connection(transactional_db):
    """Ask the test database over a second connection: a query and its values, the first answer."""
    import psycopg
    from django.db import connection

    parameters = connection.get_connection_params()
    for ours in ("cursor_factory", "context"):
        parameters.pop(ours, None)
    with psycopg.connect(**parameters, autocommit=True) as other:

        def ask(query, *values):
            found = other.execute(query, values)
            return found.fetchone()[0] if found.description else None

        yield ask


@pytest.fixture
def database_url(transactional_db) -> str:
    """The address of the test database, for programs that a test starts."""
    from urllib.parse import quote, urlencode

    from django.db import connection

    found = connection.settings_dict
    login = ":".join(quote(found[part], safe="") for part in ("USER", "PASSWORD"))
    where = {"host": found["HOST"], **({"port": found["PORT"]} if found["PORT"] else {})}
    return f"postgresql://{login}@/{found['NAME']}?{urlencode(where)}"
