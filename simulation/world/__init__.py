"""The mechanism: families who come, workers who work, chairs who keep diaries, and the events that come of it.

Here: one authority simulated day by day. Not here: what a scenario may say (scenario.py), running many of them, or
what came of it in figures.
Start reading at service.py: one day of the service from morning to evening.
"""

from caseclock.simulation.world.service import simulate
from caseclock.simulation.world.simulated import Simulated

__all__ = ["Simulated", "simulate"]
