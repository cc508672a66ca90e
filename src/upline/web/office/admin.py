"""The tables that the office shows; each module is imported for what it registers."""
