"""The API for other systems, under /api/v1: events in; timers, breaches, cases, rules and scorecard out.

Here: routers, tokens, problem details. Not here: pages, sign-in of people, any rule.
Start reading at routes.py.
"""
