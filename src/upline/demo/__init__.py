"""A company to look at: made up from a seed and a day, and lived through the real services."""
