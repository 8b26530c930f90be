#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""train_trees.py BUILD PEERS [PAIRS] [KIND…]: linear regression, tree and forest, ours against PEERS/train_sk.py on the same rows.

Pairs A B A B in one run. Prints a line a bench with the median ratios (fit wall, fit CPU, predicted rows a second) and both
qualities, and exits 1 below the gate (forest: fit 4x, R2 within 0.005, predict 10x). To be run with the interpreter that has
scikit-learn (tests/bench/peers-venv); exits 77 without it.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.pop(0)  # this folder's csv.py is no module csv
try:
    import numpy as np
    import sklearn  # noqa: F401
except ImportError:
    print("scikit-learn is not there: run with the interpreter of tests/bench/peers-venv")
    sys.exit(77)

SIZES = {"linreg": (20000, 8), "dtree": (20000, 8), "forest": (20000, 8)}
GATES = {"forest": (4.0, 10.0, 0.005)}  # fit, predict, R2 below the peer's at most


def write_rows(n, p, path):
    """The peer's own rows: the same formula and the same generator, see train_sk.py."""
    rng = np.random.default_rng(11)
    x = rng.random((n + n // 10, p), dtype=np.float32)
    y = (10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - .5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
         + rng.normal(0, 1, len(x))).astype(np.float32)
    with open(path, "wb") as f:
        np.array([n, len(x) - n, p], dtype="<u8").tofile(f)
        x.astype("<f4").tofile(f)
        y.astype("<f4").tofile(f)


def last_json(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def compare(kind, build, peers, pairs):
    rows, cols = SIZES[kind]
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "rows.bin")
        write_rows(rows, cols, data)
        for _ in range(pairs):
            ours.append(last_json([str(build / "tests" / "bench_forest"), kind, data]))
            theirs.append(last_json([sys.executable, str(peers / "train_sk.py"), kind, str(rows), str(cols), "1"]))
    ratio = lambda key, up: statistics.median((o[key] / t[key] if up else t[key] / o[key]) for o, t in zip(ours, theirs))
    fit, cpu, predict = ratio("median_s", False), ratio("cpu_median_s", False), ratio("predict_rows_per_s", True)
    times = sorted(o["median_s"] for o in ours)
    quality, peer_quality = ours[0]["quality"], theirs[0]["quality"]
    passed = True
    if kind in GATES:
        fit_gate, predict_gate, slack = GATES[kind]
        passed = fit >= fit_gate and predict >= predict_gate and quality >= peer_quality - slack
    print(f"train {kind:7} {rows}x{cols}  fit {fit:6.2f}x (CPU {cpu:.2f}x)  ours {times[0]:.3f}/{statistics.median(times):.3f}/{times[-1]:.3f} s  "
          f"R2 {quality:.4f} against {peer_quality:.4f}  predict {predict:.1f}x ({statistics.median(o['predict_rows_per_s'] for o in ours):.0f} rows/s, "
          f"one row {statistics.median(o['predict_one_us'] for o in ours):.1f} us)  load {ours[-1]['load1']:.1f}  "
          f"{'gate met' if passed and kind in GATES else 'GATE MISSED' if not passed else 'no gate'}", flush=True)
    return passed


def main():
    build, peers = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    kinds = sys.argv[4:] or list(SIZES)
    sys.exit(0 if all([compare(kind, build, peers, pairs) for kind in kinds]) else 1)


main()
