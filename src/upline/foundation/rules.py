"""Each right as a permission, so that `login.has_perm(right)` answers from the table of roles."""

from __future__ import annotations

import rules

from upline.foundation import access


def _permission(right: str) -> rules.Predicate:
    return rules.predicate(lambda login: access.has_right(login, right), name=right)


for _right in sorted(access.RIGHTS):
    rules.add_perm(_right, _permission(_right))
