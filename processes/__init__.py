"""The law as data: one file per process (its states and moves), packs/ of timescales, national and local.

Here: what a pathway allows and what its timescales are. Not here: how days are counted (timers), what has
happened to a case (workflow).
Start reading at assessment.py: it reads from top to bottom like the pathway.
"""

from caseclock.processes.catalogue import OPENERS, PROCESSES
from caseclock.processes.definition import Process

__all__ = ["OPENERS", "PROCESSES", "Process"]
