"""Kazakh: the year comes first. Django has no module for it."""

from upline.config.formats.continental import *  # noqa: F403 - Django asks for the names here

DATE_FORMAT = "Y ж. j E"
DATETIME_FORMAT = "Y ж. j E, H:i"
YEAR_MONTH_FORMAT = "Y ж. F"
MONTH_DAY_FORMAT = "j E"
