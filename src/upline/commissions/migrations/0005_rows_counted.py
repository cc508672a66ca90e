"""Counts the rows of a run as soon as it is written.

Posting reads them at once. Without this PostgreSQL would still believe that the run has none, and
join statements with totals by reading all totals for each statement.
"""

from __future__ import annotations

from django.db import migrations

_END_LINES = """
CREATE OR REPLACE FUNCTION commissions_end_lines(run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT commissions_is_being_written(run) THEN
        RAISE EXCEPTION 'run % is not being written', run USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('CREATE INDEX ON commissions_line_%s (run_id, member_id)', run);
    {count}EXECUTE format(
        'ALTER TABLE commissions_line ATTACH PARTITION commissions_line_%s FOR VALUES IN (%s)',
        run, run
    );
    EXECUTE format('REVOKE INSERT ON commissions_line_%s FROM %I', run, session_user);
    EXECUTE format(
        'CREATE TRIGGER lines_stand BEFORE INSERT ON commissions_line_%s '
        'FOR EACH STATEMENT EXECUTE FUNCTION commissions_refuse_lines()', run
    );
END
$$;
"""
_COUNT = """EXECUTE format('ANALYZE commissions_line_%s', run);
    ANALYZE commissions_statement, commissions_total, commissions_rankheld;
    """


def _ending(count: str) -> str:
    return _END_LINES.format(count=count)


class Migration(migrations.Migration):
    """Ends the writing of a run with counting its rows."""

    dependencies = [("commissions", "0004_estimates_and_progress")]

    operations = [migrations.RunSQL(_ending(_COUNT), _ending(""))]
