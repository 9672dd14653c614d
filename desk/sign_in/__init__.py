"""How a person signs in: by OpenID Connect, by a trusted proxy's headers, or as one of the demonstration's people.

Here: who someone is and how that is proved. Not here: what they may do (roles), how long they stay (sessions).
Start reading at pages.py.
"""
