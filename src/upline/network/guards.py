"""What the database itself refuses beyond its plain constraints: the triggers of the history.

Each looks at a row at a time, for an act changes few. A bulk load sets them aside, asks the same
of all rows in one statement each, and puts them back before it commits.
"""

from __future__ import annotations

ONE_AT_A_TIME = "one_at_a_time"
NOT_SEALED = "not_sealed"
SHARES_SUM_TO_ONE = "shares_sum_to_one"

# Table, and the keys for which one row holds at a time.
KEYS = {
    "network_sponsorship": (("member_id",),),
    "network_placement": (("tree_id", "member_id"), ("tree_id", "parent_id", "slot")),
    "network_holder": (("member_id", "place"),),
}
SEALED = (
    "network_sponsorship",
    "network_placement",
    "network_holder",
    "network_standing",
    "network_rankgrant",
)


def overlap(table: str, keys: tuple[str, ...], *, new: str) -> str:
    """Give the condition under which a row meets another for the same keys."""
    same = " AND ".join(f"other.{key} = {new}.{key}" for key in keys)
    return (
        f"EXISTS (SELECT FROM {table} other WHERE {same}"  # nosec B608 - our own tables
        f" AND other.id <> {new}.id AND other.span && {new}.span)"
    )


def _one_at_a_time(table: str) -> str:
    checks = "".join(
        f"""
    IF {overlap(table, keys, new="NEW")} THEN
        RAISE EXCEPTION '{table}: two rows for one ({", ".join(keys)}) at a time'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = '{table}_{ONE_AT_A_TIME}';
    END IF;"""
        for keys in KEYS[table]
    )
    width = (
        """
    IF NEW.slot > (SELECT width FROM network_tree WHERE id = NEW.tree_id) THEN
        RAISE EXCEPTION 'network_placement: the tree has no slot %', NEW.slot
            USING ERRCODE = 'check_violation', CONSTRAINT = 'network_placement_slot_of_tree';
    END IF;"""
        if table == "network_placement"
        else ""
    )
    return f"""
CREATE FUNCTION {table}_{ONE_AT_A_TIME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{checks}{width}
    RETURN NULL;
END
$$;
CREATE TRIGGER {ONE_AT_A_TIME} AFTER INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_{ONE_AT_A_TIME}();
"""


_NOT_SEALED = f"""
CREATE FUNCTION network_{NOT_SEALED}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed date := (SELECT max(before_on) FROM network_historyseal);
    past daterange := daterange(NULL, sealed);
    is_changed boolean;
BEGIN
    IF sealed IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        is_changed := NEW.span && past;
    ELSIF TG_OP = 'DELETE' THEN
        is_changed := OLD.span && past;
    ELSE
        is_changed := OLD.span * past <> NEW.span * past
            OR (OLD.span && past AND to_jsonb(OLD) - 'span' <> to_jsonb(NEW) - 'span');
    END IF;
    IF is_changed THEN
        RAISE EXCEPTION '%: history before % is sealed', TG_TABLE_NAME, sealed
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'network_{NOT_SEALED}';
    END IF;
    RETURN NULL;
END
$$;
"""  # noqa: S608 - names of our own tables

# Whole shares and one span for all holders of an arrangement, looked at when the act is complete.
ODD_HOLDERS = """
SELECT member_id FROM network_holder {where}
GROUP BY member_id, lower(span)
HAVING sum(share_numerator::bigint) <> max(share_denominator)
    OR min(share_denominator) <> max(share_denominator)
    OR max(place) <> count(*)
    OR count(DISTINCT span) <> 1
    OR count(DISTINCT person_id) <> count(*)
"""

_SHARES = f"""
CREATE FUNCTION network_holder_{SHARES_SUM_TO_ONE}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS ({ODD_HOLDERS.format(where="WHERE member_id = coalesce(NEW.member_id, OLD.member_id)")})
    THEN
        RAISE EXCEPTION 'network_holder: the shares of member % do not sum to one',
            coalesce(NEW.member_id, OLD.member_id)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'network_holder_{SHARES_SUM_TO_ONE}';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER {SHARES_SUM_TO_ONE} AFTER INSERT OR UPDATE OR DELETE ON network_holder
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION network_holder_{SHARES_SUM_TO_ONE}();
"""

CREATE = (
    "".join(_one_at_a_time(table) for table in KEYS)
    + _NOT_SEALED
    + "".join(
        f"CREATE TRIGGER {NOT_SEALED} AFTER INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION network_{NOT_SEALED}();\n"
        for table in SEALED
    )
    + _SHARES
    + "CREATE SEQUENCE network_member_number AS bigint OWNED BY network_member.number;\n"
)
DROP = (
    "DROP SEQUENCE network_member_number;\n"
    f"DROP TRIGGER {SHARES_SUM_TO_ONE} ON network_holder;\n"
    f"DROP FUNCTION network_holder_{SHARES_SUM_TO_ONE}();\n"
    + "".join(f"DROP TRIGGER {NOT_SEALED} ON {table};\n" for table in SEALED)
    + f"DROP FUNCTION network_{NOT_SEALED}();\n"
    + "".join(
        f"DROP TRIGGER {ONE_AT_A_TIME} ON {table};\nDROP FUNCTION {table}_{ONE_AT_A_TIME}();\n"
        for table in KEYS
    )
)
