"""Python imports this by itself, at the start of every process whose PYTHONPATH names its folder.

It notes in the file AUDIT_LOG each connection or look-up that leaves this machine, which it also
refuses, and each file that is made or opened for writing outside the folders in AUDIT_FOLDERS.
Python raises these events itself, below any library; workers inherit both variables.
"""

import ipaddress
import os
import sys

LOG = os.environ["AUDIT_LOG"]
FOLDERS = tuple(
    f"{os.path.realpath(folder)}{os.sep}"
    for folder in os.environ.get("AUDIT_FOLDERS", "").split(os.pathsep)
    if folder
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
MADE = {"os.mkdir": 0, "os.rename": 1, "os.symlink": 1, "os.link": 1}
CONNECTING = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}


def _note(line):
    log = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{line}\n".encode(errors="backslashreplace"))
    os.close(log)


def _is_here(address):
    """Whether an address is this machine: loopback, no host at all, or a socket in a file."""
    host = address[0] if isinstance(address, tuple) else address
    if address is None or not isinstance(address, tuple | str) or host in ("", "localhost"):
        return True
    if isinstance(address, str) and ("/" in address or address.startswith("\0")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _written(event, arguments):
    """The path that an event writes to or makes; None where it does not."""
    if event == "open":
        flags = arguments[2]
        return arguments[0] if isinstance(flags, int) and flags & WRITING else None
    return arguments[MADE[event]]


def _audit(event, arguments):
    if event in CONNECTING:
        address = arguments[CONNECTING[event]]
        if isinstance(address, bytes):
            address = address.decode(errors="replace")
        if not _is_here(address):
            _note(f"connection: {event} {address!r}")
            raise ConnectionRefusedError(f"no connection may leave this machine: {address!r}")
    if FOLDERS and (event == "open" or event in MADE):
        path = _written(event, arguments)
        if isinstance(path, str | bytes) and os.fsdecode(path) != LOG:
            whole = os.path.realpath(os.fsdecode(path))
            inside = f"{whole}{os.sep}".startswith(("/dev/", "/proc/", *FOLDERS))
            if not inside and "__pycache__" not in whole:
                _note(f"written: {whole}")


sys.addaudithook(_audit)
