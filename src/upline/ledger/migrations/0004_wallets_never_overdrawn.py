"""Refuses to take more from a member's wallet than it holds, whoever posts.

The condition of the trigger looks at the sum alone, so that posting a close, where members' accounts
go to the credit, costs nothing more.
"""

from __future__ import annotations

from django.db import migrations

NEVER_OVERDRAWN = """
CREATE FUNCTION ledger_wallet_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wallet record;
BEGIN
    SELECT code, currency INTO wallet FROM ledger_account
    WHERE id = NEW.account_id AND code LIKE 'wallet:%';
    IF FOUND THEN
        RAISE EXCEPTION '% would be overdrawn by % in minor units of %',
            wallet.code, NEW.balance_minor, wallet.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_wallet_overdrawn',
                  TABLE = 'ledger_balance';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER wallet_kept AFTER INSERT OR UPDATE ON ledger_balance
    FOR EACH ROW WHEN (NEW.balance_minor > 0) EXECUTE FUNCTION ledger_wallet_kept();
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION ledger_wallet_kept() SET search_path = %I, pg_temp',
                   current_schema());
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_journals_by_day_and_kind"),
    ]

    operations = [
        migrations.RunSQL(NEVER_OVERDRAWN, "DROP FUNCTION ledger_wallet_kept() CASCADE"),
    ]
