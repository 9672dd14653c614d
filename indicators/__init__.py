"""How the statistics count: indicators with numerator, denominator, definition and comparators.

Here: what a scorecard's figures mean and how they are counted from cases. Not here: when a duty is due (timers), or
how figures are shown (desk, commands).
Start reading at catalogue.py: one entry per indicator; counting.py and care.py count, scorecard.py adds up.
"""
