# SPDX-License-Identifier: GPL-3.0-or-later
"""Training: MLP and LSTM against PyTorch's loop with the same LibTorch at its better thread count; forest, tree, boosting and SVC against
scikit-learn and XGBoost for Python; verifying a package against OpenSSL's own speed; sgemm with the core type that we choose."""
import pathlib
import subprocess

from table import PEERS, Row, Unavailable, last_json, middle, peer_env

NETWORKS = {"mlp": {"rows": 20000, "epochs": 20, "gate": 6.0, "slack": 0.002, "words": "mlp 20k x 8, 20 epochs"},
            "lstm": {"rows": 20000, "epochs": 3, "gate": 3.0, "slack": 0.005, "words": "lstm 20k windows of 24 x 3, 3 epochs"}}
FOREST = {"fit": 4.0, "predict": 10.0, "slack": 0.005}
TREES = 20000, 8

# The peers' own rows, written for our programs: the same formula and the same generator as in train_torch.py and train_sk.py.
DATA = r"""
import sys
import numpy as np
kind, n, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
rng = np.random.default_rng(11)
if kind == "lstm":
    t = np.arange(n + n // 10 + 24)
    s = np.stack([np.sin(2 * np.pi * t / 24 + k) + .5 * np.sin(2 * np.pi * t / 8760 + k) + .1 * rng.normal(size=len(t)) for k in range(3)], 1).astype(np.float32)
    x = np.lib.stride_tricks.sliding_window_view(s, 24, axis=0).transpose(0, 2, 1)[:-1].copy()
    y = s[24:]
    with open(path, "wb") as f:
        np.array([n, len(x) - n, 24, 3, 3], dtype="<u8").tofile(f)
        x.astype("<f4").tofile(f)
        y.astype("<f4").tofile(f)
    sys.exit()
width = int(sys.argv[4]) if len(sys.argv) > 4 else 8
x = rng.random((n + n // 10, width), dtype=np.float32)
y = (10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - .5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4] + rng.normal(0, 1, len(x))).astype(np.float32)
head = [n, len(x) - n, width]
if kind == "mlp":
    y = (y - y.mean()) / y.std()
    head = [n, len(x) - n, 0, 8, 1]
with open(path, "wb") as f:
    np.array(head, dtype="<u8").tofile(f)
    x.astype("<f4").tofile(f)
    y.astype("<f4").tofile(f)
"""


def distribution_python(modules, packages):
    """The distribution's Python, which has the very libraries that we are built with."""
    for interpreter in ("/usr/bin/python3", "python3"):
        try:
            if subprocess.run([interpreter, "-c", f"import {modules}"], capture_output=True, timeout=300).returncode == 0:
                return interpreter
        except OSError:
            pass
    raise Unavailable(f"not installed: apt-get install {packages}")


def python_with_torch():
    return distribution_python("torch, numpy", "python3-torch python3-numpy")


def network(options, kind):
    program, python, what = options.program("tests/bench_train_mlp"), python_with_torch(), NETWORKS[kind]
    data = options.folder / f"{kind}.bin"
    subprocess.run([python, "-c", DATA, kind, str(what["rows"]), data], check=True)
    ours, theirs = [], {1: [], 2: []}
    for _ in range(options.pairs):
        ours.append(last_json([program, kind, data, what["epochs"]]))
        for threads in theirs:
            theirs[threads].append(last_json([python, PEERS / "train_torch.py", kind, what["rows"], what["epochs"], 1], env=peer_env(threads)))
    threads = min(theirs, key=lambda t: middle([r["median_s"] for r in theirs[t]]))
    peer = theirs[threads]
    wall = [p["median_s"] / o["median_s"] for o, p in zip(ours, peer)]
    quality, other = ours[0]["quality"], middle([p["quality"] for p in peer])
    return Row(f"train {what['words']} | torch {peer[0]['torch']}", f"{middle([o['median_s'] for o in ours]):.2f} s",
               f"{middle([p['median_s'] for p in peer]):.2f} s ({threads} threads)", wall, middle([p["cpu_median_s"] / o["cpu_median_s"] for o, p in zip(ours, peer)]),
               f"R² {quality:.4f} | {other:.4f}", f"{max(o['peak_rss_mb'] for o in ours):.0f} | {max(p['peak_rss_mb'] for p in peer):.0f} MB",
               f"{what['gate']:.0f}x, R² within {what['slack']}", middle(wall) >= what["gate"] and quality >= other - what["slack"])


def trees(options):
    program, python = options.program("tests/bench_estimator"), options.peer_python("sklearn", "numpy")
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


# kind: rows, columns, pairs (None: as many as asked for), words with the peer, gate (ratio; None: told only), what quality may be less.
# Boosting is judged beside the same library called from Python; XGBoost of today is told beside it.
OTHERS = {"xgb": (20000, 8, None, "gradient boosting, 100 trees, depth 6, hist, 20k x 8 | the distribution's python3-xgboost", 1 / 1.1, 0.005),
          "xgb new": (20000, 8, None, "the same | the newest xgboost for Python", None, 0.005),
          "svc": (10000, 10, None, "SVC RBF, 10k x 10 | scikit-learn", 1 / 1.1, 0.005),
          "dtree": (1000000, 20, 1, "tree, depth 10, 1M x 20 | scikit-learn", 10.0, 0.005)}


def other(options, name):
    rows, columns, pairs, words, gate, slack = OTHERS[name]
    program, kind = options.program("tests/bench_estimator"), name.split()[0]
    if name == "xgb":
        python = distribution_python("xgboost, sklearn, numpy", "python3-xgboost python3-sklearn")
    else:
        python = options.peer_python("sklearn", "numpy", *(["xgboost"] if kind == "xgb" else []))
    data = options.folder / f"{kind}.bin"
    subprocess.run([python, "-c", DATA, kind, str(rows), data, str(columns)], check=True)
    ours, theirs = [], []
    for _ in range(min(pairs or options.pairs, options.pairs)):
        ours.append(last_json([program, kind, data]))
        theirs.append(last_json([python, PEERS / "train_sk.py", kind, rows, columns, 1], env=peer_env()))
    fit = [t["median_s"] / o["median_s"] for o, t in zip(ours, theirs)]
    quality, peer = ours[0]["quality"], theirs[0]["quality"]
    met = gate is not None and middle(fit) >= gate and quality >= peer - slack
    told = f"{'accuracy' if kind == 'svc' else 'R²'} {quality:.4f} | {peer:.4f}"
    if kind == "svc":
        mine, support = ours[0]["facts"]["support_vectors"], theirs[0]["support"]
        met = met and abs(mine - support) <= 0.01 * support
        told += f", {mine:.0f} | {support} support vectors"
    data.unlink()
    return Row(f"train {words}", f"{middle([o['median_s'] for o in ours]):.3f} s", f"{middle([t['median_s'] for t in theirs]):.3f} s", fit,
               middle([t["cpu_median_s"] / o["cpu_median_s"] for o, t in zip(ours, theirs)]), told,
               f"{max(o['peak_rss_mb'] for o in ours):.0f} | {max(t['peak_rss_mb'] for t in theirs):.0f} MB",
               "" if gate is None else f"{gate:.2g}x" + (", support ± 1 %" if kind == "svc" else f", R² within {slack}"), met if gate is not None else None)


def verify(options):
    """Opening a package checks every byte of it: beside what OpenSSL says of one thread here."""
    program = options.program("tests/bench_verify")
    ratios, ours, rate = [], [], []
    for _ in range(options.pairs):
        mine = last_json([program, options.folder / "package", 512])
        speed = subprocess.run(["openssl", "speed", "-evp", "sha256", "-bytes", "65536", "-seconds", "1", "-mr"], capture_output=True, text=True)
        figures = [line.split(":")[-1] for line in speed.stdout.splitlines() if line.startswith("+F")]
        if speed.returncode != 0 or not figures:
            raise Unavailable("openssl speed gives no figure: apt-get install openssl")
        ours.append(mine["bytes_per_s"])
        rate.append(float(figures[-1]))
        ratios.append(ours[-1] / rate[-1])
    return Row("verify a package of 512 MB | openssl speed, 1 thread", f"{middle(ours) / 1e9:.2f} GB/s", f"{middle(rate) / 1e9:.2f} GB/s", ratios, gate="0.80x", met=middle(ratios) >= 0.8)


SGEMM = """
import json, time, torch
torch.set_num_threads(1)
a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)
a @ b
best = 1e9
for _ in range(5):
    t = time.perf_counter(); a @ b; best = min(best, time.perf_counter() - t)
import ctypes
library = ctypes.CDLL("libopenblas.so.0")
library.openblas_get_corename.restype = ctypes.c_char_p
print(json.dumps({"gflops": 2 * 2048**3 / best / 1e9, "core": library.openblas_get_corename().decode()}))
"""
WITHOUT_AVX = {"prescott", "core2", "penryn", "dunnington", "nehalem", "barcelona", "bobcat", "atom", "opteron", "opteron_sse3", "nano"}


def blas(options):
    """The same library, with the core type that pilot sets for its worker and with the library's own choice: 3x where the library takes a processor
    that has AVX2 for an old one, no worse elsewhere."""
    python, pilot = python_with_torch(), options.program("bin/pilot")
    clean = {key: value for key, value in peer_env(1).items() if key != "OPENBLAS_CORETYPE"}
    done = subprocess.run([pilot, "doctor"], capture_output=True, text=True, env=clean, cwd=options.folder)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "OpenBLAS core type" in line]
    if not said:
        raise Unavailable("pilot doctor does not name OpenBLAS's core type: is the LibTorch module built?")
    core = said[0].split("OpenBLAS core type")[1].strip().rstrip(".")
    chosen = dict(clean, OPENBLAS_CORETYPE=core) if core.isupper() else clean
    ours, theirs = [], []
    for _ in range(options.pairs):
        ours.append(last_json([python, "-c", SGEMM], env=chosen)["gflops"])
        theirs.append(last_json([python, "-c", SGEMM], env=clean))
    own, theirs = theirs[0]["core"], [t["gflops"] for t in theirs]
    misread = own.lower() in WITHOUT_AVX and " avx2 " in pathlib.Path("/proc/cpuinfo").read_text()
    gate, middling = (3 if misread else 0.9), middle([o / t for o, t in zip(ours, theirs)])
    return Row(f"sgemm 2048, 1 thread, core type {core} | the library's own choice, {own}", f"{middle(ours):.0f} GFLOP/s", f"{middle(theirs):.0f} GFLOP/s", [o / t for o, t in zip(ours, theirs)],
               gate=f"{gate}x, {'misread' if misread else 'read right'}", met=middling >= gate)


def measure(options):
    return [network(options, "mlp"), network(options, "lstm"), *trees(options), *(other(options, kind) for kind in OTHERS), verify(options), blas(options)]
