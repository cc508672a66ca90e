"""How Django writes and reads days and numbers in each language, in place of its own modules.

Forms accept only what cannot be misread: years of four figures, days first with points, or
2026-11-05. A slash means another sequence to half of our readers, so that nothing with a slash is
read here, and numbers are grouped by a blank that cannot be broken, never by a comma or a point.
"""
