"""The site as a program: it answers, stops when told, dies whole, and says why it does not start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.server import free_port

pytestmark = pytest.mark.django_db(transaction=True)

UPLINE = Path(sys.executable).with_name("upline")


@pytest.fixture
def environ(database_url, tmp_path):
    return {
        **os.environ,
        "UPLINE_ENV": "development",
        "DATABASE_URL": database_url,
        "UPLINE_HOME": str(tmp_path),
    }


@pytest.fixture
def start(environ, tmp_path):
    started = []

    def begin(port):
        log = tmp_path / "site.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [UPLINE, "site", "--port", str(port), "--workers", "1"], env=environ, stderr=output
            )
        process.log = log
        started.append(process)
        wait_until(lambda: answers(port), process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_until(condition, process=None, seconds=90.0):
    end = time.monotonic() + seconds
    while not condition():
        if process is not None:
            assert process.poll() is None, process.log.read_text()
        assert time.monotonic() < end
        time.sleep(0.1)


def answers(port, path="/health/live"):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.read()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return b""


def run(environ, *arguments, **more):
    return subprocess.run(
        [UPLINE, "site", *arguments],
        env=environ | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_site_answers_with_pages_and_styles_and_stops_when_told(start, environ):
    port = free_port()
    process = start(port)

    page = answers(port, "/accounts/login/")
    style = answers(port, "/static/upline/upline.css")
    taken = run(environ, "--port", str(port))
    process.send_signal(signal.SIGTERM)

    assert b"<h1" in page
    assert len(style) > 10_000
    assert taken.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken" in taken.stderr
    assert process.wait(timeout=30) == 0
    lines = [json.loads(line) for line in process.log.read_text().splitlines()]
    assert [one["route"] for one in lines if one["event"] == "request"][-1] == "accounts/login/"


def test_killed_it_leaves_no_process_at_its_port(start):
    port = free_port()
    process = start(port)

    process.kill()

    wait_until(lambda: not answers(port), seconds=30)
    start(port)


def test_a_demo_answers_on_this_machine_alone(environ):
    ran = run(environ, "--host", "0.0.0.0", UPLINE_DEMO="1")  # noqa: S104 - to be refused

    assert ran.returncode == 1
    assert "passwords are public, so it does not answer at 0.0.0.0" in ran.stderr
