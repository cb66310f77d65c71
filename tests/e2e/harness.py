"""What every end-to-end test stands on: temporary directories and runs of pinnace and other tools."""
import dataclasses
import hashlib
import json
import os
import shutil
import stat
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PINNACE = os.path.abspath(os.environ.get("PINNACE", os.path.join(ROOT, "build/release/pinnace")))
TOOLS = os.path.join(ROOT, "build/tools/bin")
KILLS = 8
LONG = False  # whether tests run that take minutes
TEMPORARY = ".pinnace-tmp-"  # begins the names of files that are not complete yet
PATH = os.pathsep.join([TOOLS, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


@dataclasses.dataclass
class Result:
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    @property
    def digest(self):
        """The last line of stdout."""
        lines = self.out.splitlines()
        return lines[-1] if lines else ""

    @property
    def errors(self):
        return [line for line in self.err.splitlines() if line.startswith("error:")]


def environment(home, **changes):
    """A small environment that doesn't depend on who runs the tests. A value of None removes the name."""
    env = {"PATH": PATH, "HOME": home, "LC_ALL": "C.UTF-8", "PINNACE_STORE": os.path.join(home, "store"),
           "XDG_RUNTIME_DIR": home, "OTEL_TRACES_EXPORTER": "none", "PINNACE_NO_DEFAULT_ATTESTATIONS": "1"}
    env.update(changes)
    return {name: value for name, value in env.items() if value is not None}


def run(command, *, cwd=None, env=None, input=None, timeout=300, umask=-1, check=True):
    """Runs a tool; with `check`, anything but 0 fails the test with all that the tool said."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, input=input, timeout=timeout,
                          umask=umask, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **({} if input is not None else {"stdin": subprocess.DEVNULL}))
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return Result(done.returncode, done.stdout, done.stderr)


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def write(path, content, mode=None):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb" if isinstance(content, bytes) else "w") as file:
        file.write(content)
    if mode is not None:
        os.chmod(path, mode)


def tree_state(directory):
    """Names, kinds and contents below a directory; two equal states mean that nothing was written."""
    state = {}
    for parent, directories, files in os.walk(directory):
        for name in directories + files:
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, directory)
            info = os.lstat(path)
            if stat.S_ISREG(info.st_mode):
                with open(path, "rb") as file:
                    state[relative] = hashlib.sha256(file.read()).hexdigest()
            elif stat.S_ISLNK(info.st_mode):
                state[relative] = os.readlink(path)
            else:
                state[relative] = stat.S_IFMT(info.st_mode)
    return state


def layout_problems(directory):
    """What is wrong with the blobs of an OCI layout."""
    problems = []
    blobs = os.path.join(directory, "blobs", "sha256")
    for name in os.listdir(blobs) if os.path.isdir(blobs) else []:
        if name.startswith(TEMPORARY):
            continue
        with open(os.path.join(blobs, name), "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != name:
                problems.append(f"{name} has other content than its name says")
    return problems


class Case(unittest.TestCase):
    """A test with a directory of its own, in which HOME and the local store are too."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="pinnace-e2e-")
        os.chmod(self.dir, 0o755)
        self.addCleanup(self.remove)
        self.home = os.path.join(self.dir, "home")
        os.mkdir(self.home)

    def remove(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.dir], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def files(self, directory, contents):
        """Writes {relative path: text or bytes}; returns the directory."""
        directory = os.path.join(self.dir, directory)
        os.makedirs(directory, exist_ok=True)
        for name, content in contents.items():
            write(os.path.join(directory, name), content)
        return directory

    def pinnace(self, *arguments, expect=0, cwd=None, env=None, input=None, prefix=(), umask=-1, timeout=300):
        """Runs pinnace and checks its exit code."""
        result = run([*prefix, PINNACE, *arguments], cwd=cwd or self.dir, env=environment(self.home, **(env or {})),
                     input=input, umask=umask, timeout=timeout, check=False)
        if expect is not None:
            self.assertEqual(result.code, expect, f"pinnace {' '.join(map(str, arguments))}\n{result.out}{result.err}")
        return result

    def tool(self, *command, cwd=None, env=None, input=None, check=True):
        return run(command, cwd=cwd or self.dir, env=environment(self.home, **(env or {})), input=input, check=check)

    def need(self, *names):
        """A tool that isn't there is a broken setup, not a reason to skip."""
        for name in names:
            self.assertIsNotNone(shutil.which(name, path=PATH), f"{name} is missing: run scripts/setup test")
