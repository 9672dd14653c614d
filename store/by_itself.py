"""On PostgreSQL, a statement that is a unit of work by itself: one round trip, and it commits as it ends."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    import psycopg


def run_by_itself(engine: Engine, statement: str, values: Sequence[str | None]) -> list[tuple[Any, ...]]:
    """Run a statement whose values go by place (`$1`), all as text, and give its rows.

    It is the driver that is spoken to: what SQLAlchemy does around a statement would take as long as the statement.
    Raises what SQLAlchemy would: IntegrityError, OperationalError and their like.
    """
    import psycopg  # the package can be used without it

    lent = engine.raw_connection()
    driver = cast("psycopg.Connection[Any]", lent.driver_connection)
    try:
        driver.autocommit = True
        return psycopg.RawCursor(driver).execute(statement.encode(), values).fetchall()
    except psycopg.Error as error:
        raise _as_sqlalchemy_says(error, engine, connection_lost=driver.closed) from error
    finally:
        if driver.closed or driver.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            lent.invalidate()
        else:
            driver.autocommit = False  # whoever has it next counts on a transaction
        lent.close()


def _as_sqlalchemy_says(error: Any, engine: Engine, *, connection_lost: bool) -> BaseException:
    import psycopg

    told: BaseException = DBAPIError.instance(
        None,  # neither the statement nor its values: an error may end in a log, and a row is about a child
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=connection_lost,
        dialect=engine.dialect,
    )
    return told
