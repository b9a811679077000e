"""Runs a program on a pseudo-terminal of its own: terminal.py COLUMNS PROGRAM ARGUMENT...

What the program prints goes to standard output as it is; what comes by standard input is typed.
Ends with the program's exit code, or 128 + n where signal n ended it.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios

columns, command = int(sys.argv[1]), sys.argv[2:]
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    os.execvpe(command[0], command, os.environ)

typed = [sys.stdin.fileno()]
while True:
    ready, _, _ = select.select([master] + typed, [], [])
    if master in ready:
        try:
            data = os.read(master, 65536)
        except OSError:  # Linux tells the end of the terminal so
            data = b""
        if not data:
            break
        os.write(sys.stdout.fileno(), data)
    if typed and typed[0] in ready:
        data = os.read(typed[0], 65536)
        if data:
            os.write(master, data)
        else:
            typed = []
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
