"""The first pages of a member; statements and team have modules of their own."""

from upline.web.cabinet.home import home
from upline.web.cabinet.profile import profile

__all__ = ["home", "profile"]
