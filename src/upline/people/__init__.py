"""Persons, their logins and their roles."""
