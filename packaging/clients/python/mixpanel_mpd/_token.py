"""The login on requests to Mixpanel."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

from ._answer import Problem, Revealed
from ._client import Client


class TokenProvider:
    """Puts the login on requests to Mixpanel: `auth=` of requests and of httpx, and `provider(urllib.request.Request(…))`.

    The daemon is asked each time and answers at once with a token that is good for `min_valid_s`; nothing is kept. Without an account
    it is the login of the client's session, a service account included. It is put on requests to Mixpanel and to this computer alone.
    """

    def __init__(self, client: Client | None = None, account: str | None = None, min_valid_s: int = 60) -> None:
        self._client, self._account, self._min_valid_s = client or Client(), account, min_valid_s

    def headers(self) -> dict[str, str]:
        """Returns `Authorization`, and the custom headers of the session."""
        if self._account is not None:
            login = self._client.token(self._account, self._min_valid_s)
        else:
            login = self._client.credential(self._min_valid_s)
        custom = {header["name"]: header["value"] for header in login.get("headers", [])}
        if login["token"] is not None:
            return Revealed(custom, Authorization=f"Bearer {login['token']}")
        if login.get("username") is None:
            raise Problem("invalid_argument", f"account '{self._account}' has no token; name none to use the session's", 400)
        pair = f"{login['username']}:{login['secret']}".encode()
        return Revealed(custom, Authorization=f"Basic {base64.b64encode(pair).decode()}")

    def __call__(self, request: Any) -> Any:
        """Sets the headers of a request, and returns it."""
        url = urlsplit(str(getattr(request, "full_url", None) or request.url))
        host = url.hostname or ""
        ours = url.scheme == "https" and (host == "mixpanel.com" or host.endswith(".mixpanel.com"))
        if not ours and host not in ("127.0.0.1", "::1", "localhost"):
            raise Problem("invalid_argument", f"the login is for Mixpanel, not for {url.scheme}://{host}", 400)
        for name, value in self.headers().items():
            # urllib sends the others along when it is sent on to another host.
            if hasattr(request, "add_unredirected_header"):
                request.add_unredirected_header(name, value)
            else:
                request.headers[name] = value
        return request
