# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart of one line of a million points with its axes: new values to a finished frame, ours beside Qt Charts as its documentation shows it and pyqtgraph with its peak
downsampling, in pairs of one run; then what one frame of pan and zoom costs. Drawn offscreen on all sides."""
import json
import os
import subprocess

from table import PEERS, Row, Unavailable, middle

POINTS, FRAME_MS, PLAIN, PYQTGRAPH = 1_000_000, 16.7, 100, 2


def told(command, env):
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(options):
    env = dict(os.environ, LC_ALL="C.UTF-8")
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    program = options.program("tests/bench_charts")
    try:
        python, missing = options.peer_python("pyqtgraph", "PyQt6"), ""
    except Unavailable as error:
        python, missing = None, str(error)
    ours, plain, pg, near = [], [], [], []
    for _ in range(options.pairs):
        mine = told([program, "ours", str(POINTS), "5"], env)
        ours.append(middle(mine["fresh"]["wall_ms"]))
        near.append(mine["near"]["cpu_ms"])
        plain.append(middle(told([program, "plain", str(POINTS), "1"], env)["fresh"]["wall_ms"]))
        if python:
            pg.append(told([python, str(PEERS / "charts_py.py"), "pyqtgraph-ds", str(POINTS), "5"], env)["frame_ms"])
    small, large = (told([program, "ours", str(n), "3"], env) for n in (10_000, 10_000_000))
    ratios = [p / o for p, o in zip(plain, ours)]
    beside = [p / o for p, o in zip(pg, ours)]
    costs = sorted(cost for run in near for cost in run)
    wide, narrow = middle(large["near"]["cpu_ms"]), middle(small["near"]["cpu_ms"])
    rows = [Row("chart 1M points, new data, beside Qt Charts", f"{middle(ours):.1f} ms", f"{middle(plain):,.0f} ms", ratios, gate=f"≥ {PLAIN}x", met=middle(ratios) >= PLAIN)]
    if python:
        rows.append(Row("… beside pyqtgraph, peak downsampling", f"{middle(ours):.1f} ms", f"{middle(pg):.1f} ms", beside, gate=f"≥ {PYQTGRAPH}x", met=middle(beside) >= PYQTGRAPH))
    else:
        rows.append(Row("… beside pyqtgraph, peak downsampling", missing=missing))
    rows.append(Row("chart 1M points, pan and zoom, CPU a frame", f"{middle(costs):.1f} ms", quality=f"worst of {len(costs)}: {costs[-1]:.1f} ms", gate=f"≤ {FRAME_MS} ms", met=costs[-1] <= FRAME_MS))
    rows.append(Row("chart 10M points, pan and zoom, beside 10k points", f"{wide:.1f} ms CPU", f"{narrow:.1f} ms CPU", [narrow / wide], note="told only: the stretch is 100M within 2x of 10k"))
    return rows
