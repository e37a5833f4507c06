"""Restricts itself with Landlock and seccomp for good, then becomes the command: `confine.py POLICY COMMAND...`.

A script of its own on the standard library alone: it is the last program before the confined one, and starts fast.
The policy is JSON: folders and files under `readable` (and executable), `writable`, `devices`, and `net`.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import struct
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION = 1
PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many of the file rights, counted from the lowest bit, a version of the interface knows."""
TCP = 0b11
SCOPES = 0b11
"""Abstract sockets and signals: none to the outside."""

CAPABILITY_VERSION_3 = 0x20080522
SYSTEM_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Machine -> audit architecture and number of socket(2)."""
IO_URING_SETUP = 425
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
ALLOW, DENY = 0x7FFF0000, 0x00050000 | 13
LOAD, EQUAL, GREATER, RETURN = 0x20, 0x15, 0x35, 0x06

libc = ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: object) -> int:
    """Do a system call; raises OSError."""
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return int(result)


def restrict(policy: dict[str, list[str]], net: bool) -> None:
    """Apply Landlock: what the policy does not open is closed."""
    abi = call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(VERSION))
    handled = (1 << RIGHTS_BY_ABI[min(abi, 5)]) - 1
    fields = [handled, TCP * (not net), SCOPES][: 1 + (abi >= 4) + (abi >= 6)]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    for path in policy["readable"]:
        allow(ruleset, path, READ & handled)
    for path in policy["writable"]:
        allow(ruleset, path, handled & ~IOCTL_DEV)
    for path in policy["devices"]:
        allow(ruleset, path, (READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV) & handled)
    call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)


def allow(ruleset: int, path: str, rights: int) -> None:
    """Open what lies at or below a path."""
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    if not os.path.isdir(path):  # noqa: PTH112 - pathlib would double the start time
        rights &= OF_A_FILE
    rule = struct.pack("=Qi", rights, place)
    call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(PATH_BENEATH), rule, ctypes.c_uint(0))
    os.close(place)


def filter_sockets(net: bool) -> None:
    """Refuse sockets that Landlock does not watch: UDP and raw ones without `net`, and Unix sockets always."""
    architecture, socket_call = SYSTEM_CALLS[platform.machine()]
    families = (AF_INET, AF_INET6) if net else ()
    tail = [(EQUAL, family, len(families) - at, 0) for at, family in enumerate(families)]
    program = [
        (LOAD, 4, 0, 0),
        (EQUAL, architecture, 1, 0),
        (RETURN, DENY, 0, 0),
        (LOAD, 0, 0, 0),
        (GREATER, 0x40000000, 2, 0),
        (EQUAL, IO_URING_SETUP, 1, 0),
        (EQUAL, socket_call, 2, 1),
        (RETURN, DENY, 0, 0),
        (RETURN, ALLOW, 0, 0),
        (LOAD, 16, 0, 0),
        *tail,
        (RETURN, DENY, 0, 0),
        (RETURN, ALLOW, 0, 0),
    ]
    code = b"".join(struct.pack("=HBBI", kind, yes, no, value) for kind, value, yes, no in program)
    buffer = ctypes.create_string_buffer(code)
    filter_ = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(buffer)))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(filter_))


def drop_capabilities() -> None:
    """Give up root's special rights: with them /proc shows every process's environment, Landlock or not."""
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    if libc.capset(header, bytes(24)):
        raise OSError(ctypes.get_errno(), f"capset: {os.strerror(ctypes.get_errno())}")


def prctl(option: int, first: int, second: int = 0) -> None:
    """Do a prctl; raises OSError."""
    if libc.prctl(option, ctypes.c_ulong(first), ctypes.c_ulong(second), 0, 0):
        raise OSError(ctypes.get_errno(), f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def main() -> None:
    """Restrict, then execute."""
    policy = json.loads(sys.argv[1])
    net = bool(policy.pop("net"))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    drop_capabilities()
    restrict(policy, net)
    filter_sockets(net)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
