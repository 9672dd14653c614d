"""Recording standards: how soon an event is to be written up. Apart from whether what it tells was done in time.

The clock of such a standard starts when the event happens and stops when it is written up, so it is known only once it
has stopped: no such timer ever runs. A return tells when things happened and not when they were written down; of what
it tells, nobody knows whether it was written up in time.
"""

from caseclock.timers.event import Event
from caseclock.timers.history import History

#: what the author of an event begins with that a return tells
RETURN = "return:"


def is_write_up_told(history: History, event: Event) -> bool:
    """Say whether the source of an event tells when it was written up.

    A return does not, nor does any other source that tells of an episode only in part. What a person adds to an
    episode that a return opened is that person's own telling.
    """
    if event.by.startswith(RETURN):
        return False
    episode = history.episodes.get(event.episode_id)
    if episode is None or episode.opener.by.startswith(RETURN):
        return True
    return not episode.untold and not episode.told_from
