# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared helpers for the peer benchmarks: one JSON line out, median of n runs, peak RSS."""
import json, os, resource, statistics, sys, time

THREADS = int(os.environ.get("PEER_THREADS", "2"))
for _v in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ.setdefault(_v, str(THREADS))


CPU = []  # process CPU seconds of the last timed(): steadier than wall when the cores are shared


def rss_mb():
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(fn, runs, warm=0):
    ts, out = [], None
    CPU.clear()
    for i in range(runs + warm):
        c, t = time.process_time(), time.perf_counter()
        out = None
        out = fn()
        dt, dc = time.perf_counter() - t, time.process_time() - c
        if i >= warm:
            ts.append(dt)
            CPU.append(dc)
    return ts, out


def emit(name, ts, **kw):
    rec = {"bench": name, "median_s": round(statistics.median(ts), 6), "min_s": round(min(ts), 6),
           "max_s": round(max(ts), 6), "runs": len(ts),
           "cpu_median_s": round(statistics.median(CPU), 6) if len(CPU) == len(ts) else None, "peak_rss_mb": round(peak_mb(), 1),
           "load1": os.getloadavg()[0], "threads": THREADS}
    rec.update(kw)
    print(json.dumps(rec, default=float), flush=True)
