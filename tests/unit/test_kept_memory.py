"""A command that computes once keeps freed memory, and leaves the process as it found it."""

from __future__ import annotations

import gc

import pyarrow as pa
import pytest

from upline.cli.memory import kept_memory


def test_memory_is_treated_as_before_once_a_command_is_over() -> None:
    pool = pa.default_memory_pool().backend_name

    with kept_memory():
        assert not gc.isenabled()
        assert pa.default_memory_pool().backend_name == "system"

    assert gc.isenabled()
    assert pa.default_memory_pool().backend_name == pool


def test_memory_is_treated_as_before_once_a_command_has_failed() -> None:
    with pytest.raises(KeyError), kept_memory():
        raise KeyError

    assert gc.isenabled()
