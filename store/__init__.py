"""How it is kept: schema, migrations, the event log with its hash chain, timers, breaches, outbox, quarantine.

Here: SQLAlchemy Core on SQLite or PostgreSQL, and an in-memory twin for tests. Not here: any decision about
what an event means (workflow) or when something is due (timers).
Start reading at protocol.py (what a store promises), then schema.py.
"""
