"""What is done in commissions: each act repeatable, each change of a period one transaction."""

from upline.commissions.adjusting import adjust_periods
from upline.commissions.calendars import open_calendar
from upline.commissions.computing import compute_period
from upline.commissions.correcting import PayDraft, VolumeDraft, enter_pay, enter_volume
from upline.commissions.correction_booking import approve_corrections, reject_corrections
from upline.commissions.correction_tables import enter_pay_table, enter_volume_table
from upline.commissions.facts import record_volume
from upline.commissions.freezing import freeze_period
from upline.commissions.posting import approve_period, post_period, seal_period
from upline.commissions.remarks import write_remark
from upline.commissions.reopening import reopen_period
from upline.commissions.requesting import (
    request_adjusting,
    request_close,
    request_posting,
    request_settling,
)
from upline.commissions.scheduling import set_closing_rule, stop_closing
from upline.commissions.settling import (
    approve_adjustment,
    discard_adjustment,
    post_adjustment,
)
from upline.commissions.standing import (
    agree_standing,
    cover_period,
    end_standing,
    propose_standing,
)

__all__ = [
    "PayDraft",
    "VolumeDraft",
    "adjust_periods",
    "agree_standing",
    "approve_adjustment",
    "approve_corrections",
    "approve_period",
    "compute_period",
    "cover_period",
    "discard_adjustment",
    "end_standing",
    "enter_pay",
    "enter_pay_table",
    "enter_volume",
    "enter_volume_table",
    "freeze_period",
    "open_calendar",
    "post_adjustment",
    "post_period",
    "propose_standing",
    "record_volume",
    "reject_corrections",
    "reopen_period",
    "request_adjusting",
    "request_close",
    "request_posting",
    "request_settling",
    "seal_period",
    "set_closing_rule",
    "stop_closing",
    "write_remark",
]
