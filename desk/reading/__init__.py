"""What the pages read: queries over the stored tables, and answers about the past worked out from the log.

Here: functions that take a unit of work and give values. Not here: requests, templates, what may be seen by whom.
Start reading at queue.py.
"""
