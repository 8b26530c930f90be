#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_training.py [KILLS]: kill -9 at random times while a forest trains and is registered. --resume ends with the weights of an
uninterrupted run, every time; a package is whole or not there; every version that was acknowledged is there."""
import random
import subprocess
import tempfile
import time

from loop_lib import PILOT, check, journal_holds, json, pathlib, pilot, run, whole_package, write_recipe, write_regression, write_workspace


def main(kills):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 4000)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - random_forest: {n_estimators: 120, max_depth: 10}")
        workspace = write_workspace(folder)
        begun = time.monotonic()
        whole, _ = pilot("train", folder / "recipe.yaml", "--out", folder / "whole", "--register", "m", workspace=workspace)
        full = time.monotonic() - begun
        wanted = whole_package(folder / "whole")
        acknowledged = {whole["registered"]["version"]: whole["digest"]}
        generator, killed, ended, resumed, number, lives = random.Random(7), 0, 0, 0, 0, 0
        while killed < kills or lives:  # the last one is not killed, but brought to its end
            out = folder / f"p{number}"
            command = [PILOT, "train", str(folder / "recipe.yaml"), "--out", str(out), "--register", "m", "--checkpoint-seconds", "0", "--json", "--workspace", str(workspace)]
            resuming = pathlib.Path(f"{out}.checkpoint/checkpoint.json").exists()
            if resuming:
                command += ["--resume", str(out)]
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                stdout, stderr = child.communicate(timeout=generator.uniform(0.005, full * 1.1) if killed < kills else 120)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
                killed += 1
                lives += 1
                if out.exists():  # it had been written; only the registration may be missing
                    check(whole_package(out) == wanted, f"after {lives} kills the weights differ from those of the uninterrupted run")
                    ended, resumed, number, lives = ended + 1, resumed + resuming, number + 1, 0
                continue
            check(child.returncode == 0, f"the training ended with {child.returncode} after {lives} kills: {stdout[-800:]}{stderr[-800:]}")
            done = json.loads(stdout)
            check(whole_package(out) == wanted, f"after {lives} kills the weights differ from those of the uninterrupted run")
            acknowledged[done["registered"]["version"]] = done["digest"]
            ended, resumed, number, lives = ended + 1, resumed + resuming, number + 1, 0
        there = {v["version"]: v["digest"] for v in pilot("registry", "show", "m", workspace=workspace)[0]["versions"]}
        for version, digest in acknowledged.items():
            check(there.get(version) == digest, f"version {version} was acknowledged and is not there")
        check(resumed > 0, "no training was resumed")
        entries = journal_holds(workspace, f"after {killed} kills")
        return (f"{killed} kills; {ended} trainings ended, {resumed} of them resumed, all with the SHA-256 of the uninterrupted run ({wanted[:12]}…); "
                f"{len(acknowledged)} acknowledged versions are there; journal of {entries} lines verifies")


run(main)
