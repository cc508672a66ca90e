"""A program that uses the embedded server, to be started and killed by tests.

    python postgres_program.py FOLDER SOURCE work|wait|keep

It says the server's process and address, and with `work` the number of each row whose commit the
server has confirmed.
"""

import sys
import time
from pathlib import Path

from upline.foundation import postgres

CALM = {"shared_buffers": "16MB", "max_wal_size": "64MB"}


def main(folder: str, source: str, task: str) -> None:
    binaries = postgres.find_binaries(source)  # type: ignore[arg-type]
    server = postgres.start(
        Path(folder), binaries=binaries, ends_with_parent=task != "keep", settings=CALM
    )
    say(f"{server.pid} {server.is_ours} {server.url}")
    if task == "work":
        work(server.url)
    elif task == "wait":
        time.sleep(600)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def work(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS fact (number bigint PRIMARY KEY, note text)")
        row = connection.execute("SELECT coalesce(max(number), 0) FROM fact").fetchone()
        number = row[0]
        while True:
            number += 1
            connection.execute("INSERT INTO fact VALUES (%s, repeat('x', 500))", [number])
            say(str(number))


if __name__ == "__main__":
    main(*sys.argv[1:])
