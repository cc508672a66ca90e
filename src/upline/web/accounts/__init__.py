"""Signing in, sessions, passwords, languages and the landing page."""
