"""What every table is made of: one collection of tables, and the columns that most of them have."""

from sqlalchemy import Column, Integer, MetaData, Text
from sqlalchemy.dialects import postgresql

metadata = MetaData()

#: text that rows are found and ordered by: in the order of its code points on every database and locale
Key = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
#: a number that counts what may be more than two thousand million
Big = Integer().with_variant(postgresql.BIGINT(), "postgresql")


def key(name: str) -> Column[str]:
    """Give a column that rows are found by."""
    return Column(name, Key, nullable=False)


def text(name: str) -> Column[str]:
    """Give a column of text that is always told."""
    return Column(name, Text, nullable=False)
