"""The inputs of bench/run, made once below build/bench and the same everywhere up to Debian's point releases.

W1  a Debian minbase root file system in one layer
W2  a small application: 50 KB of configuration and a jar-like file of 20 MB, half of it compressible
W3  a big application: 1.005 GB in 21,207 files, libraries, documents and binaries taken from Debian packages
W4  100,000 files of 1 to 4 KB, words as in text
"""
import hashlib
import os
import random
import shutil
import subprocess

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
        files = []
        for parent, _, names in os.walk(unpacked):
            for name in names:
                path = os.path.join(parent, name)
                if os.path.isfile(path) and not os.path.islink(path) and "/var/" not in path[len(unpacked):]:
                    files.append((os.path.relpath(path, unpacked), os.path.getsize(path)))
        for name, _ in choose(files):
            target = os.path.join(directory, "opt/app", name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(os.path.join(unpacked, name), target)
    return made(os.path.join(WORK, "w3"), make)


def choose(files):
    """A selection that is the same everywhere: about half of the bytes in files from 1 MB on, then smaller ones by
    the hash of their names until there are enough of both."""
    files.sort(key=lambda f: hashlib.sha256(f[0].encode()).digest())
    big, total = [], 0
    for name, size in files:
        if size >= 1_000_000 and total + size <= W3_BYTES * 0.5:
            big.append((name, size))
            total += size
    small = [f for f in files if f[1] < 1_000_000]
    rest, wanted = W3_BYTES - total, W3_FILES - len(big)
    # The average that is left to reach: leave out large or small ones as the running average strays from it.
    chosen, used = [], 0
    aim = rest / wanted
    for name, size in small:
        if len(chosen) == wanted:
            break
        average = used / len(chosen) if chosen else aim
        if (average > aim and size > aim) or (average < aim and size < aim / 8):
            continue
        chosen.append((name, size))
        used += size
    return big + chosen


def w4():
    def make(directory):
        rng = random.Random(4)
        vocabulary = words(rng, 4000)
        text = b" ".join(rng.choices(vocabulary, k=400_000))
        for i in range(100_000):
            folder = os.path.join(directory, f"opt/app/{i // 1000:03}")
            if i % 1000 == 0:
                os.makedirs(folder)
            size = rng.randint(1024, 4096)
            start = rng.randrange(len(text) - size)
            with open(os.path.join(folder, f"{i:06}.txt"), "wb") as file:
                # A third of noise, so that it packs as mixed application data does.
                file.write(text[start:start + size * 2 // 3] + rng.randbytes(size - size * 2 // 3))
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
