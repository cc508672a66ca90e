"""Errors, ids, the clock and the settings of the environment."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from hypothesis import given
from hypothesis import strategies as st

import upline
from upline.foundation import clock, environment, errors, ids

ROOT = Path(__file__).parents[2]


class GoodsGone(errors.DomainError):
    """For these tests."""

    code = "tests.goods_gone"
    text = "%(product)s is gone: %(left)s left."
    remedy = "Order %(product)s again."


def test_a_refusal_says_problem_and_remedy_and_keeps_its_facts():
    refused = GoodsGone(product="Tea", left=10**18)

    assert str(refused) == (
        "Tea is gone: 1000000000000000000 left. Order Tea again. [tests.goods_gone]"
    )
    assert refused.as_json() == {
        "code": "tests.goods_gone",
        "problem": "Tea is gone: 1000000000000000000 left.",
        "remedy": "Order Tea again.",
        "facts": {"product": "Tea", "left": "1000000000000000000"},
    }


def every_refusal():
    for module in walk_packages(upline.__path__, "upline."):
        if module.name.rpartition(".")[2] == "errors" or ".foundation." in module.name:
            import_module(module.name)
    return [kind for kind in errors.every_kind() if kind.__module__.startswith("upline.")]


def test_every_refusal_has_a_code_of_its_own_a_text_and_a_remedy():
    kinds = every_refusal()
    codes = [kind.code for kind in kinds]

    assert len(kinds) > 10
    assert sorted(codes) == sorted(set(codes))
    for kind in kinds:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", kind.code), kind
        assert not kind.__name__.endswith("Error"), kind
    without_words = [kind for kind in kinds if not kind.text or not kind.remedy]
    # The common ancestor of a family carries its code alone.
    assert [kind for kind in without_words if not kind.__subclasses__()] == []


def test_ids_are_in_the_order_of_their_making_and_of_version_seven():
    with clock.stopped_at(datetime(2026, 11, 1, tzinfo=UTC)):
        earlier = ids.uuid7()
    with clock.stopped_at(datetime(2026, 11, 1, 0, 0, 0, 1000, tzinfo=UTC)):
        later = ids.uuid7()

    assert earlier < later
    assert (earlier.version, earlier.variant) == (7, "specified in RFC 4122")
    assert earlier.int >> 80 == 1_793_491_200_000


CODES = st.text(ids.ALPHABET, min_size=3, max_size=15)


@given(CODES)
def test_a_code_is_read_however_it_is_typed(body):
    code = body + ids.check_character(body)

    assert ids.read_code(code) == code
    assert (
        ids.read_code(f" {code[:2].lower()}-{code[2:].replace('0', 'o').replace('1', 'l')} ")
        == code
    )


@given(CODES, st.integers(min_value=0), st.sampled_from(ids.ALPHABET))
def test_one_wrong_letter_is_always_found(body, place, letter):
    code = body + ids.check_character(body)
    place %= len(code)
    wrong = code[:place] + letter + code[place + 1 :]

    if wrong != code:
        with pytest.raises(ids.CodeMistyped):
            ids.read_code(wrong)


def test_new_codes_fit_their_check_character_and_differ():
    made = {ids.new_code() for _ in range(1000)}

    assert len(made) == 1000
    assert {ids.read_code(code) for code in made} == made


@pytest.mark.parametrize("typed", ["", "7", "7k2q-09!", "Ж" * 8])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(ids.CodeMistyped):
        ids.read_code(typed)


def test_the_day_is_that_of_the_company():
    with clock.stopped_at(datetime(2026, 10, 31, 20, tzinfo=UTC)):
        assert clock.today("Asia/Almaty") == date(2026, 11, 1)
        assert clock.today("Europe/Warsaw") == date(2026, 10, 31)
    with pytest.raises(ValueError, match="time zone"), clock.stopped_at(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_only_the_clock_reads_the_time():
    reads = re.compile(r"timezone\.now\(|datetime\.(?:utc)?now\(|date\.today\(|time\.time\(")
    platform = (
        *("foundation", "people", "ledger", "catalog", "network", "orders"),
        *("plans", "commissions", "config", "http"),
    )

    found = [
        str(path.relative_to(ROOT))
        for app in platform
        for path in (ROOT / "src/upline" / app).rglob("*.py")
        if reads.search(path.read_text(encoding="utf-8"))
    ]

    assert found == ["src/upline/foundation/clock.py"]


GOOD = {
    "UPLINE_ENV": "production",
    "DATABASE_URL": "postgresql://upline@db/upline",
    "UPLINE_SECRET_KEY": "s" * 50,
    "UPLINE_HOSTS": "shop.example.com, example.com",
    "UPLINE_ENCRYPTION_KEYS": "2026:key",
    "UPLINE_INDEX_KEY": "key",
    "UPLINE_MAIL_URL": "smtp://upline:word@mail.example.com:587",
    "UPLINE_MAIL_FROM": "hello@example.com",
}


def test_production_starts_with_all_settings():
    found = environment.read(GOOD)

    assert found.hosts == ("shop.example.com", "example.com")
    assert found.stage == "production"


def test_production_names_every_missing_setting_at_once():
    with pytest.raises(environment.SettingsRefused) as refused:
        environment.read({"UPLINE_ENV": "production"})

    missing = re.findall(r"- (\w+) is missing", str(refused.value))
    assert sorted(missing) == sorted(set(GOOD) - {"UPLINE_ENV"})


def test_production_names_every_wrong_setting_at_once():
    key, encryption, index = environment.OPEN_SECRETS
    wrong = {
        "UPLINE_ENV": "production",
        "DATABASE_URL": "mysql://db",
        "UPLINE_SECRET_KEY": key,
        "UPLINE_HOSTS": "*",
        "UPLINE_ENCRYPTION_KEYS": encryption,
        "UPLINE_INDEX_KEY": index,
        "UPLINE_LOG_LEVEL": "loud",
        "UPLINE_MAIL_URL": "http://mail",
        "UPLINE_MAIL_FROM": "nobody",
    }

    with pytest.raises(environment.SettingsRefused) as refused:
        environment.read(wrong)

    named = re.findall(r"^- (\w+)", str(refused.value), flags=re.MULTILINE)
    assert sorted(named) == sorted(set(wrong) - {"UPLINE_ENV"})
    assert "mysql" not in str(refused.value)


def test_development_starts_with_nothing_and_an_unknown_stage_does_not():
    assert environment.read({}).stage == "development"
    with pytest.raises(environment.SettingsRefused, match="'staging'"):
        environment.read({"UPLINE_ENV": "staging"})


def test_a_command_refuses_in_production_with_the_list_and_no_traceback(tmp_path):
    run = subprocess.run(
        [Path(sys.executable).with_name("upline"), "manage", "migrate"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"UPLINE_ENV": "production"},
    )

    assert run.returncode == 1
    assert run.stderr.count(" is missing. ") == len(GOOD) - 1
    assert "Traceback" not in run.stderr


def test_the_engine_and_its_commands_do_without_django():
    program = (
        "import sys; sys.modules['django'] = None; sys.modules['psycopg'] = None;"
        "import upline.compensation, upline.cases, upline.runs, upline.generate, upline.money;"
        "from upline.cli.main import main, COMMANDS, CommandsByName;"
        "[main.get_command(None, name) for name in COMMANDS]"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
