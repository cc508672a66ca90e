"""What the database refuses by itself, whoever writes.

A journal and its entries are inserted by one statement; the triggers look at all its rows at once,
so that a journal of three entries and a chunk of a hundred thousand cost the same for each.
"""

from django.db import migrations

from upline.foundation.schema import append_only

TEXTS = """
ALTER TABLE ledger_journal
    ADD CONSTRAINT ledger_journal_digest_whole CHECK (length(digest) = 32),
    -- Lines and separators of the text that is hashed are told apart by it.
    ADD CONSTRAINT ledger_journal_one_line_texts
        CHECK (strpos(key || kind || reference || memo, chr(10)) = 0),
    ADD CONSTRAINT ledger_journal_not_itself CHECK (reverses_id <> id);
-- Balances are updated all the time: room on their pages keeps that from touching the index.
ALTER TABLE ledger_balance SET (fillfactor = 60);
"""
NO_TEXTS = """
ALTER TABLE ledger_balance RESET (fillfactor);
ALTER TABLE ledger_journal
    DROP CONSTRAINT ledger_journal_not_itself,
    DROP CONSTRAINT ledger_journal_one_line_texts,
    DROP CONSTRAINT ledger_journal_digest_whole;
"""

# An entry's journal and account are looked up here, all at once; as foreign keys, looked up row by
# row, they took a third of the time of posting. Neither is ever deleted.
#
# PL/pgSQL keeps the first plan of a session. One made for two rows or for an empty table would be
# ruinous for a hundred thousand, or the other way round, so lookups go by index whatever the size.
ENTRIES_ADDED = """
CREATE FUNCTION ledger_entries_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    wrong record;
BEGIN
    SELECT journal_id INTO wrong
    FROM (
        SELECT journal_id, count(*) AS lines, min(line) AS first_line, max(line) AS last_line,
               min(effective_on) AS first_day, max(effective_on) AS last_day
        FROM added GROUP BY journal_id
    ) AS whole
    WHERE first_line <> 1 OR last_line <> lines OR first_day <> last_day
       OR lines IS DISTINCT FROM (
            SELECT entry_count FROM ledger_journal
            WHERE id = whole.journal_id AND effective_on = whole.first_day)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'these are not all entries of journal %, or not of its day',
            wrong.journal_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_whole',
                  TABLE = 'ledger_entry',
                  HINT = 'A journal is inserted with all its entries by one statement.';
    END IF;

    SELECT journal_id, currency, sum(amount_minor) AS off_by INTO wrong
    FROM added GROUP BY journal_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % does not balance: % is off by %',
            wrong.journal_id, wrong.currency, wrong.off_by
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_balanced',
                  TABLE = 'ledger_entry';
    END IF;

    SELECT account_id, currency INTO wrong
    FROM (SELECT DISTINCT account_id, currency FROM added) AS used
    WHERE currency IS DISTINCT FROM (SELECT account.currency FROM ledger_account AS account
                                    WHERE account.id = used.account_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'account % is not there or not in %', wrong.account_id, wrong.currency
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_entry_account',
                  TABLE = 'ledger_entry';
    END IF;

    -- By key, so that two journals at once lock balances in one order.
    INSERT INTO ledger_balance AS kept (account_id, balance_minor, entry_count)
    SELECT account_id, sum(amount_minor), count(*)
    FROM added GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE
    SET balance_minor = kept.balance_minor + excluded.balance_minor,
        entry_count = kept.entry_count + excluded.entry_count;
    RETURN NULL;
END
$$;
CREATE TRIGGER added AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_added();
"""

# Who posts holds the lock of the closing together with others, who closes holds it alone: no
# journal of a closed day is committed after the closing.
JOURNALS_ADDED = """
CREATE FUNCTION ledger_journals_added() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    wrong record;
    through date;
BEGIN
    SELECT id INTO wrong FROM added
    WHERE NOT EXISTS (SELECT FROM ledger_entry WHERE journal_id = added.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % comes without its entries', wrong.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_whole',
                  TABLE = 'ledger_journal',
                  HINT = 'A journal is inserted with all its entries by one statement.';
    END IF;

    SELECT id, reverses_id INTO wrong FROM added
    WHERE reverses_id IS NOT NULL AND (
        EXISTS (
            SELECT FROM ledger_journal AS original
            WHERE original.id = added.reverses_id
              AND (original.reverses_id IS NOT NULL
                   OR original.entry_count <> added.entry_count
                   OR original.effective_on > added.effective_on))
        OR EXISTS (
            SELECT FROM ledger_entry AS given
            WHERE given.journal_id = added.id AND NOT EXISTS (
                SELECT FROM ledger_entry AS original
                WHERE original.journal_id = added.reverses_id AND original.line = given.line
                  AND original.account_id = given.account_id
                  AND original.amount_minor::numeric = -given.amount_minor::numeric)))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % does not mirror journal %', wrong.id, wrong.reverses_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_mirrored',
                  TABLE = 'ledger_journal';
    END IF;

    PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger closing', 0));
    SELECT closed_through INTO through FROM ledger_closing ORDER BY id DESC LIMIT 1;
    SELECT key, effective_on INTO wrong FROM added WHERE effective_on <= through LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % is effective on %, the books are closed through %',
            wrong.key, wrong.effective_on, through
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_day_closed',
                  TABLE = 'ledger_journal';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER added AFTER INSERT ON ledger_journal REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_journals_added();

CREATE FUNCTION ledger_closing_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger closing', 0));
    RETURN NULL;
END
$$;
CREATE TRIGGER alone BEFORE INSERT ON ledger_closing
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_closing_alone();
"""

BALANCES_KEPT = """
CREATE FUNCTION ledger_balance_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a balance follows from entries and is not written'
        USING ERRCODE = 'restrict_violation', TABLE = 'ledger_balance',
              HINT = 'Post a journal.';
END
$$;
-- At depth 0 nobody but the trigger of the entries is at work.
CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON ledger_balance
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_balance_refuse();
"""

RATES_KEPT = """
CREATE FUNCTION ledger_ratesheet_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'entered' OR NEW.state = 'entered'
       OR (OLD.id, OLD.source, OLD.digest, OLD.reason, OLD.entered_by, OLD.entered_at)
          IS DISTINCT FROM
          (NEW.id, NEW.source, NEW.digest, NEW.reason, NEW.entered_by, NEW.entered_at) THEN
        RAISE EXCEPTION 'a sheet of rates is decided once and not changed otherwise'
            USING ERRCODE = 'restrict_violation', TABLE = 'ledger_ratesheet';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON ledger_ratesheet
    FOR EACH ROW EXECUTE FUNCTION ledger_ratesheet_kept();

CREATE FUNCTION ledger_rates_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Locked against a decision at the same time.
    PERFORM FROM ledger_ratesheet WHERE id IN (SELECT sheet_id FROM added) FOR SHARE;
    IF EXISTS (SELECT FROM ledger_ratesheet
               WHERE id IN (SELECT sheet_id FROM added) AND state <> 'entered') THEN
        RAISE EXCEPTION 'nothing is added to a sheet of rates that was decided'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_rate_before_decision',
                  TABLE = 'ledger_rate';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER added AFTER INSERT ON ledger_rate REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rates_added();
"""

FUNCTIONS = (
    "ledger_entries_added",
    "ledger_journals_added",
    "ledger_closing_alone",
    "ledger_balance_refuse",
    "ledger_ratesheet_kept",
    "ledger_rates_added",
)
# Fixed to the schema of the tables: a temporary table of the same name must not stand in for one.
FIXED_PATHS = """
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[{names}] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END
$$
""".format(names=", ".join(f"'{name}'" for name in FUNCTIONS))
# Nobody but the owner of the tables has them anyway; said so that a broad grant before is undone.
RIGHTS = """
REVOKE UPDATE, DELETE, TRUNCATE
    ON ledger_account, ledger_journal, ledger_entry, ledger_closing, ledger_rate FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_balance FROM PUBLIC;
REVOKE DELETE, TRUNCATE ON ledger_ratesheet FROM PUBLIC;
"""


def functions_dropped(*names: str) -> str:
    """Write the removal of functions with the triggers that call them."""
    return "; ".join(f"DROP FUNCTION {name}() CASCADE" for name in names)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_tables"),
        ("foundation", "0001_outbox_audit_heartbeats"),
    ]

    operations = [
        migrations.RunSQL(TEXTS, NO_TEXTS),
        migrations.RunSQL(ENTRIES_ADDED, functions_dropped("ledger_entries_added")),
        migrations.RunSQL(
            JOURNALS_ADDED, functions_dropped("ledger_journals_added", "ledger_closing_alone")
        ),
        migrations.RunSQL(BALANCES_KEPT, functions_dropped("ledger_balance_refuse")),
        migrations.RunSQL(
            RATES_KEPT, functions_dropped("ledger_ratesheet_kept", "ledger_rates_added")
        ),
        migrations.RunSQL(FIXED_PATHS, migrations.RunSQL.noop),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        append_only("ledger_account"),
        append_only("ledger_journal"),
        append_only("ledger_entry"),
        append_only("ledger_closing"),
        append_only("ledger_rate"),
    ]
