# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift of 1M x 20 numbers, KS, PSI, Wasserstein and Jensen-Shannon of each column, both sides from rows: ours against scipy doing the same, NannyML (three statistics) and
Evidently (one test a column; it imports pandas 2 only, so these two have an environment of their own); the same with the reference sorted before; a live window; profiles that
add up. Values are compared with scipy's."""
import subprocess

from table import PEERS, VENV, Row, Unavailable, last_json, middle, peer_env

ROWS, COLUMNS = 1_000_000, 20
EVIDENTLY_COLUMNS = 2  # of as many rows: 10 s a column; ours has all 20, the ratio is of seconds a column
COLD, CACHED = {"scipy": 15.0, "nannyml": 8.0, "evidently": 100.0}, 30.0
UPDATE_US, SCORE_MS = 20.0, 1.0
WITHIN = 1e-6
OTHERS = VENV.parent / "peers-drift-venv" / "bin" / "python"
INSTALL = "python3 -m venv build/peers-drift-venv && build/peers-drift-venv/bin/pip install nannyml 'evidently==0.7.*'"


def other_python(module):
    if not OTHERS.exists() or subprocess.run([OTHERS, "-c", f"import {module}"], capture_output=True).returncode != 0:
        raise Unavailable(f"{module} is not installed: {INSTALL}")
    return str(OTHERS)


def furthest(ours, theirs):
    """The largest difference of a statistic, relative where it is above 1."""
    return max(abs(a - b) / max(1.0, abs(b)) for mine, his in zip(ours, theirs) for a, b in zip(mine, his))


def peer(python, kind, columns):
    return last_json([python, PEERS / "drift.py", kind, ROWS, columns, 1], env=peer_env())


def measure(options):
    ours = options.program("tests/bench_drift")
    python = options.peer_python("scipy", "pandas", "numpy")
    data = options.build / "bench-drift-1m-x-20.bin"
    if not data.exists():  # kept, as the CSV is
        part = data.with_suffix(".part")
        subprocess.run([python, PEERS / "drift.py", "scipy", str(ROWS), str(COLUMNS), "0", part], check=True, env=peer_env())
        part.rename(data)
    cold, cached, scipy = [], [], []
    for _ in range(options.pairs):
        cold.append(last_json([ours, "exact", data, 3]))
        scipy.append(peer(python, "scipy", COLUMNS))
        cached.append(last_json([ours, "cached", data, 3]))
    off = max(furthest(o["values"], s["quality"]["values"]) for o, s in zip(cold + cached, scipy + scipy))
    seconds = lambda seen: f"{middle([r['median_s'] for r in seen]):.3f} s"
    ratio = lambda seen, peers, share=1.0: [p["median_s"] / share / o["median_s"] for o, p in zip(seen, peers)]
    busy = lambda seen, peers, share=1.0: middle([p["cpu_median_s"] / share / o["cpu_median_s"] for o, p in zip(seen, peers)])
    memory = lambda seen, peers: f"{max(o['peak_rss_mb'] for o in seen):.0f} | {max(p['peak_rss_mb'] for p in peers):.0f} MB"
    for words, seen, gate in (("drift 1M x 20", cold, COLD["scipy"]), ("the same, reference cached", cached, CACHED)):
        wall = ratio(seen, scipy)
        yield Row(f"{words} | scipy", seconds(seen), seconds(scipy), wall, busy(seen, scipy), f"off by {off:.0e}", memory(seen, scipy), f"{gate:.0f}x, within {WITHIN:.0e}",
                  middle(wall) >= gate and off <= WITHIN)
    for kind, columns, note in (("nannyml", COLUMNS, "NannyML makes three statistics, ours four."), ("evidently", EVIDENTLY_COLUMNS, "Evidently makes one test a column; seconds a column are compared.")):
        what = f"drift 1M x 20 | {kind}"
        try:
            theirs, other = [], other_python(kind)
            for _ in range(options.pairs if kind == "nannyml" else min(2, options.pairs)):
                theirs.append(peer(other, kind, columns))
        except (Unavailable, RuntimeError) as missing:
            yield Row(what, missing=str(missing))
            continue
        share = columns / COLUMNS
        wall = ratio(cold, theirs, share)
        yield Row(what, seconds(cold), f"{middle([t['median_s'] for t in theirs]):.1f} s" + ("" if share == 1 else f" for {columns} columns"), wall, busy(cold, theirs, share), "",
                  memory(cold, theirs), f"{COLD[kind]:.0f}x", middle(wall) >= COLD[kind], note)
    window = [last_json([ours, "window", data, 5]) for _ in range(options.pairs)]
    update, score = middle([w["update_us"] for w in window]), middle([w["score_ms"] for w in window])
    yield Row("live window, 8 columns x 10,000 rows", f"{update:.2f} µs a row, score {score:.2f} ms", gate=f"{UPDATE_US:.0f} µs, {SCORE_MS:.0f} ms", met=update <= UPDATE_US and score <= SCORE_MS)
    merged = last_json([ours, "merge", data, 5])
    yield Row("30 profiles of 20 columns added up", f"{merged['median_s'] * 1e3:.1f} ms", quality=f"{merged['rows']} rows")
