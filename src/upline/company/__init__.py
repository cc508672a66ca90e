"""A company's beginning: its set-up, and the files that it brings along."""
