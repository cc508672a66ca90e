"""Polish."""

from upline.config.formats.continental import *  # noqa: F403 - Django asks for the names here

DATE_FORMAT = "j E Y"
DATETIME_FORMAT = "j E Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j E"
