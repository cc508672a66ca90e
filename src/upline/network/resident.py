"""The genealogy that a process keeps: read once, asked about by one query, replaced behind the scenes.

Small companies are read anew at once. Where reading takes long, the present one answers until
another thread has read the next; a page is then older than the truth by seconds, never half new.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from django.db import connection

from upline.foundation import changes, clock
from upline.foundation.copying import copy_out
from upline.network import history
from upline.network.genealogy import Genealogy, laid_out

TOPIC = "network"
# So many are read while the caller waits: it takes less than a tenth of a second.
FEW = 5_000
# Reading may take at most a tenth of the time of a core.
REST = 10

_TYPES = {
    "id": pa.int64(),
    "code": pa.string(),
    "sponsor": pa.int64(),
    "joined": pa.date32(),
    "status": pa.string(),
    "country": pa.string(),
    "person": pa.int64(),
    "given_name": pa.string(),
    "family_name": pa.string(),
    "search": pa.string(),
    "cyrillic_first": pa.string(),
    "latin_first": pa.string(),
}
# A person known twice is read as the one kept.
_ROWS = """
SELECT m.id, m.code, m.sponsor_id, m.joined_on, m.status, m.country, p.id, p.given_name,
    p.family_name, p.search_key, p.sort_cyrillic_first, p.sort_latin_first
FROM network_member m
LEFT JOIN network_holder h ON h.member_id = m.id AND h.place = 1 AND h.span @> %s::date
LEFT JOIN people_person d ON d.id = h.person_id
LEFT JOIN people_person p ON p.id = coalesce(d.merged_into_id, d.id)
ORDER BY m.number
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    genealogy: Genealogy
    sight: changes.Sight
    seconds: float
    read_at: float
    database: str
    zone: str
    day: date

    @property
    def is_of_today(self) -> bool:
        """Say whether it was read from this database, on this day of the company."""
        return self.database == _database() and self.day == clock.today(self.zone)


_lock = threading.Lock()
_kept: _Kept | None = None
_reader: threading.Thread | None = None


def present() -> Genealogy:
    """Give everybody of today; one query asks whether what is kept is still true."""
    kept = _kept
    if kept is None or not kept.is_of_today:
        return _read_in_turn()
    if not changes.is_changed(TOPIC, since=kept.sight):
        return kept.genealogy
    if len(kept.genealogy) <= FEW or connection.in_atomic_block:
        return _read_in_turn()
    _read_behind(kept)
    return kept.genealogy


def fresh() -> Genealogy:
    """Give everybody of this moment, however long it takes: for who has only just joined."""
    kept = _kept
    if kept is not None and kept.is_of_today and not changes.is_changed(TOPIC, since=kept.sight):
        return kept.genealogy
    return _read_in_turn()


def warm_in_background() -> None:
    """Begin to read in a thread, as a site does when it starts; what fails is logged."""
    threading.Thread(target=_read_and_leave, name="network-reader", daemon=True).start()


def clear() -> None:
    """Forget what is kept, as a test does between companies."""
    global _kept  # noqa: PLW0603 - one a process, swapped whole
    _kept = None


def _read_in_turn() -> Genealogy:
    """Read, or take what another thread has read meanwhile."""
    before = _kept
    with _lock:
        kept = _kept
        if (
            kept is not None
            and kept is not before
            and kept.is_of_today
            and not changes.is_changed(TOPIC, since=kept.sight)
        ):
            return kept.genealogy
        return _read()


def _read() -> Genealogy:
    global _kept  # noqa: PLW0603 - one a process, swapped whole
    started = time.monotonic()
    sight = changes.sight(TOPIC)
    zone = history.zone()
    day = clock.today(zone)
    genealogy = laid_out(copy_out(_ROWS, _TYPES, [day])).warm()
    ended = time.monotonic()
    # What only this transaction sees is for it alone.
    if not sight.is_private:
        _kept = _Kept(
            genealogy=genealogy,
            sight=sight,
            seconds=ended - started,
            read_at=ended,
            database=_database(),
            zone=zone,
            day=day,
        )
    return genealogy


def _read_behind(kept: _Kept) -> None:
    global _reader  # noqa: PLW0603 - one a process
    if time.monotonic() - kept.read_at < REST * kept.seconds or not _lock.acquire(blocking=False):
        return
    try:
        if _reader is None or not _reader.is_alive():
            _reader = threading.Thread(target=_read_and_leave, name="network-reader", daemon=True)
            _reader.start()
    finally:
        _lock.release()


def _read_and_leave() -> None:
    try:
        with _lock:
            _read()
    except Exception:
        # The present one goes on answering; the next page tries again.
        log.exception("network.read_failed")
    finally:
        connection.close()


def _database() -> str:
    settings = connection.settings_dict
    return f"{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
