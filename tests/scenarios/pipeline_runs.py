#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pipeline_runs.py: the local pipeline by `pilot pipelines`: it passes to the approval gate, a gate of the recipe stops it and registers
nothing, a cancelled run and one that is killed -9 with its training are found as such and go on to the same weights."""
import os
import random
import signal
import tempfile

from loop_lib import check, journal_holds, json, pathlib, pilot, requests_of, run, stop_server, until, write_recipe, write_regression, write_workspace

GENERATOR = random.Random(11)


def one(workspace, number):
    return pilot("pipelines", "show", number, workspace=workspace, expect=None)[0]


def stages(found):
    return {s["name"]: s["state"] for s in found["stages"]}


def processes_of(folder):
    """Ids of the processes that work in the runs of this scenario: the executor and its training."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if len(words) > 2 and words[1] in ("pipelines", "train") and any(str(folder) in word for word in words):
            found.append(int(entry.name))
    return found


def log_of(workspace, number):
    return pilot("pipelines", "log", number, workspace=workspace, expect=None)[0].get("log", "")


def ended(workspace, number, state):
    found = until(f"run {number} ends or pauses", 120, lambda: (lambda r: r if r["state"] not in ("waiting", "running") else None)(one(workspace, number)))
    check(found["state"] == state, f"run {number} is {found['state']}, not {state}: {found}")
    return found


def main(rounds):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 6000)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder)
        try:
            # to the gate, and past it
            first = pilot("pipelines", "start", "m", workspace=workspace)[0]["id"]
            waiting = ended(workspace, first, "paused")
            check(stages(waiting)["register"] == "passed" and stages(waiting)["deploy"] == "paused", f"{waiting}")
            request = next(iter(requests_of(workspace)))
            pilot("approve", request, "--comment", "the first", workspace=workspace)
            ended(workspace, first, "passed")
            check(first in {r["id"] for r in pilot("pipelines", "runs", workspace=workspace)[0]["runs"]}, "the run is listed")
            check("ridge" in json.dumps(pilot("pipelines", "log", first, workspace=workspace)[0]), "its log names the estimator")

            # a gate of the recipe fails: nothing is registered
            write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}", gates="gates: [r2 >= 0.999999]\n")
            second = pilot("pipelines", "start", "m", workspace=workspace)[0]["id"]
            failed = ended(workspace, second, "failed")
            check(stages(failed)["gate"] == "failed" and stages(failed)["register"] == "skipped", f"{failed}")
            check(len(pilot("registry", "show", "m", workspace=workspace)[0]["versions"]) == 1, "a failed gate registers nothing")

            # cancelled in the midst
            forest = "  - random_forest: {n_estimators: 600, max_depth: 9}"
            write_recipe(folder / "recipe.yaml", "d.csv", forest)
            third = pilot("pipelines", "start", "m", "--param", "deploy=false", workspace=workspace)[0]["id"]
            until("the training works", 60, lambda: "of 600 tree" in log_of(workspace, third))
            pilot("pipelines", "cancel", third, workspace=workspace)
            ended(workspace, third, "cancelled")

            # killed -9 at random times, executor and training alike, and gone on with until it is through
            whole = folder / "whole"
            pilot("train", folder / "recipe.yaml", "--out", whole, workspace=workspace)
            kills, last = 0, third
            for _ in range(rounds):
                last = pilot("pipelines", "start", "m", "--param", f"resume={last}", "--param", "deploy=false", workspace=workspace)[0]["id"]
                until("it works", 60, lambda: stages(one(workspace, last))["train"] != "waiting")
                until("a random moment", 60, lambda: GENERATOR.random() < 0.2 or one(workspace, last)["state"] != "running")
                for process in processes_of(folder):
                    try:
                        os.kill(process, signal.SIGKILL)
                        kills += 1
                    except ProcessLookupError:
                        pass
                found = until("it is found dead, or it was through", 60, lambda: (lambda r: r if r["state"] in ("failed", "passed") else None)(one(workspace, last)))
                if found["state"] == "passed":
                    break
            check(kills > 0, "nothing was killed: the training ended too early")
            if found["state"] == "failed":
                last = pilot("pipelines", "start", "m", "--param", f"resume={last}", "--param", "deploy=false", workspace=workspace)[0]["id"]
                found = ended(workspace, last, "passed")
            version = next(v for v in pilot("registry", "show", "m", workspace=workspace)[0]["versions"] if v["version"] == found["version"])
            same = [line for line in (whole / "SHA256SUMS").read_text().splitlines() if "  model." in line]
            there = [line for line in (pathlib.Path(version["source"]) / "SHA256SUMS").read_text().splitlines() if "  model." in line]
            check(same == there, f"the weights are not those of an uninterrupted training: {same} {there}")
            lines = journal_holds(workspace, "at the end")
        finally:
            for process in processes_of(folder):
                os.kill(process, signal.SIGKILL)
            stop_server(folder)
        return f"gate, failed gate, cancel; {kills} processes killed, the last run went on to the same weights; journal of {lines} lines verifies"


run(main)
