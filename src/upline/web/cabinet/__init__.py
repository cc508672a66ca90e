"""The screens of a member."""
