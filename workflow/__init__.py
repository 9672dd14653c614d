"""How a case moves: events checked and recorded, episodes and timers kept up, breaches raised, everything rebuilt.

Here: the engine, the sweep, verification, refusals. Not here: the law (processes), the counting (timers), the
tables (store).
Start reading at engine.py.
"""
