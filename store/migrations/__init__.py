"""How a database is brought from one schema to the next; run by caseclock.store.upgrade."""
