"""An office's directory for tests: OpenID Connect as it is spoken (discovery, authorisation code with PKCE, RS256, keys)."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor.campaign import PROJECT
from monitor.store import Store
from tests.ui.server import Server, free_port, serving

CLIENT, SECRET = "monitor-test", "a-secret-of-the-directory"


@dataclass
class Provider:
    """The directory: whom it vouches for, and what a test makes it say wrongly."""

    port: int
    subject: str = "Sub-1"
    forge: Callable[[dict[str, Any]], dict[str, Any]] = field(default=lambda claims: claims)
    """Changes what is vouched for."""
    sign_with_another_key: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"}))
    other: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
    )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def discovery(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def keys(self, request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Somebody who is signed in there already consents."""
        asked = dict(request.query_params)
        if asked.get("client_id") != CLIENT or asked.get("response_type") != "code" or "openid" not in asked["scope"]:
            return Response(status_code=400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = self.codes.pop(form.get("code", ""), None)  # a code is good once
        if asked is None or not self._is_client(request, form) or asked["redirect_uri"] != form.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {"iss": self.address, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}  # fmt: skip
        key = self.other if self.sign_with_another_key else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "k1"}, self.forge(claims), key)
        return JSONResponse(
            {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "expires_in": 300, "id_token": signed}
        )

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {basic}" or form.get("client_secret") == SECRET


@contextmanager
def directory(port: int) -> Iterator[Provider]:
    """A directory that listens at the port."""
    provider = Provider(port)
    routes = [
        Route("/.well-known/openid-configuration", provider.discovery),
        Route("/keys", provider.keys),
        Route("/authorize", provider.authorize),
        Route("/token", provider.token, methods=["POST"]),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def serving_with(provider: Provider, store: Store, folder: Path, title: str) -> Iterator[Server]:
    """The program, served with this directory."""
    port, config = free_port(), folder / "config.toml"
    settings = (PROJECT / "config.toml").read_text(encoding="utf-8").replace('"data/', f'"{PROJECT}/data/')
    config.write_text(
        f'{settings}\n[directory]\nserver_metadata_url = "{provider.address}/.well-known/openid-configuration"\n'
        f'client_id = "{CLIENT}"\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ntitle = "{title}"\n',
        encoding="utf-8",
    )
    with serving(store, folder, port, MONITOR_CONFIG=str(config), MONITOR_DIRECTORY_SECRET=SECRET) as running:
        yield running
