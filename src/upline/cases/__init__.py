"""Golden cases: people, orders and the pay expected of a plan, in files that a designer can read."""

from upline.cases.case import Case, CaseRefused, Expectation, Outcome, Report
from upline.cases.find import find_cases
from upline.cases.read import load_case
from upline.cases.run import results_of, run_case

__all__ = [
    "Case",
    "CaseRefused",
    "Expectation",
    "Outcome",
    "Report",
    "find_cases",
    "load_case",
    "results_of",
    "run_case",
]
