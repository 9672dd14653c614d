"""Who is signed in to the desk, who looked and who did what, who may see which case; the audit is only added to."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
BIG = sa.Integer().with_variant(postgresql.BIGINT(), "postgresql")


def needed(kind: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def optional(kind: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names]


def upgrade() -> None:
    audit()
    staying()
    seeing()
    handing_over()
    audit_is_append_only()


def audit() -> None:
    op.create_table(
        "desk_audit",
        sa.Column("entry_id", BIG, primary_key=True),
        *needed(KEY, "authority"),
        *needed(INSTANT, "at"),
        *needed(KEY, "who", "what"),
        *optional(KEY, "case_id"),
        *optional(sa.Text(), "subject", "because"),
        sqlite_autoincrement=True,
    )
    op.create_index("desk_audit_authority", "desk_audit", ["authority", "entry_id"])
    op.create_index("desk_audit_case", "desk_audit", ["authority", "case_id", "entry_id"])
    op.create_index("desk_audit_who", "desk_audit", ["authority", "who", "entry_id"])


def staying() -> None:
    op.create_table(
        "desk_sessions",
        *needed(KEY, "authority", "session"),
        *needed(sa.Text(), "person", "memory"),
        *needed(INSTANT, "began_at", "seen_at"),
        sa.PrimaryKeyConstraint("authority", "session"),
    )
    op.create_index("desk_sessions_session", "desk_sessions", ["session"], unique=True)
    op.create_index("desk_sessions_began_at", "desk_sessions", ["began_at"])
    op.create_table(
        "saved_views",
        *needed(KEY, "authority", "who", "name"),
        *needed(sa.Text(), "address"),
        *needed(INSTANT, "saved_at"),
        sa.PrimaryKeyConstraint("authority", "who", "name"),
    )


def seeing() -> None:
    op.create_table(
        "restricted_cases",
        *needed(KEY, "authority", "case_id"),
        *needed(INSTANT, "since_at"),
        *needed(sa.Text(), "by_whom", "because"),
        sa.PrimaryKeyConstraint("authority", "case_id"),
    )
    op.create_table(
        "restricted_readers",
        *needed(KEY, "authority", "case_id", "who"),
        *needed(INSTANT, "since_at"),
        *needed(sa.Text(), "by_whom"),
        sa.PrimaryKeyConstraint("authority", "case_id", "who"),
    )
    op.create_table(
        "broken_glass",
        *needed(KEY, "authority", "case_id", "who"),
        *needed(INSTANT, "broken_at", "until_at"),
        *needed(sa.Text(), "because"),
        sa.PrimaryKeyConstraint("authority", "case_id", "who", "broken_at"),
    )


def handing_over() -> None:
    op.create_table(
        "api_tokens",
        *needed(KEY, "authority", "token_id"),
        *needed(sa.Text(), "name"),
        *needed(KEY, "hash"),
        *needed(sa.Text(), "scopes"),
        *needed(INSTANT, "made_at"),
        *needed(sa.Text(), "made_by"),
        *optional(INSTANT, "expires_at", "revoked_at"),
        *optional(sa.Text(), "revoked_by"),
        sa.PrimaryKeyConstraint("authority", "token_id"),
    )
    op.create_index("api_tokens_hash", "api_tokens", ["hash"], unique=True)
    op.create_table(
        "breach_proposals",
        *needed(KEY, "authority", "proposal_id", "breach_id", "case_id"),
        *needed(sa.Text(), "event", "proposed_by"),
        *needed(INSTANT, "proposed_at"),
        *optional(sa.Text(), "decided_by"),
        *optional(INSTANT, "decided_at"),
        *optional(sa.Text(), "decision"),
        sa.PrimaryKeyConstraint("authority", "proposal_id"),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('agreed', 'declined', 'withdrawn')",
            name="breach_proposals_decision",
        ),
    )
    op.create_index("breach_proposals_breach", "breach_proposals", ["authority", "breach_id"])


REFUSAL = "The record of who looked is only ever added to."


def audit_is_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER desk_audit_no_{verb.lower()} BEFORE {verb} ON desk_audit "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION caseclock_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for name, rule in {
        "desk_audit_no_update": "BEFORE UPDATE ON desk_audit FOR EACH ROW",
        "desk_audit_no_delete": "BEFORE DELETE ON desk_audit FOR EACH ROW",
        "desk_audit_no_truncate": "BEFORE TRUNCATE ON desk_audit FOR EACH STATEMENT",
    }.items():
        op.execute(f"CREATE TRIGGER {name} {rule} EXECUTE FUNCTION caseclock_audit_append_only()")
