"""What people look at: breaches as an officer asks for them, and the report that can be opened, printed and sent.

Here: which breaches stand as at a day, words for dates and standings, the page. Not here: what is overdue (timers),
when a breach is raised (workflow), how a return is read (exchange).
Start reading at report.py.
"""
