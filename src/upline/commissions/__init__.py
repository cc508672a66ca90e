"""Volume facts, period close, lines and statements."""
