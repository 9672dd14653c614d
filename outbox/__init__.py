"""How what Caseclock says is handed on to others: at least once, in the order of each case.

Here: recipients and how each is reached, retries, dead letters. Not here: what is said (workflow), where messages are
kept (store).
Start reading at handing_on.py (one recipient, one turn), then channels.py (what a way to reach someone promises).
"""
