#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""csv.py BUILD PEERS [PAIRS]: reading 1M x 20 CSV, ours against pandas and polars, pairs A B A B in one run.

BUILD holds tests/bench_csv (release), PEERS gen_csv.py and csv_ingest.py. Prints medians, ratios and peak memory, checks that
the numbers are bit-equal to pandas' (float_precision=round_trip), and exits 1 below the gate: wall >= 2.5x, CPU >= 2x of both,
peak RSS <= 250 MB. The line with digests makes MD5 and SHA-256 as well, as training does; no peer does, so it is not judged.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

BITS = """
import sys, json
import numpy as np, pandas as pd
d = pd.read_csv(sys.argv[1], float_precision="round_trip")
out = {}
for c in d.columns:
    if d[c].dtype.kind in "fi":
        v = d[c].to_numpy(dtype="f8")
        out[c] = str(int(np.add.reduce(v[~np.isnan(v)].view("u8"), dtype="u8")))
print(json.dumps(out))
"""


def last_json(command, env=None):
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    here = pathlib.Path(__file__).resolve().parent
    build, peers = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    made = subprocess.run([here / "peers-venv"], capture_output=True, text=True)
    if made.returncode != 0:
        print("the peers cannot be installed here:", made.stderr.strip().splitlines()[-1] if made.stderr else "")
        return 77
    python = made.stdout.strip()
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PEER_THREADS=str(os.cpu_count() or 1))
    data = build / "bench-1m-x-20.csv"
    if not data.exists():
        subprocess.run([python, peers / "gen_csv.py", "1000000", data], check=True, env=env)
    ours = build / "tests" / "bench_csv"
    runs = {
        "pilothouse": lambda: last_json([ours, data, "3"]),
        "pandas": lambda: last_json([python, peers / "csv_ingest.py", "pandas", data, "3"], env),
        "polars": lambda: last_json([python, peers / "csv_ingest.py", "polars", data, "3"], env),
        "with digests": lambda: last_json([ours, data, "3", "fingerprint"]),
    }
    seen = {name: [] for name in runs}
    for _ in range(pairs):
        for name, run in runs.items():
            seen[name].append(run())
    middle = lambda name, key: statistics.median(r[key] for r in seen[name])
    equal = last_json([python, "-c", BITS, data]) == seen["pilothouse"][0]["bits"]
    print(f"{'csv 1M x 20':14} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}   load {os.getloadavg()[0]:.1f}, {pairs} pairs of 3")
    for name in runs:
        print(f"{name:14} {middle(name, 'median_s'):8.3f} {middle(name, 'cpu_median_s'):8.3f} {max(r['peak_rss_mb'] for r in seen[name]):8.0f}")
    good = equal and max(r["peak_rss_mb"] for r in seen["pilothouse"]) <= 250
    for peer in ("pandas", "polars"):
        wall = statistics.median(p["median_s"] / o["median_s"] for p, o in zip(seen[peer], seen["pilothouse"]))
        cpu = statistics.median(p["cpu_median_s"] / o["cpu_median_s"] for p, o in zip(seen[peer], seen["pilothouse"]))
        good = good and wall >= 2.5 and cpu >= 2
        print(f"against {peer}: {wall:.2f}x wall (gate 2.5), {cpu:.2f}x CPU (gate 2)")
    print("numbers bit-equal to pandas (round_trip):", "yes" if equal else "NO")
    return 0 if good else 1


sys.exit(main())
