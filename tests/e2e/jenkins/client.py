"""Jenkins over HTTP, as one user."""
import base64
import http.cookiejar
import json
import time
import urllib.error
import urllib.parse
import urllib.request


class Client:
    """Requests with a password; what changes something carries a crumb, as a browser's would."""

    def __init__(self, url, user, password):
        self.url = url
        self.user = user
        self._basic = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def request(self, path, data=None, content_type=None, headers=None):
        """(status, headers, text); a POST if there are data."""
        request = urllib.request.Request(self.url + path, data)
        request.add_header("Authorization", self._basic)
        if content_type:
            request.add_header("Content-Type", content_type)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with self._opener.open(request, timeout=60) as response:
                return response.status, response.headers, response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode(errors="replace")

    def get(self, path):
        status, _, text = self.request(path)
        assert status == 200, f"GET {path} as {self.user}: {status}\n{text[:2000]}"
        return text

    def json(self, path):
        return json.loads(self.get(path))

    def try_post(self, path, data=b"", content_type="application/x-www-form-urlencoded"):
        """(status, headers, text)."""
        crumb = self.json("crumbIssuer/api/json")
        if isinstance(data, dict):
            data = urllib.parse.urlencode(data).encode()
        return self.request(path, data, content_type, {crumb["crumbRequestField"]: crumb["crumb"]})

    def post(self, path, data=b"", content_type="application/x-www-form-urlencoded"):
        status, headers, text = self.try_post(path, data, content_type)
        assert status < 400, f"POST {path} as {self.user}: {status}\n{text[:2000]}"
        return headers, text


def wait_for(what, condition, seconds=120):
    """The first value of condition() that is not false. Jenkins that restarts refuses connections meanwhile."""
    end = time.monotonic() + seconds
    last = None
    while time.monotonic() < end:
        try:
            value = condition()
            if value:
                return value
        except (OSError, AssertionError, ValueError) as error:
            last = error
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s" + (f" ({last})" if last else ""))
