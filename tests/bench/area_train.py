# SPDX-License-Identifier: GPL-3.0-or-later
"""Training: MLP and LSTM against PyTorch's loop with the same LibTorch at its better thread count; forest, tree, boosting and SVC against
scikit-learn and XGBoost for Python, boosting also with the other cores busy; verifying a package against OpenSSL's own speed; sgemm with the
core type that we choose."""
import contextlib
import os
import pathlib
import subprocess
import sys

from table import PEERS, Row, Unavailable, last_json, middle, peer_env

NETWORKS = {"mlp": {"rows": 20000, "epochs": 20, "gate": 6.0, "slack": 0.002, "words": "mlp 20k x 8, 20 epochs"},
            "lstm": {"rows": 50000, "epochs": 3, "gate": 3.0, "slack": 0.005, "words": "lstm 50k windows of 24 x 3, 3 epochs"}}
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


# What our program and the peer are asked for, the row's words, the peer's interpreter, gate (ratio; None: told only), what quality may be less,
# and rows, columns or pairs that are not the usual ones. Boosting is judged beside the same library called from Python and scikit-learn's own;
# XGBoost of today is told beside them. With the other cores busy no pair may be worse: threads that wait for each other by spinning then cost most.
DISTRIBUTION = "the distribution's python3-xgboost"
BOOSTING = "gradient boosting, 100 trees, depth 6, hist, 20k x 8"
OTHERS = [{"ours": "xgb", "peer": "xgb", "words": f"{BOOSTING} | {DISTRIBUTION}", "python": DISTRIBUTION, "gate": 1 / 1.1, "slack": 0.005},
          {"ours": "xgb", "peer": "xgb", "words": f"{BOOSTING}, the other cores busy | {DISTRIBUTION}", "python": DISTRIBUTION, "gate": 1 / 1.1, "slack": 0.005, "busy": True},
          {"ours": "xgb", "peer": "hist", "words": f"{BOOSTING} | scikit-learn's HistGradientBoosting, 100 trees of 31 leaves", "python": "sklearn", "gate": 1 / 1.1, "slack": 0.005},
          {"ours": "xgb", "peer": "xgb", "words": f"{BOOSTING} | the newest xgboost for Python", "python": "xgboost", "gate": None, "slack": 0.005},
          {"ours": "svc", "peer": "svc", "words": "SVC RBF, 10k x 10 | scikit-learn", "python": "sklearn", "gate": 1 / 1.1, "slack": 0.005, "rows": 10000, "columns": 10},
          {"ours": "dtree", "peer": "dtree", "words": "tree, depth 10, 1M x 20, one pair | scikit-learn", "python": "sklearn", "gate": 10.0, "slack": 0.005, "rows": 1000000, "columns": 20, "pairs": 1}]

SPIN = """
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
parent, end = os.getppid(), time.monotonic() + 900
while os.getppid() == parent and time.monotonic() < end:
    sum(range(200000))
"""


@contextlib.contextmanager
def busy_cores(wanted):
    """A process at full speed on each core but the first, at our priority, as long as the body runs; it ends with us, however we end."""
    cores = sorted(os.sched_getaffinity(0))[1:]
    if wanted and not cores:
        raise Unavailable("there is one core only: no other can be busy")
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN, str(core)]) for core in cores if wanted]
    try:
        yield
        if any(process.poll() is not None for process in spinning):
            raise RuntimeError("what kept the other cores busy ended before the measurement")
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def other(options, what):
    rows, columns, kind = what.get("rows", 20000), what.get("columns", 8), what["ours"]
    program = options.program("tests/bench_estimator")
    if what["python"] == DISTRIBUTION:
        python = distribution_python("xgboost, sklearn, numpy", "python3-xgboost python3-sklearn")
    else:
        python = options.peer_python("sklearn", "numpy", what["python"])
    data = options.folder / f"{kind}.bin"
    subprocess.run([python, "-c", DATA, kind, str(rows), data, str(columns)], check=True)
    ours, theirs = [], []
    with busy_cores(what.get("busy", False)):
        for _ in range(min(what.get("pairs", options.pairs), options.pairs)):
            ours.append(last_json([program, kind, data]))
            theirs.append(last_json([python, PEERS / "train_sk.py", what["peer"], rows, columns, 1], env=peer_env()))
    data.unlink()
    fit = [t["median_s"] / o["median_s"] for o, t in zip(ours, theirs)]
    quality, peer, gate = ours[0]["quality"], theirs[0]["quality"], what["gate"]
    judged = min(fit) if what.get("busy") else middle(fit)
    met = gate is not None and judged >= gate and quality >= peer - what["slack"]
    told = f"{'accuracy' if kind == 'svc' else 'R²'} {quality:.4f} | {peer:.4f}"
    words = "" if gate is None else f"{gate:.2g}x{' in every pair' if what.get('busy') else ''}, {'support ± 1 %' if kind == 'svc' else 'R² within ' + str(what['slack'])}"
    if kind == "svc":
        mine, support = ours[0]["facts"]["support_vectors"], theirs[0]["support"]
        met = met and abs(mine - support) <= 0.01 * support
        told += f", {mine:.0f} | {support} support vectors"
    return Row(f"train {what['words']}", f"{middle([o['median_s'] for o in ours]):.3f} s", f"{middle([t['median_s'] for t in theirs]):.3f} s", fit,
               middle([t["cpu_median_s"] / o["cpu_median_s"] for o, t in zip(ours, theirs)]), told,
               f"{max(o['peak_rss_mb'] for o in ours):.0f} | {max(t['peak_rss_mb'] for t in theirs):.0f} MB", words, met if gate is not None else None)


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
    """Row by row: what cannot be measured for want of a peer says so in its row, and the others go on."""
    parts = [(f"train {what['words']}", lambda kind=kind: [network(options, kind)]) for kind, what in NETWORKS.items()]
    parts.append(("train and predict forest and tree | scikit-learn", lambda: trees(options)))
    parts += [(f"train {what['words']}", lambda what=what: [other(options, what)]) for what in OTHERS]
    parts += [("verify a package of 512 MB | openssl speed, 1 thread", lambda: [verify(options)]), ("sgemm 2048, 1 thread", lambda: [blas(options)])]
    for words, rows in parts:
        try:
            yield from rows()
        except Unavailable as missing:
            yield Row(words, missing=str(missing))
