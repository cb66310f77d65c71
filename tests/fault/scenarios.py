"""The faults: the table of docs/faults.md, row by row."""
import proxy
from gate import Gate
from proxy import Fault, Proxy, answer
from world import Scenario

V3 = "registry"  # distribution v3's program
QUICK = "transfer: {silence: 2s, attempts: 3}\n"
MANIFEST = r"/manifests/"
BLOB = r"/blobs/sha256:"
SESSION = r"/blobs/uploads/[^?]"  # not the POST that begins one


def arranged(side, *make_faults, gate=None):
    """Puts faults, each made from the world, into the proxy of that side."""
    def arrange(world):
        place = world.source_proxy if side == "source" else world.target_proxy
        place.faults = [make(world) for make in make_faults]
        place.gate = gate() if gate else None
    return arrange


def layer_fault(world, **what):
    """Of the large layer's download."""
    return Fault("GET", BLOB + world.image.layer.split(":")[1], **what)


def half(world):
    return world.image.layer_size // 2


def upload_reset(times):
    """Breaks the connection in the middle of an upload. distribution 2.8 neither goes on with such an upload nor deletes
    it: what it has got of it stays there until it purges it, after a week by default."""
    return arranged("target", lambda w: Fault("", SESSION, 99, upload=proxy.cut_upload(half(w) // 4, times)))


# What is wrong with a run.

def is_whole(run):
    if run.code != 0:
        yield f"ended with {run.code}: {run.last_line}"
    elif not run.intact:
        yield "the image in the target is not whole"


def is_built(run):
    if run.code != 0 or not run.built:
        yield f"ended with {run.code}: {run.last_line}"


def is_done(run):
    yield from is_whole(run)
    if run.orphaned:
        yield f"{run.orphaned} bytes of uploads are left in the target"


def is_done_without_sending_twice(run):
    yield from is_done(run)
    if run.uploaded > 1.15:  # what was on its way when it broke is lost
        yield f"the image was sent {run.uploaded:.2f} times"


def is_done_without_reading_twice(run):
    yield from is_done(run)
    if run.downloaded > 1.05:
        yield f"the layer was read {run.downloaded:.2f} times"


def waits(least):
    def complain(run):
        yield from is_done(run)
        if run.seconds < least:
            yield f"was done after {run.seconds:.1f} s, but was told to wait {least} s"
    return complain


def fails_saying(*words, bytes_read=None, requests=None, orphans=False):
    """It fails, says these words ("SOURCE" and "TARGET" stand for hosts, "LAYER" for a digest), and leaves nothing."""
    def complain(run):
        if not run.code:
            yield f"ended with {run.code}"
        for word in words:
            word = {"SOURCE": run.source.host, "TARGET": run.target.host, "LAYER": run.world.image.layer}.get(word, word)
            if word not in run.err:
                yield f"does not say \"{word}\": {run.last_line}"
        if run.half_there or (run.orphaned and not orphans):
            yield f"leaves something half done in the target ({run.orphaned} bytes of uploads)"
        read = sum(record.sent for record in run.source.records)
        if bytes_read and read > bytes_read:
            yield f"read {read} bytes"
        asked = len(run.source.records) + len(run.target.records)
        if requests and asked > requests:
            yield f"sent {asked} requests"
    return complain


def keeps_its_token(run):
    """What another host got has no credentials in it."""
    yield from is_done(run)
    if not run.world.other.records:
        yield "did not ask the other host"
    for record in run.world.other.records:
        if "authorization" in record.headers or "cookie" in record.headers or "token" in record.path:
            yield f"sent credentials to another host: {record.method} {record.path}"
    if not any("authorization" in record.headers for record in run.source.records + run.target.records):
        yield "the registry itself got no token: the test proves nothing"


def redirected_download(world):
    """Blobs of the source are at another host, which wants no token."""
    world.other = Proxy(world.source.port).__enter__()
    world.source_proxy.gate = Gate(300)
    world.source_proxy.faults = [Fault("GET", BLOB, times=99, answer=lambda exchange: exchange.reply(
        307, Location=f"http://{world.other.host}{exchange.path}"))]
    return lambda: world.other.__exit__()


def upload_at_other_host(world):
    """Uploads into the target go on at another host. The registry makes the Location of that host's requests itself."""
    world.other = Proxy(world.target.port).__enter__()
    world.target_proxy.gate = Gate(300)

    def move(headers):
        if "Location" in headers:
            headers["Location"] = headers["Location"].replace(world.target_proxy.host, world.other.host)

    world.target_proxy.faults = [Fault("POST", "/blobs/uploads/", times=99, headers=move)]
    return lambda: world.other.__exit__()


TABLE = [
    Scenario("503 once on a manifest", "ok", arranged("source", lambda w: Fault("", MANIFEST, answer=answer(503))), is_done),
    Scenario("503 three times on a manifest", "ok",
             arranged("source", lambda w: Fault("", MANIFEST, 3, answer=answer(503))), is_done),
    Scenario("429 twice, Retry-After 1", "ok, waits what it was told",
             arranged("source", lambda w: Fault("", MANIFEST, 2, answer=answer(429, Retry_After="1"))), waits(2)),
    Scenario("blob cut once on download", "ok, resumes",
             arranged("source", lambda w: layer_fault(w, download=proxy.cut_download(half(w)))),
             is_done_without_reading_twice),
    Scenario("corrupt blob", "fails clearly, names blob and host",
             arranged("source", lambda w: layer_fault(w, times=99, download=proxy.corrupt_download(half(w)))),
             fails_saying("LAYER", "SOURCE", "digest")),
    Scenario("503 on the blob upload", "ok", arranged("target", lambda w: Fault("", SESSION, answer=answer(503))), is_done),
    Scenario("upload connection reset", "ok", upload_reset(1), is_whole),
    Scenario("the same, distribution v3", "ok, resumes", upload_reset(1), is_done_without_sending_twice, registry=V3),
    Scenario("a build's upload reset late", "ok, the layer is made again",
             arranged("target", lambda w: Fault("", SESSION, 99, upload=proxy.cut_upload(25_000_000))), is_built, build=True),
    Scenario("the same, distribution v3", "ok, resumes",
             arranged("target", lambda w: Fault("", SESSION, 99, upload=proxy.cut_upload(25_000_000))), is_built, build=True,
             registry=V3),
    Scenario("source stalls", "ok after the silence, resumes",
             arranged("source", lambda w: layer_fault(w, download=proxy.stall_download(half(w)))),
             is_done_without_reading_twice, QUICK),
    Scenario("target registry killed, back after 1 s", "ok", lambda w: w.kill_target_once(half(w), 1), is_whole),
    Scenario("the same, distribution v3", "ok", lambda w: w.kill_target_once(half(w), 1), is_whole, registry=V3),
    Scenario("upload reset again and again", "fails clearly", upload_reset(99), fails_saying("TARGET", orphans=True), QUICK),
    Scenario("the same, distribution v3", "ok, resumes each time", upload_reset(99), is_done_without_sending_twice, QUICK,
             registry=V3),
    Scenario("token ends during the transfer", "ok, resumes",
             arranged("source", lambda w: layer_fault(w, download=proxy.cut_download(half(w), pause=1)),
                      gate=lambda: Gate(0.7)), is_done_without_reading_twice),
    Scenario("every token is refused (401 loop)", "fails at once",
             arranged("source", gate=lambda: Gate(0)), fails_saying("401", "SOURCE", requests=8)),
    Scenario("upload Location is no URL", "fails clearly",
             arranged("target", lambda w: Fault("POST", "/blobs/uploads/", 99, headers=proxy.replaced(
                 Location="ftp://\x01/"))), fails_saying("Location")),
    Scenario("blob redirected to another host", "ok, no token there", redirected_download, keeps_its_token),
    Scenario("upload goes on at another host", "ok, no token there", upload_at_other_host, keeps_its_token),
    Scenario("Content-Length too small", "fails clearly",
             arranged("source", lambda w: layer_fault(w, times=99, headers=proxy.replaced(Content_Length=str(half(w))))),
             fails_saying("LAYER", "SOURCE")),
    Scenario("Content-Length too large", "fails clearly",
             arranged("source", lambda w: layer_fault(w, times=99, headers=proxy.replaced(
                 Content_Length=str(w.image.layer_size + 1000)))), fails_saying("LAYER", "SOURCE"), QUICK),
    Scenario("wrong digest header on a manifest", "fails clearly",
             arranged("source", lambda w: Fault("", MANIFEST, 99, headers=proxy.replaced(
                 Docker_Content_Digest="sha256:" + "0" * 64))), fails_saying("Docker-Content-Digest", "SOURCE")),
    Scenario("endless blob", "fails, reads no more than promised",
             arranged("source", lambda w: layer_fault(w, times=99, headers=proxy.endless_headers,
                                                      download=proxy.endless_download)),
             lambda run: fails_saying("LAYER", "SOURCE", bytes_read=run.world.image.size + 16_000_000)(run)),
    Scenario("endless manifest", "fails, reads little",
             arranged("source", lambda w: Fault("GET", MANIFEST, 99, headers=proxy.endless_headers,
                                                download=proxy.endless_download)),
             fails_saying("SOURCE", bytes_read=32_000_000)),
    Scenario("blob drips, a byte every half second", "given up after the silence, resumes",
             arranged("source", lambda w: layer_fault(w, download=proxy.drip_download(half(w), 0.5))),
             is_done_without_reading_twice, QUICK),
]
