# SPDX-License-Identifier: GPL-3.0-or-later
"""gen_csv.py ROWS OUT [SEED]: ROWS x 20 (16 float, 1 int, 3 categorical) CSV; the tests' and peers' ingest file."""
import sys
import numpy as np
import polars as pl

n, out = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
d = {}
for i in range(16):
    d[f"f{i}"] = np.round(rng.normal(i, 1 + i / 4, n), 6 if i % 2 else 4)
d["count"] = rng.integers(0, 1_000_000, n)
d["region"] = rng.choice(np.array(["north", "south", "east", "west", "central"]), n)
d["vehicle"] = rng.choice(np.array([f"class_{k:02d}" for k in range(40)]), n)
d["note"] = rng.choice(np.array(["plain", 'quoted, "text"', "", "NA"]), n, p=[.9, .04, .03, .03])
pl.DataFrame(d).write_csv(out)
