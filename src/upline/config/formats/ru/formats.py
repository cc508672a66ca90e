"""Russian."""

from upline.config.formats.continental import *  # noqa: F403 - Django asks for the names here

DATE_FORMAT = "j E Y г."
DATETIME_FORMAT = "j E Y г., H:i"
YEAR_MONTH_FORMAT = "F Y г."
MONTH_DAY_FORMAT = "j E"
