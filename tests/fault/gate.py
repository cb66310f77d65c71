"""Token authentication in front of a registry that has none, with tokens that end as a scenario wants."""
import json
import re
import time


class Gate:
    """Lets requests pass that carry a token which this gate gave out less than `lifetime` seconds ago. Clients are told
    that tokens live for five minutes, so that they learn of the end from a 401 only."""

    def __init__(self, lifetime):
        self.lifetime = lifetime
        self.issued = {}  # token -> when
        self.refused = 0

    def __call__(self, exchange):
        """Whether the request was answered here."""
        if exchange.path.startswith("/token"):
            token = f"token-{len(self.issued)}-secret"
            self.issued[token] = time.monotonic()
            exchange.reply(200, json.dumps({"token": token, "expires_in": 300}).encode(), Content_Type="application/json")
            return True
        token = exchange.headers.get("Authorization", "").removeprefix("Bearer ")
        if time.monotonic() - self.issued.get(token, float("-inf")) < self.lifetime:
            return False
        self.refused += token in self.issued
        host = exchange.headers["Host"]
        repository = re.match(r"/v2/(.+?)/(?:manifests|blobs)/", exchange.path)
        scope = f',scope="repository:{repository[1]}:pull,push"' if repository else ""
        exchange.reply(401, b'{"errors":[{"code":"UNAUTHORIZED","message":"no valid token"}]}',
                       WWW_Authenticate=f'Bearer realm="http://{host}/token",service="registry"{scope}')
        return True
