"""The template tags of the office."""
