"""What comes in and goes out: returns, workbooks and event lines, each record told as events of a case.

Here: recognising a file, reading it record by record, and bringing it in. Not here: whether a case may move
(workflow), or how it is kept (store). What does not fit is refused or kept in quarantine; nothing is dropped.
Start reading at importing.py (files in, report out), then records.py (what every reader gives).
"""
