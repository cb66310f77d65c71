# Functions that the scripts share. Sourced by bash after `set -euo pipefail`.
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/build/tools
export PATH="$tools/bin:$PATH:/usr/sbin:/sbin"

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# Prints a command as a person would type it, then runs it.
show() {
  say "\$ ${*/#$root\//}"
  "$@"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "installing packages needs root: run scripts/setup as root once"; fi
}

# What must end or go when the script does, last one first. An EXIT trap of the caller's would replace this one.
cleanups=()
at_exit() { cleanups=("$*" "${cleanups[@]}"); }
run_cleanups() {
  local command
  for command in "${cleanups[@]}"; do eval "$command" || true; done
}
trap run_cleanups EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

temporary_directory() {
  local directory
  directory=$(mktemp -d "${TMPDIR:-/tmp}/pinnace-${0##*/}.XXXXXX")
  printf '%s' "$directory"
}

# A loopback port that nobody listens on; $1 is taken if it is free.
free_port() {
  python3 - "${1:-0}" <<'PYTHON'
import socket, sys
for port in (int(sys.argv[1]), 0):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(s.getsockname()[1])
        break
PYTHON
}

# start_registry DIRECTORY PORT: docker-registry on 127.0.0.1:PORT that keeps its data below DIRECTORY.
# It ends with the script. Waits until it answers.
start_registry() {
  local directory=$1 port=$2 pid
  mkdir -p "$directory/data"
  cat > "$directory/registry.yml" <<YAML
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $directory/data}
  delete: {enabled: true}
http: {addr: 127.0.0.1:$port}
YAML
  OTEL_TRACES_EXPORTER=none docker-registry serve "$directory/registry.yml" > "$directory/registry.log" 2>&1 9>&- &
  pid=$!
  at_exit "kill $pid 2>/dev/null; wait $pid 2>/dev/null"
  local _
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || { cat "$directory/registry.log" >&2; die "docker-registry did not start"; }
    if (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
    sleep 0.05
  done
  die "docker-registry does not answer on port $port"
}
