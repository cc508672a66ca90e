"""Versions of the marketing plan and who approved them."""
