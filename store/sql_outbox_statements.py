"""What is asked of the outbox's tables, built once at import."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from caseclock.store.outbox_tables import outbox, outbox_deliveries, outbox_recipients, outbox_turns
from caseclock.store.sql_statements import adding, keeping, replacing

_ONE: ColumnElement[int] = literal_column("1")

PUT_OUTBOX = adding(outbox)

_MESSAGE = (
    outbox.c.authority,
    outbox.c.case_id,
    outbox.c.kind,
    outbox.c.payload,
    outbox.c.made_at,
    outbox.c.message_id,
)
UNFINISHED = (
    select(*_MESSAGE)
    .where(outbox.c.handed_on_at.is_(None))
    .order_by(outbox.c.message_id)
    .limit(bindparam("most"))
)
_unaddressed = select(outbox.c.message_id).where(outbox.c.addressed_at.is_(None))
_alive = select(outbox_deliveries.c.message_id).where(outbox_deliveries.c.dead_at.is_(None))


def _at_most(rows: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(rows.limit(bindparam("most")).subquery())


QUEUED = select(_at_most(_unaddressed).scalar_subquery() + _at_most(_alive).scalar_subquery())
OLDEST_MADE = select(func.count(), func.min(outbox.c.made_at)).where(outbox.c.addressed_at.is_(None))
DELIVERY, _FAILED = outbox_deliveries.alias("d"), outbox_deliveries.alias("failed")
QUEUES = (
    select(
        DELIVERY.c.recipient,
        func.count().filter(DELIVERY.c.dead_at.is_(None)),
        func.count().filter(DELIVERY.c.dead_at.is_(None), DELIVERY.c.next_try_at.is_not(None)),
        func.count().filter(DELIVERY.c.dead_at.is_not(None)),
        func.min(DELIVERY.c.message_id).filter(DELIVERY.c.dead_at.is_(None)),
    )
    .group_by(DELIVERY.c.recipient)
    .order_by(DELIVERY.c.recipient)
)
MADE = select(outbox.c.made_at).where(outbox.c.message_id == bindparam("m"))

_RECIPIENT = (
    outbox_recipients.c.name,
    outbox_recipients.c.parts,
    outbox_recipients.c.added_at,
    outbox_recipients.c.authority,
    outbox_recipients.c.kinds,
    outbox_recipients.c.failures,
    outbox_recipients.c.rests_until,
)
RECIPIENTS = select(*_RECIPIENT).order_by(outbox_recipients.c.name)
#: whoever addresses holds them all: two who address at once could let a message overtake another of its case
RECIPIENTS_LOCKED = RECIPIENTS.with_for_update()
WRITE_RECIPIENT, ADD_TURNS = replacing(outbox_recipients), keeping(outbox_turns)
WRITE_REST = (
    update(outbox_recipients)
    .where(outbox_recipients.c.name == bindparam("r"))
    .values(failures=bindparam("count"), rests_until=bindparam("until"))
)
REMOVE_RECIPIENT = delete(outbox_recipients).where(outbox_recipients.c.name == bindparam("r"))
REMOVE_TURNS = delete(outbox_turns).where(outbox_turns.c.recipient == bindparam("r"))
TO_ADDRESS = (
    select(*_MESSAGE)
    .where(outbox.c.addressed_at.is_(None))
    .order_by(outbox.c.message_id)
    .limit(bindparam("most"))
)
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
ADDRESSED = update(outbox).where(outbox.c.message_id.in_(_ids)).values(addressed_at=bindparam("at"))
FOR_NOBODY = ADDRESSED.values(handed_on_at=bindparam("at"))
ADD_DELIVERY = insert(outbox_deliveries)


def _may_be_told(*, wait_for_dead: bool) -> ColumnElement[bool]:
    """Build what keeps a delivery back: an earlier message of its case that failed and is not to be tried yet."""
    keeps_back = and_(_FAILED.c.dead_at.is_(None), _FAILED.c.next_try_at > bindparam("at"))
    if wait_for_dead:
        keeps_back = or_(keeps_back, _FAILED.c.dead_at.is_not(None))
    failed = select(_ONE).where(
        _FAILED.c.recipient == DELIVERY.c.recipient,
        _FAILED.c.authority == DELIVERY.c.authority,
        _FAILED.c.case_id == DELIVERY.c.case_id,
        _FAILED.c.message_id <= DELIVERY.c.message_id,
        _FAILED.c.next_try_at.is_not(None),
        keeps_back,
    )
    return and_(DELIVERY.c.dead_at.is_(None), ~exists(failed))


def _open_turns(*, wait_for_dead: bool) -> Select[Any]:
    something = select(_ONE).where(
        DELIVERY.c.recipient == outbox_turns.c.recipient,
        DELIVERY.c.part == outbox_turns.c.part,
        _may_be_told(wait_for_dead=wait_for_dead),
    )
    return (
        select(outbox_turns.c.part, outbox_turns.c.holder)
        .where(outbox_turns.c.recipient == bindparam("r"), exists(something))
        .order_by(outbox_turns.c.part)
    )


OPEN_TURNS = {wait: _open_turns(wait_for_dead=wait) for wait in (False, True)}
TAKE_TURN = (
    update(outbox_turns)
    .where(
        outbox_turns.c.recipient == bindparam("r"),
        outbox_turns.c.part == bindparam("p"),
        outbox_turns.c.holder.is_not_distinct_from(bindparam("seen", type_=outbox_turns.c.holder.type)),
    )
    .values(holder=bindparam("mine"))
)
END_TURN = (
    update(outbox_turns)
    .where(
        outbox_turns.c.recipient == bindparam("r"),
        outbox_turns.c.part == bindparam("p"),
        outbox_turns.c.holder == bindparam("mine"),
    )
    .values(holder=None)
)
_delivery = select(
    DELIVERY.c.recipient,
    DELIVERY.c.tries,
    DELIVERY.c.next_try_at,
    DELIVERY.c.last_error,
    DELIVERY.c.dead_at,
    *_MESSAGE,
).join_from(DELIVERY, outbox, DELIVERY.c.message_id == outbox.c.message_id)
_in_order = _delivery.order_by(DELIVERY.c.message_id, DELIVERY.c.recipient).limit(bindparam("most"))
TO_TELL = {
    wait: _in_order.where(
        DELIVERY.c.recipient == bindparam("r"),
        DELIVERY.c.part == bindparam("p"),
        _may_be_told(wait_for_dead=wait),
    )
    for wait in (False, True)
}
NEXT_TRY = select(func.min(DELIVERY.c.next_try_at)).where(
    DELIVERY.c.recipient == bindparam("r"), DELIVERY.c.next_try_at.is_not(None), DELIVERY.c.dead_at.is_(None)
)
DEAD = _in_order.where(DELIVERY.c.next_try_at.is_not(None), DELIVERY.c.dead_at.is_not(None))
OF_RECIPIENT = _in_order.where(DELIVERY.c.recipient == bindparam("r"))
LOCK_MESSAGES = (
    select(outbox.c.message_id)
    .where(outbox.c.message_id.in_(_ids))
    .order_by(outbox.c.message_id)
    .with_for_update()
)
DONE = delete(outbox_deliveries).where(
    outbox_deliveries.c.authority == bindparam("a"),
    outbox_deliveries.c.recipient == bindparam("r"),
    outbox_deliveries.c.message_id.in_(_ids),
)
HANDED_ON = (
    update(outbox)
    .where(
        outbox.c.message_id.in_(_ids),
        outbox.c.handed_on_at.is_(None),
        ~exists(
            select(_ONE).where(
                outbox_deliveries.c.authority == outbox.c.authority,
                outbox_deliveries.c.message_id == outbox.c.message_id,
            )
        ),
    )
    .values(handed_on_at=bindparam("at"))
)
WRITE_TRIES = (
    update(outbox_deliveries)
    .where(
        outbox_deliveries.c.authority == bindparam("a"),
        outbox_deliveries.c.message_id == bindparam("m"),
        outbox_deliveries.c.recipient == bindparam("r"),
    )
    .values(
        tries=bindparam("n"),
        next_try_at=bindparam("next"),
        last_error=bindparam("error"),
        dead_at=bindparam("dead"),
    )
)
_oldest = (
    select(outbox.c.message_id, outbox.c.handed_on_at, outbox.c.addressed_at, outbox.c.made_at)
    .order_by(outbox.c.message_id)
    .limit(bindparam("most"))
    .subquery()
)
_for_nobody = and_(
    _oldest.c.addressed_at.is_(None),
    _oldest.c.made_at < bindparam("before"),
    ~exists(select(_ONE).select_from(outbox_recipients)),
)
_old = select(_oldest.c.message_id).where(or_(_oldest.c.handed_on_at < bindparam("before"), _for_nobody))
HAS_OLD = _old.limit(1)
CLEAR = delete(outbox).where(outbox.c.message_id.in_(_old))
