# SPDX-License-Identifier: GPL-3.0-or-later
"""csv_ingest.py pandas|pandas-pyarrow|polars FILE [RUNS]: seconds to a fully materialised frame."""
import sys
import peer as c
eng, path = sys.argv[1], sys.argv[2]
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
if eng == "polars":
    import polars as pl
    f = lambda: pl.read_csv(path)
    rows = lambda d: d.height
    q = lambda d: d["f3"].mean()
else:
    import pandas as pd
    kw = {"engine": "pyarrow"} if eng.endswith("pyarrow") else {}
    f = lambda: pd.read_csv(path, **kw)
    rows = len
    q = lambda d: float(d["f3"].mean())
base = c.rss_mb()
ts, df = c.timed(f, runs, 1)
import os, statistics
m = statistics.median(ts)
c.emit("csv/" + eng, ts, rows=rows(df), mb=round(os.path.getsize(path) / 1e6, 1), base_rss_mb=round(base, 1),
       rows_per_s=round(rows(df) / m), mb_per_s=round(os.path.getsize(path) / 1e6 / m), quality_mean_f3=q(df))
