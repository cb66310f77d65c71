"""ADD of repositories whose server sends packs to harm us."""
import glob
import hashlib
import socket
import struct
import threading
import zlib

from remote_case import RemoteCase

SIZE = 1 << 24
COMMIT, TREE, BLOB, DELTA = 1, 2, 3, 7


def named(kind, content):
    return hashlib.sha1(b"%s %d\0" % (kind, len(content)) + content)


def packed(kind, content, base=b"", size=None):
    """An object of a pack (gitformat-pack(5)); `size` is what it says of itself."""
    size = len(content) if size is None else size
    first, size = (kind << 4) | (size & 15), size >> 4
    head = [first]
    while size:
        head[-1] |= 0x80
        head.append(size & 127)
        size >>= 7
    return bytes(head) + base + zlib.compress(content, 9)


def number(value):
    text = []
    while value > 127:
        text.append(value & 127 | 128)
        value >>= 7
    return bytes(text + [value])


def line(content):
    return b"%04x" % (len(content) + 4) + content


class GitServer:
    """Speaks git:// (gitprotocol-pack(5)), and sends each who wants something the same pack."""

    def __init__(self, pack, commit, before_answer=lambda: None):
        self.pack, self.commit, self.before_answer = pack, commit, before_answer
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"git://127.0.0.1:{self.socket.getsockname()[1]}/x.git"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            with connection, connection.makefile("rb") as file:
                try:
                    self.answer(connection, file)
                except OSError:
                    pass

    def answer(self, connection, file):
        def read():
            size = int(file.read(4) or b"0", 16)
            return file.read(size - 4) if size else b""

        read()
        self.before_answer()
        connection.sendall(line(self.commit + b" refs/heads/main\0side-band-64k ofs-delta agent=x\n") + b"0000")
        if not read():
            return
        while not read().startswith(b"done"):
            pass
        connection.sendall(line(b"NAK\n"))
        for start in range(0, len(self.pack), 60000):
            connection.sendall(line(b"\1" + self.pack[start:start + 60000]))
        connection.sendall(b"0000")


def bomb(copies):
    """A commit, and a pack of 17 kB whose last object is `copies` times 16 MiB."""
    zeros = bytes(SIZE)
    blob = named(b"blob", zeros)
    tree = b"100644 a\0" + blob.digest()
    commit = b"tree " + named(b"tree", tree).hexdigest().encode() + b"\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\nx\n"
    delta = number(SIZE) + number(copies * 0xffffff) + b"\xf0\xff\xff\xff" * copies
    objects = [packed(COMMIT, commit), packed(TREE, tree), packed(BLOB, zeros), packed(DELTA, delta, blob.digest())]
    pack = b"PACK" + struct.pack(">II", 2, len(objects)) + b"".join(objects)
    return pack + hashlib.sha1(pack).digest(), named(b"commit", commit).hexdigest().encode()


class AddPacks(RemoteCase):
    def setUp(self):
        super().setUp()
        settings = self.files("settings", {"registries.yaml": "version: 1\ntransfer: {attempts: 2}\n"})
        self.settings = ("--registries", f"{settings}/registries.yaml")

    def serve(self, *arguments):
        server = GitServer(*arguments)
        self.addCleanup(server.socket.close)
        return server

    def test_a_small_pack_that_wants_much_memory(self):
        """No object may be more than 1 GiB where git holds it in memory."""
        server = self.serve(*bomb(65))
        failed = self.build(f"FROM scratch\nADD {server.url}#main /src\n", *self.settings, expect=2)
        self.assertIn("an ADD may not have so much memory or disk", failed.errors[-1])
        self.assertNotIn("trying again", failed.err)

    def test_torn_packs_are_removed(self):
        pack, commit = bomb(1)
        torn = []
        server = self.serve(pack[:-30], commit, lambda: torn.append(glob.glob(f"{self.dir}/**/tmp_pack_*", recursive=True, include_hidden=True)))
        failed = self.build(f"FROM scratch\nADD {server.url}#main /src\n", *self.settings, expect=3)
        self.assertIn("given up after 2 attempts", failed.errors[-1])
        self.assertGreaterEqual(len(torn), 3)
        self.assertEqual([name for names in torn for name in names], [])
