"""The languages that Upline speaks."""

LANGUAGES = ("en", "ru", "bg", "kk", "pl")
