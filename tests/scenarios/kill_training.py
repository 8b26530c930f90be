#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_training.py [KILLS]: kill -9 at random times while a forest trains; --resume must end with the weights of an
uninterrupted run, every time, and leave no half-written package. The long form (100 kills) is `tests/scenarios/soak`."""
import random
import subprocess
import tempfile
import time

from loop_lib import PILOT, Failed, check, pathlib, pilot, run, write_recipe, write_regression


def main(kills):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 4000)
        write_recipe(folder / "r.yaml", "d.csv", "  - random_forest: {n_estimators: 120, max_depth: 10}")
        whole, _ = pilot("train", folder / "r.yaml", "--out", folder / "whole")
        wanted, full = whole["weights_sha256"], whole["seconds"]
        generator, killed, ends, attempt = random.Random(7), 0, 0, 0
        while killed < kills:
            out = folder / f"p{ends}"
            command = [PILOT, "train", str(folder / "r.yaml"), "--out", str(out), "--checkpoint-seconds", "0", "--json"]
            if pathlib.Path(str(out) + ".checkpoint").exists():
                command += ["--resume", str(out)]
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                stdout, stderr = child.communicate(timeout=generator.uniform(0.02, max(0.3, full * 0.6)))
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
                killed += 1
                check(not out.exists() or (out / "SHA256SUMS").exists(), f"a half-written package stands after kill {killed}")
                continue
            attempt += 1
            if child.returncode == 2 and "resume" in stderr:
                continue  # killed before the first checkpoint: it starts anew
            check(child.returncode == 0, f"the resumed training ended with {child.returncode}: {stderr[-800:]}")
            check(wanted in stdout, f"after {killed} kills the weights differ from the uninterrupted run: {stdout[-600:]}")
            ends += 1
        # the last one to its end
        done, _ = pilot("train", folder / "r.yaml", "--out", folder / "last")
        check(done["weights_sha256"] == wanted, "a fresh run differs")
        return f"{killed} kills, {ends} resumed trainings ended with the weights of the uninterrupted run ({wanted[:12]})"


run(main)
