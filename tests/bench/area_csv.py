# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading 1M x 20 CSV (16 float, 1 int, 3 text; quoted commas, blanks): ours against pandas and polars, and the numbers' bits against pandas'."""
import subprocess

from table import PEERS, Row, last_json, middle, peer_env

WALL, CPU, PEAK = 2.5, 2.0, 250
RUNS = 5  # of each in a pair, the median counts: of two, one hiccup of 50 ms would be half of ours and a seventh of a peer's
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


def measure(options):
    ours = options.program("tests/bench_csv")
    python = options.peer_python("pandas", "polars", "numpy")
    data = options.build / "bench-1m-x-20.csv"
    if not data.exists():  # kept: it takes longer to make than to read
        part = data.with_suffix(".part")
        subprocess.run([python, PEERS / "gen_csv.py", "1000000", part], check=True, env=peer_env())
        part.rename(data)
    seen = {"ours": [], "pandas": [], "polars": [], "digests": []}
    for _ in range(options.pairs):
        seen["ours"].append(last_json([ours, data, RUNS]))
        for peer in ("pandas", "polars"):
            seen[peer].append(last_json([python, PEERS / "csv_ingest.py", peer, data, RUNS], env=peer_env()))
        seen["digests"].append(last_json([ours, data, 1, "fingerprint"]))
    equal = last_json([python, "-c", BITS, data], env=peer_env()) == seen["ours"][0]["bits"]
    seconds = lambda name: f"{middle([r['median_s'] for r in seen[name]]):.3f} s"
    peak = lambda name: max(r["peak_rss_mb"] for r in seen[name])
    rows = []
    for peer in ("pandas", "polars"):
        wall = [p["median_s"] / o["median_s"] for o, p in zip(seen["ours"], seen[peer])]
        cpu = middle([p["cpu_median_s"] / o["cpu_median_s"] for o, p in zip(seen["ours"], seen[peer])])
        rows.append(Row(f"csv 1M x 20 | {peer}", seconds("ours"), seconds(peer), wall, cpu, f"bits as pandas': {'yes' if equal else 'NO'}",
                        f"{peak('ours'):.0f} | {peak(peer):.0f} MB", f"{WALL}x, CPU {CPU:.0f}x, {PEAK} MB",
                        middle(wall) >= WALL and cpu >= CPU and equal and peak("ours") <= PEAK))
    rows.append(Row("csv with MD5 and SHA-256", seconds("digests"), memory=f"{peak('digests'):.0f} MB"))
    return rows
