"""A proxy between a client and a registry that goes wrong where a scenario says so, and counts what passes."""
import dataclasses
import http.client
import http.server
import re
import socket
import struct
import threading
import time
from typing import Callable, Optional

PIECE = 64 * 1024
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "te", "upgrade", "proxy-connection"}


class Dropped(Exception):
    """The connection to the client is gone, because a fault wanted it or because the client left."""


@dataclasses.dataclass
class Fault:
    """What goes wrong with the first `times` requests that match.

    `answer(exchange)` replies instead of the registry; `upload(exchange, done)` is called while the request's body
    passes, with the bytes so far; `headers(headers)` changes the response's; `download(exchange, response)` sends its
    body."""
    method: str
    path: str  # a regular expression that is searched in the path with its query
    times: int = 1
    answer: Optional[Callable] = None
    upload: Optional[Callable] = None
    headers: Optional[Callable] = None
    download: Optional[Callable] = None


@dataclasses.dataclass
class Record:
    """A request as it was seen."""
    method: str
    path: str
    headers: dict  # names in lower case
    received: int = 0  # bytes of its body
    complete: bool = False  # no more of it is to come
    sent: int = 0  # bytes of the response's body
    status: int = 0  # 0: none was sent


class Exchange(http.server.BaseHTTPRequestHandler):
    """One connection of a client, and what a fault can do to it."""
    protocol_version = "HTTP/1.1"
    timeout = 150

    def handle_any(self):
        self.record = Record(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        proxy = self.server.proxy
        proxy.records.append(self.record)
        try:
            if proxy.gate and proxy.gate(self):
                return
            self.fault = proxy.take_fault(self.command, self.path)
            if self.fault and self.fault.answer:
                self.fault.answer(self)
            else:
                self.forward(proxy.port_of_registry)
        except (Dropped, OSError, http.client.HTTPException):
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any

    def forward(self, port):
        registry = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            self.send_request(registry)
            response = registry.getresponse()
            headers = {name: value for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP}
            if self.fault and self.fault.headers:
                self.fault.headers(headers)
            self.start(response.status, headers.items())
            if self.command != "HEAD":
                (self.fault.download if self.fault and self.fault.download else pass_on)(self, response)
        finally:
            registry.close()

    def send_request(self, registry):
        registry.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "")
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP:
                registry.putheader(name, value)
        if chunked:
            registry.putheader("Transfer-Encoding", "chunked")
        registry.endheaders()
        for piece in self.body():
            registry.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            if self.fault and self.fault.upload:
                self.fault.upload(self, self.record.received)
        if chunked:
            registry.send(b"0\r\n\r\n")

    def body(self):
        """The pieces of the request's body; none if it has been read."""
        if not self.record.complete:
            yield from self.pieces()
        self.record.complete = True

    def pieces(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                while size:
                    piece = self.take(size)
                    size -= len(piece)
                    yield piece
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            piece = self.take(left)
            left -= len(piece)
            yield piece

    def take(self, most):
        piece = self.rfile.read1(min(most, PIECE))
        if not piece:
            raise Dropped
        self.record.received += len(piece)
        return piece

    def start(self, status, headers):
        """Status and headers of the answer."""
        self.record.status = status
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def send(self, data):
        self.wfile.write(data)
        self.record.sent += len(data)

    def reply(self, status, body=b"", **headers):
        """A whole answer instead of the registry's; "_" in names of headers stands for "-"."""
        for _ in self.body():
            pass
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        fields.setdefault("Content-Length", str(len(body)))
        self.start(status, fields.items())
        if self.command != "HEAD":
            self.send(body)

    def drop(self, reset=False):
        """Closes the connection, with RST if wanted."""
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
        raise Dropped

    def stall(self, seconds=120):
        """Silence until the client leaves."""
        self.connection.settimeout(seconds)
        try:
            while self.connection.recv(PIECE):
                pass
        finally:
            raise Dropped

    def log_message(self, *_):
        pass


def pass_on(exchange, response):
    while piece := response.read1(PIECE):
        exchange.send(piece)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # clients may leave when they want

    def shutdown_request(self, request):
        # Closed at once: shutdown(), as the base class does first, would turn a reset into a proper end.
        self.close_request(request)


class Proxy:
    """Listens on loopback until the `with` block ends. `records` has all requests; `gate` answers some before faults do."""

    def __init__(self, port_of_registry, faults=(), gate=None):
        self.port_of_registry = port_of_registry
        self.faults = list(faults)
        self.gate = gate
        self.records = []
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), Exchange)
        self.server.proxy = self
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def take_fault(self, method, path):
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and fault.method in ("", method) and re.search(fault.path, path):
                    fault.times -= 1
                    return fault
        return None

    def seen(self, method, path=""):
        return [record for record in self.records if record.method == method and re.search(path, record.path)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


# What faults do.

def answer(status, body=b"", **headers):
    return lambda exchange: exchange.reply(status, body, **headers)


def send_first(exchange, response, size):
    while size > exchange.record.sent and (piece := response.read1(min(PIECE, size - exchange.record.sent))):
        exchange.send(piece)


def cut_download(after, pause=0):
    """Ends the connection `pause` seconds after `after` bytes of the body are sent."""
    def download(exchange, response):
        send_first(exchange, response, after)
        time.sleep(pause)
        exchange.drop()
    return download


def stall_download(after):
    """Silence after `after` bytes."""
    def download(exchange, response):
        send_first(exchange, response, after)
        exchange.stall()
    return download


def drip_download(after, interval):
    """After `after` bytes only one byte every `interval` seconds."""
    def download(exchange, response):
        send_first(exchange, response, after)
        while piece := response.read1(1):
            time.sleep(interval)
            exchange.send(piece)
    return download


def corrupt_download(at):
    """Changes one byte."""
    def download(exchange, response):
        while piece := response.read1(PIECE):
            start = exchange.record.sent
            if start <= at < start + len(piece):
                piece = piece[:at - start] + bytes([piece[at - start] ^ 1]) + piece[at - start + 1:]
            exchange.send(piece)
    return download


def endless_download(exchange, response):
    """What the registry sends, and then more and more. Goes with endless_headers."""
    def chunk(data):
        exchange.send(b"%x\r\n%s\r\n" % (len(data), data))
    while piece := response.read1(PIECE):
        chunk(piece)
    while True:
        chunk(bytes(PIECE))


def endless_headers(headers):
    headers.pop("Content-Length", None)
    headers["Transfer-Encoding"] = "chunked"


def replaced(**changes):
    """Headers with other values; "_" in names stands for "-"."""
    def change(headers):
        headers.update({name.replace("_", "-"): value for name, value in changes.items()})
    return change


def cut_upload(after, times=1):
    """Resets the connection once `after` bytes of one body have passed; shorter bodies don't count."""
    lock = threading.Lock()
    left = [times]

    def upload(exchange, done):
        with lock:
            cut = done >= after and left[0] > 0
            left[0] -= cut
        if cut:
            exchange.drop(reset=True)
    return upload
