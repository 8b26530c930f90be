#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""several_workers.py: `pilot train` in two processes that meet at MASTER_ADDR:MASTER_PORT as a PyTorchJob's pods do. They come to the model of one process
(LibTorch's process group sums gradients, XGBoost's communicator histograms); a worker that is killed ends the other with its reason, and both go on from
the checkpoint; other data or another recipe is refused. In a network of its own (bubblewrap): XGBoost's library listens on every address."""
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from loop_lib import PILOT, check, json, pathlib, run, write_recipe

INSIDE = "PILOTHOUSE_OWN_NETWORK"
ports = iter(range(29500, 29600))


def write_rows(path, rows, seed):
    """Each column has 100 different values, so that XGBoost's histograms have the same borders however the rows are divided."""
    generator = random.Random(seed)
    with open(path, "w", encoding="utf-8") as out:
        out.write("x0,x1,x2,x3,y\n")
        for _ in range(rows):
            x = [generator.randrange(100) / 100 for _ in range(4)]
            y = 3 * x[0] - 2 * x[1] + x[2] * x[3] + generator.gauss(0, 0.05)
            out.write(",".join(f"{v:.2f}" for v in x) + f",{y:.6f}\n")


def start(rank, count, port, *arguments):
    environment = dict(os.environ, MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), RANK=str(rank), WORLD_SIZE=str(count))
    return subprocess.Popen([PILOT, "train", *map(str, arguments), "--json", "--threads", "1"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(worker, timeout=120):
    try:
        stdout, stderr = worker.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        worker.kill()
        raise
    return worker.returncode, stdout, stderr


def together(recipes, out, *more):
    """What the processes ended with, rank by rank. Both are given the same --out: a volume that they share."""
    port = next(ports)
    workers = [start(rank, len(recipes), port, recipe, "--out", out, *more) for rank, recipe in enumerate(recipes)]
    return [end(worker) for worker in workers]


def predictions(model, data, folder):
    out = folder / "scored.csv"
    out.unlink(missing_ok=True)
    subprocess.run([PILOT, "score", str(model), "--data", str(data), "--out", str(out)], check=True, capture_output=True)
    with open(out, encoding="utf-8") as file:
        return [float(row["prediction"]) for row in csv.DictReader(file)]


def same_model(folder, name, estimator, tolerance):
    recipe = folder / f"{name}.yaml"
    write_recipe(recipe, "data.csv", estimator)
    alone = subprocess.run([PILOT, "train", str(recipe), "--out", str(folder / f"{name}-alone"), "--json"], capture_output=True, text=True)
    check(alone.returncode == 0, f"{name} alone: {alone.stderr}")
    for count in (2, 3):
        out = folder / f"{name}-{count}"
        ended = together([recipe] * count, out)
        check(all(code == 0 for code, _, _ in ended), f"{name}, {count} processes: {ended}")
        for rank, (_, stdout, _) in enumerate(ended[1:], 1):
            check(json.loads(stdout)["worker"] == rank, f"rank {rank} printed {stdout[:200]}")
        ours, theirs = predictions(folder / f"{name}-alone", folder / "data.csv", folder), predictions(out, folder / "data.csv", folder)
        spread = max(ours) - min(ours)
        worst = max(abs(a - b) for a, b in zip(ours, theirs)) / spread
        check(worst <= tolerance, f"{name}: {count} processes differ from one by {worst:.2e} of the spread")
        r2 = [json.loads(text)["metrics"]["test"]["r2"] for text in (alone.stdout, ended[0][1])]
        print(f"{name}: {count} processes differ from one by at most {worst:.1e} of the predictions' spread; R² {r2[0]:.6f} | {r2[1]:.6f}")


def killed(folder, name, estimator):
    """Rank 1 is killed while it trains: rank 0 ends with the reason; started again with --resume both come to what they would have."""
    recipe = folder / f"{name}-long.yaml"
    write_recipe(recipe, "data.csv", estimator)
    whole = together([recipe] * 2, folder / f"{name}-whole")
    check(all(code == 0 for code, _, _ in whole), f"{name}: {whole}")
    out, port = folder / f"{name}-cut", next(ports)
    workers = [start(rank, 2, port, recipe, "--out", out, "--checkpoint-seconds", 0) for rank in range(2)]
    index = pathlib.Path(f"{out}.checkpoint/checkpoint.json")
    while workers[0].poll() is None and not (index.exists() and json.loads(index.read_text())["step"] >= 5):
        time.sleep(0.01)
    if workers[0].poll() is not None:
        check(False, f"{name} ended before it could be killed: {end(workers[0])}")
    workers[1].send_signal(signal.SIGKILL)
    code, _, stderr = end(workers[0])
    end(workers[1])
    check(code == 3, f"{name}: rank 0 ended with {code}: {stderr}")
    check("is gone" in stderr, f"{name}: rank 0 does not say why: {stderr}")
    print(f"{name}: rank 0 of a killed rank 1: {stderr.strip().splitlines()[0]}")
    resumed = together([recipe] * 2, out, "--resume", out)
    check(all(code == 0 for code, _, _ in resumed), f"{name} resumed: {resumed}")
    digests = [json.loads(ended[0][1])["weights_sha256"] for ended in (whole, resumed)]
    check(digests[0] == digests[1], f"{name}: weights of the resumed run are others: {digests}")


def refused(folder):
    """Not the same rows, not the same recipe: told by both, and nothing is written."""
    write_rows(folder / "other.csv", 1200, 2)
    one, other = folder / "one.yaml", folder / "other.yaml"
    write_recipe(one, "data.csv", "  - mlp: {epochs: 3}")
    write_recipe(other, "other.csv", "  - mlp: {epochs: 3}")
    out = folder / "never"
    for code, _, stderr in together([one, other], out):
        check(code == 1 and "rank 0" in stderr, f"other data: {code} {stderr}")
    check(not out.exists() and not pathlib.Path(f"{out}.checkpoint").exists(), "something was written")
    environment = dict(os.environ, WORLD_SIZE="2", RANK="0")
    done = subprocess.run([PILOT, "train", str(one), "--out", str(out)], env=environment, capture_output=True, text=True)
    check(done.returncode == 2 and "MASTER_PORT" in done.stderr, f"without MASTER_PORT: {done.returncode} {done.stderr}")


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_rows(folder / "data.csv", 1200, 1)
        same_model(folder, "mlp", "  - mlp: {hidden: [16], epochs: 20, batch_size: 200, patience: 0}", 1e-3)
        same_model(folder, "gradient_boosting", "  - gradient_boosting: {n_estimators: 30, max_depth: 3}", 1e-4)
        same_model(folder, "linear_regression", "  - linear_regression", 0)
        killed(folder, "mlp", "  - mlp: {hidden: [64], epochs: 400, batch_size: 64, patience: 0}")
        killed(folder, "gradient_boosting", "  - gradient_boosting: {n_estimators: 2000, max_depth: 3}")
        refused(folder)
        return "several processes came to the model of one; a killed one ended the other, and both went on"


if __name__ == "__main__":
    if not os.environ.get(INSIDE):
        network = ["bwrap", "--unshare-net", "--dev-bind", "/", "/"]
        if not shutil.which("bwrap") or subprocess.run([*network, "true"], capture_output=True).returncode != 0:
            print("SKIP: bubblewrap cannot make a network of its own here")
            sys.exit(77)
        sys.exit(subprocess.run([*network, sys.executable, *sys.argv], env=dict(os.environ, **{INSIDE: "1"})).returncode)
    run(main)
