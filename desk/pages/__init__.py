"""The pages an officer, a manager and a compliance officer work on, each a router of its own.

Here: what is asked of a page and what it is shown with. Not here: queries (reading), the frame every page stands in
(app, layout, sign_in), rules.
Start reading at queue.py.
"""
