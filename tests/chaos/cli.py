#!/usr/bin/env python3
"""A CLI for the chaos run: does what its prompt says, and keeps a record of its own.

The prompt is JSON: {"id", "lines", "pause_ms", "end", "ignore_term", "escape"}. Each line goes to
standard output in one write, and then, with the time, to the record that AIMUX_CHAOS names: what is
in the record had been written and flushed before.
"""

import json
import os
import signal
import subprocess
import sys
import time

# A transcript may stand before the prompt, and a long text comes by standard input.
prompt = sys.argv[-1] if len(sys.argv) > 1 else sys.stdin.read()
task = json.loads(prompt.strip().split("\n")[-1])
record = open(os.path.join(os.environ["CHAOS_RECORDS"], task["id"]), "a", buffering=1)

if task.get("ignore_term"):
    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
# A grandchild that outlives its parents and is deaf; the word at its end tells whose it is.
DEAF = "trap '' TERM HUP INT; sleep 900; sleep 900 # " + record.name
STOPPED = "kill -STOP $$; " + DEAF
escape = task.get("escape")
if escape:
    subprocess.Popen(
        ["/bin/sh", "-c", STOPPED if escape == "stopped" else DEAF],
        start_new_session=escape in ("session", "nameless"),
        preexec_fn=os.setpgrp if escape == "group" else None,
        env={"PATH": "/usr/bin:/bin"} if escape == "nameless" else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
for number in range(task["lines"]):
    line = f"{task['id']} line {number} {'x' * (number * 37 % 300)}\n"
    os.write(1, line.encode())
    record.write(f"{time.time():.6f} {number}\n")
    time.sleep(task["pause_ms"] / 1000)

end = task["end"]
if end == "hang":
    time.sleep(900)
if end == "fail":
    os.write(2, b"Error: this went wrong\n")
    sys.exit(3)
if end == "quota":
    os.write(2, b"Error: 429 rate limit exceeded\n")
    sys.exit(1)
os.write(1, f"answer {task['id']}\n".encode())
