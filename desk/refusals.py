"""Refusals of the desk: each becomes a page in the service's own style, with what to do next."""


class Turned(Exception):
    """Something was not done or not shown. The message is a sentence with a remedy; nothing was changed."""

    status = 400
    heading = "This can't be done"

    def __init__(self, words: str, *, field: str | None = None) -> None:
        super().__init__(words)
        self.words = words
        #: the form field at fault, where one is
        self.field = field


class SignInFirst(Turned):
    """Nobody is signed in; the desk asks who it is, and goes on afterwards."""

    status = 401
    heading = "Sign in first"


class NotAllowed(Turned):
    """Whoever it is has no role that may do this. Says nothing about whether what was asked for exists."""

    status = 403
    heading = "You can't do this"


class NotFound(Turned):
    """It is not there, or whoever asks may not know that it is: the two answers are one."""

    status = 404
    heading = "Page not found"

    def __init__(self, words: str = "", *, field: str | None = None) -> None:
        super().__init__(
            words
            or "There is nothing here that you can see. If you typed the address, check it. If you followed a link, "
            "what it led to may have moved, or may not be open to you.",
            field=field,
        )


class Stale(Turned):
    """Somebody else changed it since the form was opened."""

    status = 409
    heading = "Someone else was here first"


class TooLarge(Turned):
    status = 413
    heading = "This is too large"


class Unfit(Turned):
    """What was filled in can't be used."""

    status = 422
    heading = "There is a problem"


class TooMany(Turned):
    """Too many requests in too little time."""

    status = 429
    heading = "Too many attempts"

    def __init__(self, words: str, *, retry_after: int) -> None:
        super().__init__(words)
        #: whole seconds
        self.retry_after = retry_after


class Away(Turned):
    """The database does not answer just now."""

    status = 503
    heading = "The service is not available just now"
