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
CREATE FUNCTION commissions_refuse_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the lines of a run stand as they were written'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER lines_stand BEFORE INSERT ON commissions_line
    FOR EACH STATEMENT EXECUTE FUNCTION commissions_refuse_lines();
"""
NO_LINES = """
DROP TABLE commissions_line;
DROP FUNCTION commissions_refuse_lines();
"""
# A run may be written only as long as its period is frozen for it: neither begun anew meanwhile,
# nor calculated already.
IS_BEING_WRITTEN = """
CREATE FUNCTION commissions_is_being_written(run bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = public, pg_temp AS $$
SELECT EXISTS (
    SELECT FROM commissions_run AS this JOIN commissions_period AS period
        ON period.id = this.period_id AND period.fence = this.fence
    WHERE this.id = run AND period.state = 'frozen'
)
$$;
"""
# A run writes into a table of its own, which gets its index and becomes a partition when it is full.
# The functions belong to the owner of the tables, so that site and worker need to own nothing; who
# may call them is granted, and no table of the caller stands in the way of ours.
PARTITIONS = """
CREATE FUNCTION commissions_begin_lines(run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT commissions_is_being_written(run) THEN
        RAISE EXCEPTION 'run % is not being written', run USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format(
        'CREATE TABLE commissions_line_%s (LIKE commissions_line, CHECK (run_id = %s))', run, run
    );
    EXECUTE format('ALTER TABLE commissions_line_%s ALTER run_id SET DEFAULT %s', run, run);
    EXECUTE format('GRANT SELECT, INSERT ON commissions_line_%s TO %I', run, session_user);
END
$$;
CREATE FUNCTION commissions_end_lines(run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT commissions_is_being_written(run) THEN
        RAISE EXCEPTION 'run % is not being written', run USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('CREATE INDEX ON commissions_line_%s (run_id, member_id)', run);
    EXECUTE format(
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
REVOKE EXECUTE ON FUNCTION commissions_begin_lines(bigint) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION commissions_end_lines(bigint) FROM PUBLIC;
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
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'periods stand' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NEW.fence <> 0 THEN
            RAISE EXCEPTION 'a period begins open' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.calendar_id, NEW.label, NEW.starts_on, NEW.ends_on)
       IS DISTINCT FROM (OLD.calendar_id, OLD.label, OLD.starts_on, OLD.ends_on)
       OR NEW.fence <> OLD.fence + (OLD.state = 'open' AND NEW.state = 'frozen')::integer
       OR (OLD.sealed_digest <> '' AND NEW.sealed_digest <> OLD.sealed_digest)
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
    IF NEW.state = 'open' AND OLD.state <> 'open' AND NOT EXISTS (
        SELECT FROM commissions_reopening
        WHERE period_id = OLD.id AND fence = OLD.fence AND agreed_by <> ''
    ) THEN
        RAISE EXCEPTION 'a period does not go from % to open by one person', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('calculated', 'approved') AND NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM commissions_run WHERE period_id = OLD.id AND fence = OLD.fence
            AND (NEW.state = 'calculated' OR approved_by <> '')
    ) THEN
        RAISE EXCEPTION 'a period does not go from % to % without its run', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON commissions_period
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_period();
"""
NO_PERIODS = """
DROP TRIGGER guard ON commissions_period;
DROP FUNCTION commissions_guard_period();
"""
# What a period counts is written before what it was frozen with, and nothing after: a fact put in
# later would be counted by nobody.
FROZEN = """
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
CREATE FUNCTION commissions_guard_counting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT period_id FROM added) AS counting
        JOIN commissions_period AS period ON period.id = counting.period_id
        WHERE period.state <> 'frozen' OR EXISTS (
            SELECT FROM commissions_frozenpart AS part
            WHERE part.period_id = period.id AND part.fence = period.fence
        )
    ) THEN
        RAISE EXCEPTION 'what a period counts stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER guard_counting AFTER INSERT ON commissions_frozenfact
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION commissions_guard_counting();
CREATE FUNCTION commissions_guard_frozen_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commissions_period
        WHERE id = NEW.period_id AND fence = NEW.fence AND state = 'frozen'
    ) OR (
        -- The plan is kept last; after it only a run that is being written adds what it leaves.
        EXISTS (
            SELECT FROM commissions_frozenpart
            WHERE period_id = NEW.period_id AND fence = NEW.fence AND "table" = 'plan'
        )
        AND NOT EXISTS (
            SELECT FROM commissions_run WHERE period_id = NEW.period_id AND fence = NEW.fence
        )
    ) THEN
        RAISE EXCEPTION 'what a period was frozen with stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT ON commissions_frozenpart
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_frozen_part();
"""
NOT_FROZEN = """
DROP TRIGGER guard ON commissions_frozenpart;
DROP FUNCTION commissions_guard_frozen_part();
DROP TRIGGER guard_counting ON commissions_frozenfact;
DROP FUNCTION commissions_guard_counting();
DROP TRIGGER guard ON commissions_frozenfact;
DROP FUNCTION commissions_guard_frozen_fact();
"""
RUNS = """
CREATE FUNCTION commissions_guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.approved_by <> '' OR NOT EXISTS (
            SELECT FROM commissions_period
            WHERE id = NEW.period_id AND fence = NEW.fence AND state = 'frozen'
        ) THEN
            RAISE EXCEPTION 'a run belongs to a frozen period' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.approved_by <> ''
       OR (to_jsonb(NEW) - 'approved_by' - 'approved_at')
          IS DISTINCT FROM (to_jsonb(OLD) - 'approved_by' - 'approved_at')
    THEN
        RAISE EXCEPTION 'a run stands as it was computed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON commissions_run
    FOR EACH ROW EXECUTE FUNCTION commissions_guard_run();
CREATE FUNCTION commissions_guard_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT run_id FROM added) AS written
        WHERE NOT commissions_is_being_written(written.run_id)
    ) THEN
        RAISE EXCEPTION 'what a run gave stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
"""
NO_RUNS = """
DROP FUNCTION commissions_guard_outcome();
DROP TRIGGER guard ON commissions_run;
DROP FUNCTION commissions_guard_run();
"""
OUTCOME = """
CREATE TRIGGER guard_outcome AFTER INSERT ON commissions_{table}
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION commissions_guard_outcome()
"""
NO_OUTCOME = "DROP TRIGGER guard_outcome ON commissions_{table}"
OUTCOMES = ("statement", "total", "rankheld")
NEVER_CHANGED = ("calendar", "volumefact", "frozenpart", *OUTCOMES, "line")


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0001_initial"),
        ("foundation", "0001_outbox_audit_heartbeats"),
    ]

    operations = [
        migrations.RunSQL(LINES, NO_LINES),
        migrations.RunSQL(IS_BEING_WRITTEN, "DROP FUNCTION commissions_is_being_written(bigint)"),
        migrations.RunSQL(PARTITIONS, NO_PARTITIONS),
        migrations.RunSQL(PERIODS, NO_PERIODS),
        migrations.RunSQL(FROZEN, NOT_FROZEN),
        migrations.RunSQL(RUNS, NO_RUNS),
        *(
            migrations.RunSQL(OUTCOME.format(table=table), NO_OUTCOME.format(table=table))
            for table in OUTCOMES
        ),
        *(append_only(f"commissions_{table}") for table in NEVER_CHANGED),
    ]
