"""What people look at: the desk in a browser, its API for other systems, and the report that can be opened and sent.

Here: pages and who may see them, breaches and how they are answered, lists taken away, words for dates and standings.
Not here: what is overdue (timers), when a breach is raised (workflow), how a return is read (exchange).
Start reading at app.py, then routers.py for every part that has pages; the report is in report.py.
"""
