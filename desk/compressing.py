"""Pages go out compressed. A page's only secret, the token of its forms, is never the same twice: see security."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp


class Compressing(GZipMiddleware):
    """What is small goes as it is; a file that was compressed beforehand is left alone."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, minimum_size=1000, compresslevel=5)
