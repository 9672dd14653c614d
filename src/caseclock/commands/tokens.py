"""`caseclock token`: tokens by which other systems use the API; a token's secret is shown once, when it is made."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.options import (
    AsTable,
    Authority,
    By,
    Db,
    Now,
    TableOrJson,
    opened,
    present,
    read_date,
)
from caseclock.commands.output import show, table, text, write_json
from caseclock.desk.words import counted, moment
from caseclock.timers.when import end_of_day

if TYPE_CHECKING:
    from caseclock.desk.api.tokens import Token


def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The system it is for.")],
    authority: Annotated[
        str, typer.Option("--authority", "-a", metavar="NAME", help="Whose cases it opens.")
    ],
    by: By,
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="SCOPE", help="What it may be used for; may be repeated.")
    ],
    until: Annotated[
        date | None,
        typer.Option("--until", metavar="DATE", parser=read_date, help="The last day on which it holds."),
    ] = None,
    db: Db = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Make a token for another system, and show it: nobody can show it again, since only a hash of it is kept."""
    from caseclock.desk.api.tokens import TokenRefused, make_token
    from caseclock.store.engines import begun

    with opened(db) as store, begun(store.engine, to_write=True) as connection:
        try:
            secret, token = make_token(
                connection,
                authority=authority,
                name=name,
                scopes=_scopes(scope),
                by=by,
                at=present(now),
                expires_at=end_of_day(until) if until else None,
            )
        except TokenRefused as refused:
            raise WrongCall(str(refused)) from refused
    if answer is TableOrJson.JSON:
        write_json({"token": secret, **_row(token)})
        return
    typer.echo(secret)
    typer.echo(
        f"Token {token.token_id} of {authority}, for {token.name}. Keep it where only {token.name} can read it: it is "
        "not shown again.",
        err=True,
    )


def list_tokens(
    db: Db = None,
    authority: Authority = None,
    answer: AsTable = TableOrJson.TABLE,
) -> None:
    """List tokens, what each may be used for, and whether it was revoked."""
    from caseclock.desk.api.tokens import tokens
    from caseclock.store.engines import begun

    with opened(db) as store, begun(store.engine, to_write=False) as connection:
        found = tokens(connection, authority)
    if answer is TableOrJson.JSON:
        write_json([_row(token) for token in found])
        return
    made = table("Tokens", ("token", "authority", "for", "scopes", "made", "by", "holds until"))
    for token in found:
        revoked = f"revoked {moment(token.revoked_at)} by {token.revoked_by}" if token.revoked_at else ""
        made.add_row(
            text(token.token_id),
            text(token.authority),
            text(token.name),
            " ".join(sorted(token.scopes)),
            moment(token.made_at),
            text(token.made_by),
            text(revoked or moment(token.expires_at)),
        )
    show(made)
    typer.echo(f"{counted(len(found), 'token')}.")


def revoke(
    token: Annotated[
        str, typer.Argument(metavar="TOKEN", help="A token's id, as `caseclock token list` shows it.")
    ],
    by: By,
    db: Db = None,
    now: Now = None,
) -> None:
    """Revoke a token: nothing that comes with it is answered any more."""
    from caseclock.desk.api.tokens import TokenRefused, revoke_token
    from caseclock.store.engines import begun

    with opened(db) as store, begun(store.engine, to_write=True) as connection:
        try:
            revoked = revoke_token(connection, token, by=by, at=present(now))
        except TokenRefused as refused:
            raise WrongCall(str(refused)) from refused
    typer.echo(f"Revoked token {token} of {revoked.authority}, which was for {revoked.name}.")


def _scopes(given: list[str]) -> list[Any]:
    from caseclock.desk.api.tokens import SCOPES, Scope

    strange = [one for one in given if one not in list(Scope)]
    if strange:
        known = "; ".join(f"{scope.value} to {words}" for scope, words in SCOPES.items())
        raise WrongCall(f"There is no scope {strange[0]}. There are {known}.")
    return [Scope(one) for one in given]


def _row(token: "Token") -> dict[str, Any]:
    return {
        "token_id": token.token_id,
        "authority": token.authority,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "made_at": token.made_at.isoformat(),
        "made_by": token.made_by,
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
        "revoked_by": token.revoked_by,
    }
