"""BuildKit as bench/get-buildkit makes it, for what this buildah does not know."""
import shutil
import subprocess
import time
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[3] / "build/tools/bin"


def is_here():
    return all((TOOLS / name).exists() for name in ("buildkitd", "buildctl"))


class BuildKit:
    """A daemon of its own in `directory`, ended by stop()."""

    def __init__(self, directory):
        self.directory = directory
        self.address = f"unix://{directory}/buildkit.sock"
        with open(directory / "buildkitd.log", "wb") as log:
            self.daemon = subprocess.Popen([TOOLS / "buildkitd", "--root", directory / "buildkit", "--addr", self.address,
                                            "--containerd-worker=false", "--oci-worker-gc=false"],
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(200):
            if self._client("debug", "workers").returncode == 0:
                return
            if self.daemon.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"buildkitd does not answer: {(directory / 'buildkitd.log').read_text()[-1000:]}")

    def _client(self, *arguments):
        return subprocess.run([TOOLS / "buildctl", "--addr", self.address, *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)

    def build(self, context, name):
        """Builds `context`/Containerfile; returns an OCI layout."""
        layout = self.directory / "buildkit-out"
        shutil.rmtree(layout, ignore_errors=True)
        done = self._client("build", "--progress", "plain", "--frontend", "dockerfile.v0", "--opt", "filename=Containerfile",
                            "--local", f"context={context}", "--local", f"dockerfile={context}",
                            "--output", f"type=oci,dest={layout},tar=false,name={name}")
        if done.returncode != 0:
            raise RuntimeError(f"buildctl: {done.stderr.strip()[-2000:]}")
        return layout

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait()
