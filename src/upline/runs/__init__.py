"""Runs as files: tables are read, a run is kept as a folder, and a folder is verified."""
