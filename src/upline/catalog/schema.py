"""Operations for migrations: the shape of volumes, which Django's constraints cannot say."""

from __future__ import annotations

from django.db import migrations

# {name: decimal as text}, none below zero. A number of JSON would be read as a float somewhere. An
# empty one is asked first: most lines of most tables have nothing refunded.
_SHAPE = """
{column} = '{{}}' OR (
    jsonb_typeof({column}) = 'object'
    AND NOT {column} @? '$.keyvalue().key ? (!(@ like_regex "^[a-z][a-z0-9_]*$"))'
    AND NOT {column} @?
        '$.* ? (@.type() != "string" || !(@ like_regex "^[0-9]{{1,12}}([.][0-9]{{0,5}}[1-9])?$"))'
)
"""


def volumes_checked(table: str, column: str = "volumes") -> migrations.RunSQL:
    """Let the database refuse volumes that are not named decimals written as text."""
    name = f"{table}_{column}_by_name"
    return migrations.RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" CHECK ({_SHAPE.format(column=column)})',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )
