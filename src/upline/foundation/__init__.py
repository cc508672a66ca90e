"""What every app stands on: clock, ids, errors, outbox, audit, locks, secrets, roles."""
