"""The API of a desk as another system calls it."""

from dataclasses import dataclass
from typing import Any

from desk_told import Clock
from httpx2 import Response
from starlette.testclient import TestClient

from caseclock.desk.api.tokens import Scope, make_token
from caseclock.desk.engines import Desk


@dataclass
class Api:
    """The API as a system with a token sees it."""

    browser: TestClient
    clock: Clock
    desk: Desk

    def token(self, *scopes: Scope, authority: str = "thurrock", **more: Any) -> str:
        with self.desk.writing() as connection:
            secret, _ = make_token(
                connection,
                authority=authority,
                name="a system",
                scopes=scopes or list(Scope),
                by="administrator",
                at=self.clock(),
                **more,
            )
        return secret

    def call(self, method: str, path: str, token: str | None = None, **more: Any) -> Response:
        headers = more.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        return self.browser.request(method, f"/api/v1{path}", headers=headers, **more)

    def every(self, path: str, token: str, **asked: Any) -> list[dict[str, Any]]:
        """All rows of a list, page after page."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self.call("GET", path, token, params=asked).raise_for_status().json()
            found += answer["items"]
            if answer["next"] is None:
                return found
            asked["cursor"] = answer["next"]
