"""How what Caseclock says is handed on to others: at least once, in the order of each case.

Here: targets, retries, dead letters. Not here: what is said (workflow), where messages are kept (store).
"""
