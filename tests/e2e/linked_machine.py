"""Runs a command as if on a machine whose link has a cloud's metadata service: in the network namespace that this process has to
itself, addresses answer "credentials" at port 8080. Says at the end which of them somebody asked."""
import socket
import subprocess
import sys
import threading

ADDRESSES = ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "10.9.9.1", "fd00:ec2::254")
asked = []


def serve(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    service = socket.create_server((address, 8080), family=family)

    def answer():
        while True:
            connection, _ = service.accept()
            asked.append(address)
            with connection:
                connection.sendall(b"credentials\n")

    threading.Thread(target=answer, daemon=True).start()


subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
for one in ADDRESSES:
    subprocess.run(["ip", "addr", "add", one + ("/128" if ":" in one else "/32"), "dev", "lo", *(["nodad"] if ":" in one else [])],
                   check=True)
    serve(one)
code = subprocess.run(sys.argv[1:], check=False).returncode
print(*asked, sep="\n")
sys.exit(code)
