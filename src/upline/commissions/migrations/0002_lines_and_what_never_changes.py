"""The table of lines; and what is frozen or paid never changes, whoever asks."""

from django.db import migrations

from upline.foundation.schema import append_only

LINES = """
CREATE TABLE commissions_line (
    run_id bigint NOT NULL,
    number bigint NOT NULL,
    member_id bigint NOT NULL,
    bonus smallint NOT NULL,
    level integer,
    fact_id bigint,
    buyer_id bigint,
    base_billionths bigint NOT NULL,
    rate_billionths bigint NOT NULL,
    amount_units bigint NOT NULL
) PARTITION BY LIST (run_id);
CREATE INDEX commissions_line_of_member ON commissions_line (run_id, member_id);
"""
# A run writes into a table of its own, which gets its index and becomes a partition when it is full.
# The functions belong to the owner of the tables, so that site and worker need to own nothing.
PARTITIONS = """
CREATE FUNCTION commissions_begin_lines(run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE commissions_line_%s (LIKE commissions_line, CHECK (run_id = %s))', run, run
    );
    EXECUTE format('GRANT SELECT, INSERT ON commissions_line_%s TO %I', run, session_user);
END
$$;
CREATE FUNCTION commissions_end_lines(run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format('CREATE INDEX ON commissions_line_%s (run_id, member_id)', run);
    EXECUTE format(
        'ALTER TABLE commissions_line ATTACH PARTITION commissions_line_%s FOR VALUES IN (%s)',
        run, run
    );
    EXECUTE format('REVOKE INSERT ON commissions_line_%s FROM %I', run, session_user);
END
$$;
"""
NO_PARTITIONS = """
DROP FUNCTION commissions_end_lines(bigint);
DROP FUNCTION commissions_begin_lines(bigint);
"""
PERIODS = """
CREATE FUNCTION commissions_guard_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed text[];
BEGIN
    IF (NEW.calendar_id, NEW.label, NEW.starts_on, NEW.ends_on)
       IS DISTINCT FROM (OLD.calendar_id, OLD.label, OLD.starts_on, OLD.ends_on)
       OR NEW.fence < OLD.fence OR (OLD.sealed_digest <> '' AND NEW.sealed_digest <> OLD.sealed_digest)
    THEN
        RAISE EXCEPTION 'the days of a period, its fence and its seal stand'
            USING ERRCODE = 'restrict_violation';
    END IF;
    allowed := CASE OLD.state
        WHEN 'open' THEN ARRAY['frozen']
        WHEN 'frozen' THEN ARRAY['calculated', 'open']
        WHEN 'calculated' THEN ARRAY['approved', 'open']
        WHEN 'approved' THEN ARRAY['posting']
        WHEN 'posting' THEN ARRAY['posted']
        WHEN 'posted' THEN ARRAY['sealed']
        ELSE ARRAY[]::text[]
    END;
    IF NEW.state <> OLD.state AND NOT NEW.state = ANY (allowed) THEN
        RAISE EXCEPTION 'a period does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE ON commissions_period
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_period();
CREATE FUNCTION commissions_guard_frozen_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       OR (SELECT state FROM commissions_period WHERE id = OLD.period_id) <> 'open' THEN
        RAISE EXCEPTION 'what a period counts stands' USING ERRCODE = 'restrict_violation',
            HINT = 'Reopen the period, as long as it is not approved.';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON commissions_frozenfact
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_frozen_fact();
CREATE FUNCTION commissions_guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.approved_by <> ''
       OR (NEW.period_id, NEW.fence, NEW.plan_id, NEW.digest, NEW.receipt, NEW.computed_by)
          IS DISTINCT FROM
          (OLD.period_id, OLD.fence, OLD.plan_id, OLD.digest, OLD.receipt, OLD.computed_by)
    THEN
        RAISE EXCEPTION 'a run stands as it was computed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON commissions_run
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_run();
"""
NO_PERIODS = """
DROP TRIGGER guard ON commissions_run;
DROP TRIGGER guard ON commissions_frozenfact;
DROP TRIGGER guard ON commissions_period;
DROP FUNCTION commissions_guard_run();
DROP FUNCTION commissions_guard_frozen_fact();
DROP FUNCTION commissions_guard_period();
"""
NEVER_CHANGED = ("volumefact", "frozenpart", "total", "statement", "rankheld", "line")


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0001_initial"),
        ("foundation", "0001_outbox_audit_heartbeats"),
    ]

    operations = [
        migrations.RunSQL(LINES, "DROP TABLE commissions_line"),
        migrations.RunSQL(PARTITIONS, NO_PARTITIONS),
        migrations.RunSQL(PERIODS, NO_PERIODS),
        *(append_only(f"commissions_{table}") for table in NEVER_CHANGED),
    ]
