#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_serving.py [KILLS]: kill -9 of the endpoint at random times under requests and labels. Every label that was
acknowledged is there, the endpoint takes its state up again, and it answers with the version it had."""
import random
import sqlite3
import tempfile
import time
import urllib.error
import urllib.request

from loop_lib import Failed, check, json, os, pathlib, pilot, run, server_of, signal, stop_server, until, write_recipe, write_regression, write_workspace


def post(url, key, path, body, timeout=5):
    request = urllib.request.Request(url + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json", "X-API-Key": key})
    with urllib.request.urlopen(request, timeout=timeout) as reply:
        return json.loads(reply.read())


def main(kills):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 1500)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder)
        generator, killed, labelled, answers = random.Random(3), 0, set(), 0
        try:
            pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            asked, _ = pilot("promote", "m", 1, workspace=workspace)
            pilot("approve", asked["id"], "--comment", "first", workspace=workspace)
            while killed < kills:
                status, _ = pilot("rollouts", "status", "m", workspace=workspace, expect=None)
                if status.get("phase") != "stable":
                    pilot("rollouts", "start", "m", workspace=workspace)
                url, key, pid = server_of(folder)
                deadline = time.monotonic() + generator.uniform(0.05, 0.5)
                waiting = []
                while time.monotonic() < deadline:
                    answer = post(url, key, "/predict", {"features": [generator.random() for _ in range(4)]})
                    check(str(answer["model_version"]) == "1", f"another version answered: {answer}")
                    answers += 1
                    waiting.append(answer["prediction_id"])
                    if len(waiting) >= 10:
                        batch, waiting = waiting, []
                        post(url, key, "/labels", {"labels": [{"prediction_id": p, "value": 1.0} for p in batch]})
                        labelled.update(batch)
                os.kill(pid, signal.SIGKILL)
                killed += 1
                until("the end of the killed endpoint", 10, lambda: not pathlib.Path(f"/proc/{pid}").exists())
            with sqlite3.connect(folder / "state" / "serving" / "m" / "serving.db") as database:
                stored = {row[0] for row in database.execute("SELECT prediction_id FROM labels")}
            missing = labelled - stored
            check(not missing, f"{len(missing)} of {len(labelled)} acknowledged labels are gone, e.g. {sorted(missing)[:3]}")
            verified, code = pilot("journal", "verify", workspace=workspace, expect=None)
            check(code == 0, f"the journal does not verify: {verified}")
            return f"{killed} kills under {answers} answers: all {len(labelled)} acknowledged labels are there, the version stayed"
        finally:
            stop_server(folder)


run(main)
