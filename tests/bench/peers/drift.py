# SPDX-License-Identifier: GPL-3.0-or-later
"""drift.py scipy|evidently|nannyml ROWS COLS [RUNS [FILE]]: two-sample drift of ROWS x COLS floats (half the columns shifted).
scipy: KS + PSI + 1-Wasserstein + Jensen-Shannon distance (base 2) per column, on 10 quantile bins of the reference, as
defined in reference/drift.json, written the straightforward way.
FILE: the same two tables for bench_drift are written there, and nothing is measured with RUNS 0."""
import os
import sys
os.environ.update(DO_NOT_TRACK="1", NML_DISABLE_USAGE_LOGGING="1")  # the peers phone home otherwise
import peer as c
import numpy as np
import pandas as pd

kind, n, p = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
runs = int(sys.argv[4]) if len(sys.argv) > 4 else 5
rng = np.random.default_rng(5)
cols = [f"f{i}" for i in range(p)]
ref = pd.DataFrame(rng.normal(0, 1, (n, p)), columns=cols)
cur = pd.DataFrame(rng.normal(0, 1, (n, p)) + (np.arange(p) % 2) * .2, columns=cols)
if len(sys.argv) > 5:
    with open(sys.argv[5], "wb") as f:
        np.array([n, p], dtype="<u8").tofile(f)
        for table in (ref, cur):
            for k in cols:
                table[k].to_numpy().astype("<f8").tofile(f)
    if runs == 0:
        sys.exit()

if kind == "scipy":
    from scipy import stats
    from scipy.spatial.distance import jensenshannon

    def run():
        out = {}
        for k in cols:
            a, b = ref[k].to_numpy(), cur[k].to_numpy()
            ks = stats.ks_2samp(a, b, method="asymp")
            q = np.unique(np.quantile(a, np.linspace(0, 1, 11)[1:-1]))
            e = np.bincount(np.searchsorted(q, a, "left"), minlength=len(q) + 1) / n   # a value on an edge goes left
            o = np.bincount(np.searchsorted(q, b, "left"), minlength=len(q) + 1) / n
            js = jensenshannon(e, o, 2)
            e, o = np.maximum(e, 1e-4), np.maximum(o, 1e-4)
            psi = float(((o - e) * np.log(o / e)).sum())
            w = stats.wasserstein_distance(a, b)
            out[k] = (ks.statistic, ks.pvalue, psi, w, js)
        return out
    q = lambda r: {"ks_f1": r["f1"][0], "psi_f1": r["f1"][2], "wasserstein_f1": r["f1"][3], "js_f1": r["f1"][4],
                   "drifted": sum(v[0] > .05 for v in r.values()), "values": [[v[0], v[2], v[3], v[4]] for v in r.values()]}
elif kind == "evidently":
    from evidently import Report
    from evidently.presets import DataDriftPreset

    def run():
        return Report([DataDriftPreset()]).run(cur, ref).dict()
    q = lambda r: {"first": str(r["metrics"][0]["value"])[:80]}
else:
    import nannyml as nml

    def run():
        calc = nml.UnivariateDriftCalculator(column_names=cols, chunk_number=1,
                                             continuous_methods=["kolmogorov_smirnov", "wasserstein", "jensen_shannon"])
        calc.fit(ref)
        return calc.calculate(cur).to_df()
    q = lambda r: {"rows": len(r)}
base = c.rss_mb()
ts, r = c.timed(run, runs)
c.emit(f"drift/{kind}", ts, rows=n, cols=p, base_rss_mb=round(base, 1), quality=q(r))
