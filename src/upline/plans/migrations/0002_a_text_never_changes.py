"""The text of a plan version, and what it says of itself, never change."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION plans_refuse_other_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.name, NEW.every, NEW.starts_on, NEW.text, NEW.digest, NEW.drafted_by, NEW.drafted_at)
       IS DISTINCT FROM
       (OLD.name, OLD.every, OLD.starts_on, OLD.text, OLD.digest, OLD.drafted_by, OLD.drafted_at)
    THEN
        RAISE EXCEPTION 'a plan version never changes' USING ERRCODE = 'restrict_violation',
            HINT = 'Draft a new version.';
    END IF;
    IF OLD.state <> 'draft' AND (NEW.state, NEW.decided_by, NEW.decided_at)
       IS DISTINCT FROM (OLD.state, OLD.decided_by, OLD.decided_at)
    THEN
        RAISE EXCEPTION 'a plan version is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION plans_refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'plan versions are kept for good' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER text_stays BEFORE UPDATE ON plans_planversion
    FOR EACH ROW EXECUTE FUNCTION plans_refuse_other_text();
CREATE TRIGGER version_stays BEFORE DELETE ON plans_planversion
    FOR EACH ROW EXECUTE FUNCTION plans_refuse_deletion();
"""
ALLOW = """
DROP TRIGGER version_stays ON plans_planversion;
DROP TRIGGER text_stays ON plans_planversion;
DROP FUNCTION plans_refuse_deletion();
DROP FUNCTION plans_refuse_other_text();
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
