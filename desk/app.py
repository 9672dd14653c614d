"""The desk as one ASGI app: settings in, pages out."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from anyio import to_thread
from fastapi import FastAPI

from caseclock.desk.api.routes import add_api
from caseclock.desk.compressing import Compressing
from caseclock.desk.engines import Desk
from caseclock.desk.errors import add_handlers
from caseclock.desk.guard import Guard
from caseclock.desk.limits import Limit
from caseclock.desk.reading.counting import count_ahead
from caseclock.desk.routers import routers
from caseclock.desk.routes import declared
from caseclock.desk.settings import DeskSettings
from caseclock.desk.sign_in.openid import SignInService
from caseclock.desk.static_files import StaticFiles
from caseclock.store.sql import open_store


def set_apart() -> None:
    """Spare what was loaded by now, which stays for good, from being gone through whenever garbage is looked for.

    That takes a tenth of a second, in which no page is answered.
    """
    gc.collect()
    gc.freeze()


def create_app(settings: DeskSettings) -> FastAPI:
    """Make the app of a desk, on a database that is there.

    Raises SettingsRefused, NoDatabase, DatabaseTooOld or DatabaseTooNew, and RouteWithoutPermission where a part of
    the desk declares a route without saying who may call it.
    """
    store = open_store(settings.db, create=False)
    desk = Desk(settings, store, StaticFiles())

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = settings.threads
        Thread(target=count_ahead, args=(desk,), daemon=True).start()
        yield
        store.close()

    app = FastAPI(
        title="Caseclock",
        lifespan=living,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.state.sign_in_limit = Limit(at_once=30, a_minute=30)
    app.state.sign_in_service = SignInService(settings.openid) if settings.openid else None
    add_handlers(app)
    add_api(app)
    for router in routers():
        # side by side, not one within the other, so that `declared` finds every one of them
        app.router.routes.extend(router.routes)
    app.state.routes = tuple(declared(app))
    app.add_middleware(Compressing)
    app.add_middleware(Guard, desk=desk)
    return app
