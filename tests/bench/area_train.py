# SPDX-License-Identifier: GPL-3.0-or-later
"""Training: MLP against PyTorch's loop with the same LibTorch at its better thread count; forest and tree against scikit-learn."""
import subprocess

from table import PEERS, Row, Unavailable, last_json, middle, peer_env

MLP = {"rows": 20000, "epochs": 20, "gate": 6.0, "slack": 0.002}
FOREST = {"fit": 4.0, "predict": 10.0, "slack": 0.005}
TREES = 20000, 8

# The peers' own rows, written for our programs: the same formula and the same generator as in train_torch.py and train_sk.py.
DATA = r"""
import sys
import numpy as np
kind, n, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
rng = np.random.default_rng(11)
x = rng.random((n + n // 10, 8), dtype=np.float32)
y = (10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - .5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4] + rng.normal(0, 1, len(x))).astype(np.float32)
head = [n, len(x) - n, 8]
if kind == "mlp":
    y = (y - y.mean()) / y.std()
    head = [n, len(x) - n, 0, 8, 1]
with open(path, "wb") as f:
    np.array(head, dtype="<u8").tofile(f)
    x.astype("<f4").tofile(f)
    y.astype("<f4").tofile(f)
"""


def python_with_torch():
    """The distribution's: it has the LibTorch that we are built with."""
    for interpreter in ("/usr/bin/python3", "python3"):
        try:
            if subprocess.run([interpreter, "-c", "import torch, numpy"], capture_output=True, timeout=300).returncode == 0:
                return interpreter
        except OSError:
            pass
    raise Unavailable("PyTorch is not installed: apt-get install python3-torch python3-numpy")


def mlp(options):
    program, python = options.program("tests/bench_train_mlp"), python_with_torch()
    data = options.folder / "mlp.bin"
    subprocess.run([python, "-c", DATA, "mlp", str(MLP["rows"]), data], check=True)
    ours, theirs = [], {1: [], 2: []}
    for _ in range(options.pairs):
        ours.append(last_json([program, "mlp", data, MLP["epochs"]]))
        for threads in theirs:
            theirs[threads].append(last_json([python, PEERS / "train_torch.py", "mlp", MLP["rows"], MLP["epochs"], 1], env=peer_env(threads)))
    threads = min(theirs, key=lambda t: middle([r["median_s"] for r in theirs[t]]))
    peer = theirs[threads]
    wall = [p["median_s"] / o["median_s"] for o, p in zip(ours, peer)]
    quality, other = ours[0]["quality"], middle([p["quality"] for p in peer])
    return Row(f"train mlp 20k x 8, 20 epochs | torch {peer[0]['torch']}", f"{middle([o['median_s'] for o in ours]):.2f} s",
               f"{middle([p['median_s'] for p in peer]):.2f} s ({threads} threads)", wall, middle([p["cpu_median_s"] / o["cpu_median_s"] for o, p in zip(ours, peer)]),
               f"R² {quality:.4f} | {other:.4f}", f"{max(o['peak_rss_mb'] for o in ours):.0f} | {max(p['peak_rss_mb'] for p in peer):.0f} MB",
               f"{MLP['gate']:.0f}x, R² within {MLP['slack']}", middle(wall) >= MLP["gate"] and quality >= other - MLP["slack"])


def trees(options):
    program, python = options.program("tests/bench_forest"), options.peer_python("sklearn", "numpy")
    data = options.folder / "trees.bin"
    subprocess.run([python, "-c", DATA, "trees", str(TREES[0]), data], check=True)
    rows = []
    for kind, words in (("forest", "forest, 100 trees, depth 10"), ("dtree", "tree, depth 10")):
        ours, theirs = [], []
        for _ in range(options.pairs):
            ours.append(last_json([program, kind, data]))
            theirs.append(last_json([python, PEERS / "train_sk.py", kind, *TREES, 1], env=peer_env()))
        fit = [t["median_s"] / o["median_s"] for o, t in zip(ours, theirs)]
        predict = [o["predict_rows_per_s"] / t["predict_rows_per_s"] for o, t in zip(ours, theirs)]
        quality, other = ours[0]["quality"], theirs[0]["quality"]
        near, judged = quality >= other - FOREST["slack"], kind == "forest"
        rows.append(Row(f"train {words}, 20k x 8 | scikit-learn", f"{middle([o['median_s'] for o in ours]):.3f} s", f"{middle([t['median_s'] for t in theirs]):.3f} s", fit,
                        middle([t["cpu_median_s"] / o["cpu_median_s"] for o, t in zip(ours, theirs)]), f"R² {quality:.4f} | {other:.4f}",
                        f"{max(o['peak_rss_mb'] for o in ours):.0f} | {max(t['peak_rss_mb'] for t in theirs):.0f} MB",
                        f"{FOREST['fit']:.0f}x, R² within {FOREST['slack']}" if judged else "", (middle(fit) >= FOREST["fit"] and near) if judged else None))
        rows.append(Row(f"predict {words}, 2,000 rows | scikit-learn", f"{middle([o['predict_rows_per_s'] for o in ours]) / 1e3:.0f}k rows/s",
                        f"{middle([t['predict_rows_per_s'] for t in theirs]) / 1e3:.0f}k rows/s", predict, quality=f"one row {middle([o['predict_one_us'] for o in ours]):.1f} µs",
                        gate=f"{FOREST['predict']:.0f}x" if judged else "", met=(middle(predict) >= FOREST["predict"]) if judged else None))
    return rows


def measure(options):
    return [mlp(options), *trees(options)]
