"""Accounts, journals and entries: the only place where money is recorded."""
