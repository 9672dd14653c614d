"""How Caseclock is watched while it runs: log lines from a list, metrics, health, spans. No child's data in any.

Here: what is measured and how it is shown. Not here: what is due (timers), who sees a case (desk).
Start reading at lines.py (every log line there is), then metrics.py.
"""
