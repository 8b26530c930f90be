# SPDX-License-Identifier: GPL-3.0-or-later
"""What each event of the real window costs the GUI thread, by its own CPU clock, while a training runs, 1 M rows are profiled, `pilot serve`
is under full load, and a model of 2 GB is registered, verified and swapped in: bench_gui visits, sorts, scrolls and resizes every screen
meanwhile. No peer: the limit is a frame."""
import json
import os
import subprocess

from server import wrk_program
from table import Row

LIMIT_MS, SWAPPED_MB = 16, 2048
SWAP = "swapping a large model"
JUDGED = {"loading 1 M rows", "training", "serving at full load", SWAP}


def measure(options):
    wrk_program()
    env = dict(os.environ, PILOTHOUSE_PILOT=options.program("bin/pilot"), LC_ALL="C.UTF-8")
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run([options.program("tests/bench_gui"), "8", str(SWAPPED_MB)], capture_output=True, text=True, env=env, timeout=1800)
    if done.returncode != 0:
        raise RuntimeError(f"bench_gui ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    *phases, told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    rows = []
    for phase in phases:
        name = phase["phase"]
        dear = "; ".join(f"{d['cpu_ms']:.1f} ms {d['event']} {d['receiver']}" for d in phase["dear"][:3])
        more = {"loading 1 M rows": f"{told['load_seconds']:.1f} s a load", "training": f"{told['train_seconds']:.1f} s", "serving at full load": f"{told['requests_per_second']:.0f} requests/s",
                SWAP: f"{told['swap_mb']} MB registered, promoted, verified and served in {told['swap_seconds']:.1f} s"}.get(name, "")
        rows.append(Row(f"GUI thread, {name}", f"max {phase['max_cpu_ms']:.1f} ms CPU", quality=f"p99.9 {phase['p999_cpu_ms']:.1f} ms, {phase['events']} events, max wall {phase['max_wall_ms']:.0f} ms" + (f", {more}" if more else ""),
                        gate=f"≤ {LIMIT_MS} ms" if name in JUDGED else "", met=phase["max_cpu_ms"] <= LIMIT_MS if name in JUDGED else None, note=dear))
    rows[-1].memory = f"peak {told['peak_rss_mb']:.0f} MB"
    if told["swap_missing"]:
        rows.append(Row(f"GUI thread, {SWAP}", gate=f"≤ {LIMIT_MS} ms", missing=told["swap_missing"]))
    return rows
