"""The inputs of bench/run, made once below build/bench and the same everywhere up to Debian's point releases.

W1  a Debian minbase root file system in one layer
W2  a small application: 50 KB of configuration and a jar-like file of 20 MB, half of it compressible
W3  a big application: 1.005 GB in 21,207 files, libraries, documents and binaries taken from Debian packages
W4  100,000 files of 1 to 4 KB (257 MB), words as in text and some noise
"""
import hashlib
import os
import random
import shutil
import subprocess
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(ROOT, "build", "bench")
EPOCH = 1672531200

# Unpacked, not installed: what a big Java and C++ application is made of.
W3_PACKAGES = ["openjdk-17-jdk-headless", "openjdk-17-jre-headless", "llvm-14", "libllvm14", "clang-14",
               "libclang-cpp14", "libclang-14-dev", "llvm-14-dev", "gcc-12", "g++-12", "golang-1.19-src", "golang-1.19-go",
               "python3.11-minimal", "libpython3.11-stdlib", "libboost1.81-dev", "libicu72", "libicu-dev", "perl-modules-5.36",
               "cmake-data", "cmake", "libwireshark16", "postgresql-15", "openjdk-17-doc", "python3.11-doc", "libnode108",
               "libwebkit2gtk-4.0-37", "ruby3.1-doc", "linux-doc-6.1"]
W3_FILES, W3_BYTES = 21207, 1_005_000_000
W3_SHARES = 0.51, 0.36  # of the big and the small files, packed one by one; gzip -6 leaves 37.7 % of their tar


def made(directory, make):
    """Makes a directory once: complete or not there."""
    if not os.path.isdir(directory):
        partial = directory + ".partial"
        shutil.rmtree(partial, ignore_errors=True)
        os.makedirs(partial)
        make(partial)
        os.rename(partial, directory)
    return directory


def words(rng, count):
    return [bytes(rng.choices(b"abcdefghijklmnopqrstuvwxyz", weights=[8, 1, 3, 4, 12, 2, 2, 6, 7, 1, 1, 4, 2, 7, 7, 2, 1,
                                                                    6, 6, 9, 3, 1, 2, 1, 2, 1], k=rng.randint(2, 11)))
            for _ in range(count)]


def w2():
    def make(directory):
        rng = random.Random(2)
        app = os.path.join(directory, "opt/app")
        os.makedirs(app)
        vocabulary = words(rng, 4000)
        with open(os.path.join(app, "config.yaml"), "wb") as file:
            file.write(b" ".join(rng.choices(vocabulary, k=8000))[:50_000])
        with open(os.path.join(app, "app.jar"), "wb") as file:
            for _ in range(20):
                file.write(rng.randbytes(500_000))
                file.write(b" ".join(rng.choices(vocabulary, k=100_000))[:500_000])
    return made(os.path.join(WORK, "w2"), make)


def w3():
    def make(directory):
        unpacked = os.path.join(WORK, "w3-packages")
        made(unpacked, lambda d: subprocess.run(
            [os.path.join(ROOT, "scripts/debian-rootfs"), "--quiet", "--variant=extract", "--aptopt=APT::Install-Recommends \"false\"",
             "--include=" + ",".join(W3_PACKAGES), d], check=True))
        for name in choose(sized_files(unpacked)):
            target = os.path.join(directory, "opt/app", name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(os.path.join(unpacked, name), target)
    return made(os.path.join(WORK, "w3"), make)


def sized_files(directory):
    """(name, size, share of it that is left when packed) of all regular files that packages brought."""
    files = []
    for parent, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(parent, name)
            if os.path.isfile(path) and not os.path.islink(path) and "/var/" not in path[len(directory):]:
                files.append((os.path.relpath(path, directory), os.path.getsize(path), packed_share(path)))
    return files


def packed_share(path):
    """By zlib, of the whole file or of four pieces of it."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        if size <= 1 << 18:
            data = file.read()
        else:
            data = b""
            for i in range(4):
                file.seek(size * i // 4)
                data += file.read(1 << 15)
    return len(zlib.compress(data, 6)) / len(data) if data else 0


def choose(files):
    """A selection that is the same everywhere: about half of the bytes in files from 1 MB on, then smaller ones, in
    the order of their names' hashes. Files that lead away from the wanted size or share are left out."""
    files.sort(key=lambda f: hashlib.sha256(f[0].encode()).digest())
    big = take([f for f in files if f[1] >= 1_000_000], W3_BYTES * 0.5, None, W3_SHARES[0])
    rest = W3_BYTES - sum(f[1] for f in big)
    small = take([f for f in files if f[1] < 1_000_000], rest, W3_FILES - len(big), W3_SHARES[1])
    return [name for name, _, _ in big + small]


def take(files, total, count, wanted):
    """Files of `total` bytes (and `count`, if given) whose packed share is about `wanted`."""
    taken, used, packed = [], 0, 0.0
    aim = total / count if count else None
    for name, size, share in files:
        if used + size > total or len(taken) == count:
            continue
        average = used / len(taken) if taken else aim
        strays_in_size = aim and ((average > aim and size > aim) or (average < aim and size < aim / 8))
        so_far = packed / used if used else wanted
        strays_in_share = (so_far < wanted and share < wanted - 0.05) or (so_far > wanted and share > wanted + 0.05)
        if strays_in_size or strays_in_share:
            continue
        taken.append((name, size, share))
        used += size
        packed += size * share
    return taken


def w4():
    def make(directory):
        rng = random.Random(4)
        text = b" ".join(rng.choices(words(rng, 2000), k=400_000))
        for i in range(100_000):
            folder = os.path.join(directory, f"opt/app/{i // 1000:03}")
            if i % 1000 == 0:
                os.makedirs(folder)
            size = rng.randint(1024, 4096)
            start = rng.randrange(len(text) - size)
            noise = size // 7  # so that gzip -6 leaves about half, as of mixed small files
            with open(os.path.join(folder, f"{i:06}.txt"), "wb") as file:
                file.write(text[start:start + size - noise] + rng.randbytes(noise))
    return made(os.path.join(WORK, "w4"), make)


def base_layout():
    """W1 as an OCI layout with the tag "1", made by umoci from Debian's packages."""
    def make(directory):
        tar = os.path.join(WORK, "w1.tar")
        subprocess.run([os.path.join(ROOT, "scripts/debian-rootfs"), "--quiet", "--variant=minbase", tar], check=True,
                       env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)})
        layout = os.path.join(directory, "layout")
        for command in (["umoci", "init", "--layout", layout], ["umoci", "new", "--image", layout + ":1"],
                        ["umoci", "raw", "add-layer", "--image", layout + ":1", tar], ["umoci", "gc", "--layout", layout]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.remove(tar)
    return os.path.join(made(os.path.join(WORK, "w1"), make), "layout")


def describe(directory):
    count = size = 0
    for parent, _, names in os.walk(directory):
        for name in names:
            info = os.lstat(os.path.join(parent, name))
            count += 1
            size += info.st_size
    return f"{count:,} files, {size / 1e6:,.1f} MB"


if __name__ == "__main__":
    for make in (w2, w4, base_layout, w3):
        print(make.__name__, describe(make()))
