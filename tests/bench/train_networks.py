#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""train_networks.py BUILD PEERS [PAIRS]: mlp and lstm, ours against the PyTorch loop of PEERS/train_torch.py on the same rows.

Pairs A B A B in one run; the peer runs with one and with two threads, the better median counts. Prints a line a bench with the
median ratio and both qualities, and exits 1 below the gate (mlp 6x, R2 within 0.002; lstm 3x, R2 within 0.005).
Needs python3-torch and python3-numpy of the distribution; says so and exits 77 without them.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

GATES = {"mlp": (6.0, 0.002), "lstm": (3.0, 0.005)}
SIZES = {"mlp": (20000, 20), "lstm": (50000, 3)}

# The peer's own rows, written for our program: the same formulas and the same generator, see train_torch.py.
DATA = r"""
import sys
import numpy as np
kind, n, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
rng = np.random.default_rng(11)
if kind == "mlp":
    X = rng.random((n + n // 10, 8), dtype=np.float32)
    y = (10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - .5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
         + rng.normal(0, 1, len(X))).astype(np.float32)[:, None]
    y = (y - y.mean()) / y.std()
    window, series = 0, 8
else:
    t = np.arange(n + n // 10 + 24)
    s = np.stack([np.sin(2 * np.pi * t / 24 + k) + .5 * np.sin(2 * np.pi * t / 8760 + k) + .1 * rng.normal(size=len(t)) for k in range(3)], 1).astype(np.float32)
    X = np.lib.stride_tricks.sliding_window_view(s, 24, axis=0).transpose(0, 2, 1)[:-1].copy()
    y = s[24:]
    window, series = 24, 3
with open(path, "wb") as f:
    np.array([n, len(X) - n, window, series, y.shape[1]], dtype="<u8").tofile(f)
    np.ascontiguousarray(X, dtype="<f4").tofile(f)
    np.ascontiguousarray(y, dtype="<f4").tofile(f)
"""


def python_with_torch():
    for interpreter in ("python3", "/usr/bin/python3"):
        try:
            if subprocess.run([interpreter, "-c", "import torch, numpy"], capture_output=True, timeout=120).returncode == 0:
                return interpreter
        except OSError:
            pass
    return None


def last_json(command, env=None):
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def compare(kind, build, peers, pairs, interpreter):
    rows, epochs = SIZES[kind]
    ours, theirs = [], {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "rows.bin")
        subprocess.run([interpreter, "-c", DATA, kind, str(rows), data], check=True)
        for _ in range(pairs):
            ours.append(last_json([str(build / "tests" / "bench_train_mlp"), kind, data, str(epochs)]))
            for threads in theirs:
                env = dict(os.environ, PEER_THREADS=str(threads))
                theirs[threads].append(last_json([interpreter, str(peers / "train_torch.py"), kind, str(rows), str(epochs), "1"], env))
    threads = min(theirs, key=lambda t: statistics.median(r["median_s"] for r in theirs[t]))
    peer = theirs[threads]
    ratio = statistics.median(p["median_s"] / o["median_s"] for o, p in zip(ours, peer))
    cpu = statistics.median(p["cpu_median_s"] / o["cpu_median_s"] for o, p in zip(ours, peer))
    times = sorted(o["median_s"] for o in ours)
    quality, peer_quality = ours[0]["quality"], statistics.median(p["quality"] for p in peer)
    gate, slack = GATES[kind]
    passed = ratio >= gate and quality >= peer_quality - slack
    print(json.dumps({
        "bench": f"train {kind} {rows}x{epochs} epochs", "ratio": round(ratio, 2), "cpu_ratio": round(cpu, 2), "gate": gate, "passed": passed,
        "ours_s": {"min": times[0], "median": statistics.median(times), "max": times[-1]},
        "peer_s": statistics.median(p["median_s"] for p in peer), "peer_threads": threads, "r2": round(quality, 5), "peer_r2": peer_quality,
        "predict_one_us": round(statistics.median(o["predict_one_us"] for o in ours), 2), "pairs": pairs, "load1": os.getloadavg()[0],
        "torch": ours[0]["torch"], "peer_torch": peer[0]["torch"]}), flush=True)
    return passed


def main():
    build, peers = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    if not (peers / "train_torch.py").exists():
        print(f"train networks: not run, the peer scripts are not at {peers}")
        return 77
    interpreter = python_with_torch()
    if not interpreter:
        print("train networks: not run, python3-torch and python3-numpy are not installed (apt-get install python3-torch python3-numpy)")
        return 77
    return 0 if all([compare(kind, build, peers, pairs, interpreter) for kind in GATES]) else 1


if __name__ == "__main__":
    sys.exit(main())
