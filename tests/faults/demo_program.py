"""Loads the demo company as a program of its own, to be killed; says each step as it begins."""

from __future__ import annotations

import os
import sys
from datetime import date

MEMBERS = 60
TODAY = date(2026, 11, 22)


def main(url: str) -> None:
    os.environ.update(UPLINE_ENV="test", DATABASE_URL=url)
    from upline.foundation import start

    start.start_without_database()
    from django.conf import settings

    # A slow hash of passwords is what takes longest, and is not what is tried here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from upline.company.services import migrate
    from upline.demo.services import load_demo

    migrate()
    load_demo(members=MEMBERS, today=TODAY, say=_say)
    _say("ended")


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1])
