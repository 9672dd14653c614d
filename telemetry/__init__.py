"""How Caseclock is watched while it runs: log lines from an allow-list, metrics, health. No child's data in any.

Here: what is measured and how it is shown. Not here: what is due (timers), who sees a case (desk).
"""
