"""The `upline` command."""
