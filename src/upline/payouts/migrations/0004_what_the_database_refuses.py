"""What payouts refuse whoever writes: states out of turn, changed figures, money not set aside."""

from __future__ import annotations

from django.db import migrations

from upline.foundation.schema import append_only

# An account says what it says; a later one waits 72 hours. Sealed columns are written anew when keys
# are rotated, so it is the blind index that tells an exchanged account.
METHODS = """
CREATE FUNCTION payouts_guard_method() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'methods stand: end one instead' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.usable_from < NEW.added_at + interval '72 hours'
           AND EXISTS (SELECT FROM payouts_method WHERE member_id = NEW.member_id) THEN
            RAISE EXCEPTION 'a changed account waits 72 hours'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_by)
           IS DISTINCT FROM (OLD.ended_at, OLD.ended_by)
       OR (to_jsonb(NEW) - ARRAY['holder', 'details', 'ended_at', 'ended_by'])
          IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['holder', 'details', 'ended_at', 'ended_by'])
    THEN
        RAISE EXCEPTION 'what a method says never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON payouts_method
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_method();
"""

BATCHES = """
CREATE FUNCTION payouts_guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'batches stand' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' THEN
            RAISE EXCEPTION 'a batch is prepared first' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'prepared' OR NEW.state = 'prepared'
       OR (to_jsonb(NEW) - ARRAY['state', 'digest', 'decided_by', 'decided_at'])
          IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'digest', 'decided_by', 'decided_at'])
    THEN
        RAISE EXCEPTION 'a batch is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON payouts_batch
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_batch();
"""

PAYOUTS = """
CREATE FUNCTION payouts_guard_payout() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed text[];
    moving text[] := ARRAY['state', 'held_for', 'state_at', 'state_by', 'state_reason', 'batch_id',
                           'key', 'provider', 'provider_reference', 'asked_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'payouts stand' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('draft', 'held') OR NEW.batch_id IS NOT NULL THEN
            RAISE EXCEPTION 'a payout begins as a draft' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM payouts_method WHERE id = NEW.method_id
                       AND member_id = NEW.member_id AND currency = NEW.currency) THEN
            RAISE EXCEPTION 'a payout goes to an account of its member in its currency'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
        RAISE EXCEPTION 'what a payout says never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.key <> '' AND (NEW.key, NEW.provider) IS DISTINCT FROM (OLD.key, OLD.provider) THEN
        RAISE EXCEPTION 'a payout has one key' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IS DISTINCT FROM OLD.state THEN
        allowed := CASE OLD.state
            WHEN 'draft' THEN ARRAY['held', 'approved', 'cancelled']
            WHEN 'held' THEN ARRAY['draft', 'cancelled']
            WHEN 'approved' THEN ARRAY['queued', 'draft', 'held']
            WHEN 'queued' THEN ARRAY['submitted', 'draft', 'held']
            WHEN 'submitted' THEN ARRAY['paid', 'failed', 'returned', 'unknown']
            WHEN 'unknown' THEN ARRAY['submitted', 'paid', 'failed', 'returned']
            WHEN 'paid' THEN ARRAY['returned']
            ELSE ARRAY[]::text[]
        END;
        IF NOT NEW.state = ANY (allowed) THEN
            RAISE EXCEPTION 'a payout does not go from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payouts_payout_turn';
        END IF;
    END IF;
    IF NEW.batch_id IS DISTINCT FROM OLD.batch_id AND NOT (
        (NEW.batch_id IS NULL AND NEW.state IN ('draft', 'held', 'cancelled'))
        OR (OLD.batch_id IS NULL AND OLD.state = 'draft' AND NEW.state = 'draft'
            AND (SELECT state FROM payouts_batch WHERE id = NEW.batch_id) = 'prepared')
    ) THEN
        RAISE EXCEPTION 'a payout joins a prepared batch and leaves it as a draft'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('held', 'cancelled') AND NEW.batch_id IS NOT NULL THEN
        RAISE EXCEPTION 'what is held or cancelled is in no batch'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'approved' AND OLD.state = 'draft'
       AND (SELECT state FROM payouts_batch WHERE id = NEW.batch_id) <> 'approved' THEN
        RAISE EXCEPTION 'a payout is approved with its batch' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'submitted' AND OLD.state = 'queued' THEN
        IF EXISTS (SELECT FROM payouts_stop WHERE lifted_by = '') THEN
            RAISE EXCEPTION 'payouts are stopped'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payouts_stopped';
        END IF;
        IF NOT EXISTS (SELECT FROM payouts_method WHERE id = NEW.method_id
                       AND ended_at IS NULL AND usable_from <= NEW.state_at) THEN
            RAISE EXCEPTION 'the account is not to be paid to'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payouts_method_not_usable';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON payouts_payout
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_payout();

CREATE FUNCTION payouts_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.state, OLD.held_for) IS NOT DISTINCT FROM (NEW.state, NEW.held_for)
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO payouts_step (payout_id, before, state, held_for, at, by, reason)
    VALUES (NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD.state ELSE '' END, NEW.state, NEW.held_for,
            NEW.state_at, NEW.state_by, NEW.state_reason);
    RETURN NULL;
END
$$;
CREATE TRIGGER steps AFTER INSERT OR UPDATE ON payouts_payout
    FOR EACH ROW EXECUTE FUNCTION payouts_keep_step();

CREATE FUNCTION payouts_guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a step is written with its payout' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER with_payout BEFORE INSERT ON payouts_step
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_step();
"""

# At the end of a transaction what is set aside for a wallet is what its open payouts take. Whoever
# posts to a wallet holds its balance until he commits, so two see each other.
SET_ASIDE = """
CREATE FUNCTION payouts_check_set_aside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    kept bigint;
    whose text;
BEGIN
    SELECT member.code INTO whose FROM network_member AS member WHERE member.id = NEW.member_id;
    SELECT coalesce(sum(amount_minor), 0) INTO wanted FROM payouts_payout
    WHERE member_id = NEW.member_id AND currency = NEW.currency
      AND state IN ('draft', 'held', 'approved', 'queued', 'submitted', 'unknown');
    SELECT coalesce(-sum(balance.balance_minor), 0) INTO kept
    FROM ledger_account AS account JOIN ledger_balance AS balance ON balance.account_id = account.id
    WHERE account.code = 'wallet:reserved:' || whose AND account.currency = NEW.currency;
    IF wanted <> kept THEN
        RAISE EXCEPTION 'wallet:reserved:% holds % % where open payouts take %',
            whose, kept, NEW.currency, wanted
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payouts_set_aside';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER set_aside AFTER INSERT OR UPDATE OF state ON payouts_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_check_set_aside();
"""

# A function that a trigger calls finds our tables, whatever path the session has.
FIXED_PATHS = """
DO $$
DECLARE
    named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['payouts_guard_method', 'payouts_guard_batch',
        'payouts_guard_payout', 'payouts_keep_step', 'payouts_guard_step',
        'payouts_check_set_aside']
    LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp',
                       named, current_schema());
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0003_methods_and_payouts"),
    ]

    operations = [
        migrations.RunSQL(METHODS, "DROP FUNCTION payouts_guard_method() CASCADE"),
        migrations.RunSQL(BATCHES, "DROP FUNCTION payouts_guard_batch() CASCADE"),
        migrations.RunSQL(
            PAYOUTS,
            "DROP FUNCTION payouts_guard_payout() CASCADE;"
            "DROP FUNCTION payouts_keep_step() CASCADE;"
            "DROP FUNCTION payouts_guard_step() CASCADE",
        ),
        migrations.RunSQL(SET_ASIDE, "DROP FUNCTION payouts_check_set_aside() CASCADE"),
        migrations.RunSQL(FIXED_PATHS, migrations.RunSQL.noop),
        append_only("payouts_identityreview"),
        append_only("payouts_step"),
        append_only("payouts_message"),
    ]
