# SPDX-License-Identifier: GPL-3.0-or-later
"""A log of 100 MB and 1 M lines: until its end stands, until all lines are known, searched (grep -c of the same words in the same run), and what events of the view
cost the GUI thread. `less +G` is timed beside it where there is one. Peers and ours count the same lines."""
import os
import pathlib
import shutil
import subprocess
import time

from table import Row, last_json, middle

OPEN_S, SEARCH_MBS, FRAME_MS = 1.0, 200, 16
LINES = 1_000_000


def make(path):
    """About 105 bytes a line, as a training job writes them; every 1,000th is what is looked for, every 250,000th an error, a tenth has colours."""
    with open(path, "w", encoding="utf-8") as file:
        for i in range(LINES):
            text = f"2026-11-22T19:00:{i % 60:02d}.{i % 1000:03d}Z worker-{i % 8} epoch {i // 4000} step {i:07d} loss {1 / (i + 1):.9f} rate 0.00100 samples {i * 64}"
            if i % 1000 == 7:
                text += " Checkpoint written"
            if i % 250_000 == 123:
                text += " ERROR: worker lost"
            file.write((f"\x1b[32m{text}\x1b[0m" if i % 10 == 0 and i > LINES // 2 else text) + "\n")


def grep(path, *words):
    begin = time.perf_counter()
    done = subprocess.run(["grep", "-c", *words, path], capture_output=True, text=True, env=dict(os.environ, LC_ALL="C"))
    return time.perf_counter() - begin, int(done.stdout)


def less(path):
    """Until it has shown the end: less writes to a pipe at once, so it is run on a terminal of its own."""
    if not shutil.which("less") or not shutil.which("script"):
        return None
    begin = time.perf_counter()
    subprocess.run(["script", "-qec", f"less -n +Gq '{path}'", "/dev/null"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return time.perf_counter() - begin


def measure(options):
    ours = options.program("tests/bench_log")
    path = pathlib.Path(options.folder) / "run.log"
    make(path)
    size = path.stat().st_size
    env = dict(os.environ, LC_ALL="C.UTF-8")
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    seen, plain, anycase, tail = [], [], [], []
    for _ in range(options.pairs):
        seen.append(last_json([ours, path], env=env))
        plain.append(grep(path, "-F", "Checkpoint written"))
        anycase.append(grep(path, "-F", "-i", "checkpoint WRITTEN"))
        if (took := less(path)) is not None:
            tail.append(took)
    field = lambda name: middle([s[name] for s in seen])
    speed = lambda name: size / 1e6 / field(name)
    equal = all(s["words"] == s["any_case"] == p[1] == a[1] for s, p, a in zip(seen, plain, anycase))
    what = f"log {size / 1e6:.0f} MB, {LINES // 1000}k lines"
    rows = [
        Row(f"{what}, its end" + (" | less +G" if tail else ""), f"{1000 * field('end_s'):.1f} ms", f"{1000 * middle(tail):.0f} ms" if tail else "", [t / s["end_s"] for t, s in zip(tail, seen)] if tail else [],
            quality=f"all lines {1000 * field('all_s'):.0f} ms", gate=f"< {OPEN_S:.0f} s", met=field("end_s") < OPEN_S),
        Row(f"{what}, words | grep -c -F", f"{speed('words_s'):.0f} MB/s", f"{size / 1e6 / middle([p[0] for p in plain]):.0f} MB/s", [p[0] / s["words_s"] for s, p in zip(seen, plain)],
            quality=f"the same lines: {'yes' if equal else 'NO'}", gate=f"> {SEARCH_MBS} MB/s", met=equal and speed("words_s") > SEARCH_MBS),
        Row(f"{what}, any case | grep -c -i -F", f"{speed('any_case_s'):.0f} MB/s", f"{size / 1e6 / middle([a[0] for a in anycase]):.0f} MB/s", [a[0] / s["any_case_s"] for s, a in zip(seen, anycase)],
            quality=f"the same lines: {'yes' if equal else 'NO'}", gate=f"> {SEARCH_MBS} MB/s", met=equal and speed("any_case_s") > SEARCH_MBS),
        Row(f"{what}, errors", f"{speed('errors_s'):.0f} MB/s", quality=f"{seen[0]['errors']} of {LINES // 250_000}", gate=f"> {SEARCH_MBS} MB/s", met=seen[0]["errors"] == LINES // 250_000 and speed("errors_s") > SEARCH_MBS),
        Row(f"{what}, pattern", f"{speed('pattern_s'):.0f} MB/s"),
    ]
    worst = max(s["view"]["max_cpu_ms"] for s in seen)
    dear = sorted((d for s in seen for d in s["view"]["dear"]), key=lambda d: -d["cpu_ms"])
    rows.append(Row(f"{what}, view: scroll, page, jump, search", f"max {worst:.1f} ms CPU", quality=f"{seen[0]['view']['events']} events", gate=f"≤ {FRAME_MS} ms", met=worst <= FRAME_MS,
                    note="; ".join(f"{d['cpu_ms']:.1f} ms {d['event']} {d['receiver']}" for d in dear[:3])))
    return rows
