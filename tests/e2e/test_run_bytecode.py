"""RUN: what programs remember of files' times is right in the image, as far as docs/formats/containerfile.md says it: Python's
compiled files. The Python is the machine's own."""
import os
import re
import sys

from harness import run
from images import busybox_files, push_image
from test_run import RunCase

# What the test's programs load, and what makes compiled files lasting.
MODULES = "import argparse, compileall, concurrent.futures.process, gettext, importlib.util, py_compile, shutil, site, sys, warnings, zipimport"


def libraries(program):
    """Paths of what the dynamic linker loads, and of itself."""
    return set(re.findall(r"(/\S+) \(0x", run(["ldd", program]).out))


def python_files():
    """A root file system's files of this Python, as far as MODULES need it."""
    program = os.path.realpath(sys.executable)
    said = run([program, "-S", "-c", MODULES + "\nfor m in list(sys.modules.values()): print(getattr(m, '__file__', ''))"]).out
    paths = {program, *said.split()}
    for path in list(paths):
        if path == program or path.endswith(".so"):
            paths |= libraries(path)
    found = {"bin/python3": "-> " + program}
    for path in paths:
        with open(path, "rb") as file:
            found[path.lstrip("/")] = (file.read(), 0o755)
    return found


class Bytecode(RunCase):
    def test_compiled_files_of_python(self):
        """What an import writes is not right, unless the source's time is an old one that the RUN has set."""
        commands = {f"bin/{name}": "-> busybox" for name in ("mkdir", "touch")}
        push_image(self.registry, "run/python", "1", {**busybox_files(), **commands, **python_files()})
        compiles = "python3 -S -m compileall -q"
        self.build(f"FROM {self.registry.host}/run/python:1\nENV PYTHONHOME={sys.base_prefix}\nCOPY context /\n"
                   f"RUN {compiles} /copied && mkdir /made && echo x=1 > /made/made.py && {compiles} /made\n"
                   "RUN cd /imported && python3 -S -c 'import imported'\n"
                   "RUN cd /dated && touch -d @1 dated.py && python3 -S -c 'import dated'\n",
                   files={f"context/{name}/{name}.py": "x = 1\n" for name in ("copied", "imported", "dated")})
        modules = ("copied", "made", "imported", "dated")
        program = "import sys; " + "".join(f"sys.path.insert(0, '/{module}'); import {module}; " for module in modules)
        said = self.pinnace("run", f"oci:{self.out}:1", "--network", "none", "--", "python3", "-S", "-B", "-v", "-c", program).err
        for module in modules:
            stale = f"# bytecode is stale for '{module}'" in said
            matches = re.search(rf"^# /{module}/__pycache__/\S+ matches /{module}/{module}.py$", said, re.MULTILINE)
            self.assertEqual((module, stale, bool(matches)), (module, module == "imported", module != "imported"), said)
