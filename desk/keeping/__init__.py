"""How the desk itself is looked after: restricted cases, tokens of other systems, the audit, the state it is in.

Here: what administrators and compliance officers do about access and trust. Not here: cases, timers, breaches (pages).
Start reading at access.py.
"""
