#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_serving.py [KILLS]: kill -9 of the endpoint at random times under requests and labels. Every label that was acknowledged is
there, and the endpoint takes its state up again: at first one version, in the second half also a paused canary beside it."""
import http.client
import random
import sqlite3
import tempfile
import threading

from loop_lib import champion, check, journal_holds, json, os, pathlib, pilot, run, server_of, signal, stop_server, until, write_recipe, write_regression, write_workspace


class Client(threading.Thread):
    """Asks and labels over one connection until the endpoint dies; keeps what was acknowledged."""

    def __init__(self, url, key, versions, seed):
        super().__init__(daemon=True)
        self.versions = versions
        self.place, self.key, self.generator = url.removeprefix("http://"), key, random.Random(seed)
        self.answers, self.labelled, self.wrong = 0, set(), []

    def post(self, connection, path, body):
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "X-API-Key": self.key})
        reply = connection.getresponse()
        text = reply.read()
        if reply.status != 200:
            self.wrong.append(f"{path}: {reply.status} {text[:300]}")
        return json.loads(text)

    def run(self):
        connection = http.client.HTTPConnection(self.place, timeout=20)
        try:
            while not self.wrong:
                batch = []
                for _ in range(5):
                    answer = self.post(connection, "/predict", {"features": [self.generator.random() for _ in range(4)]})
                    if int(answer.get("model_version", 0)) not in self.versions:
                        self.wrong.append(f"another version answered: {answer}")
                    self.answers += 1
                    batch.append(answer.get("prediction_id"))
                done = self.post(connection, "/labels", {"labels": [{"prediction_id": p, "value": 1.0} for p in batch]})
                if done.get("accepted", len(batch)) != len(batch):
                    self.wrong.append(f"labels refused: {done}")
                self.labelled.update(batch)
        except (OSError, http.client.HTTPException, ValueError):
            pass  # it was killed in the midst: nothing was acknowledged
        finally:
            connection.close()


def main(kills):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 1500)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder, steps="[50, 100]")
        generator, labelled, answers = random.Random(3), set(), 0
        try:
            for _ in range(2):  # the same twice: neither is better, so nothing is turned back
                pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            phase, versions = "stable", {1}
            for killed in range(kills):
                if killed == kills // 2:
                    pilot("promote", "m", 2, "--comment", "a canary", workspace=workspace)
                    pilot("rollouts", "pause", "m", workspace=workspace)
                    phase, versions = "paused", {1, 2}
                status, _ = pilot("rollouts", "start", "m", workspace=workspace)
                served = {status[side]["version"] for side in ("stable", "canary") if status.get(side)}
                check(status["phase"] == phase and served == versions and status["stable"]["version"] == 1, f"after {killed} kills the endpoint serves something else: {status}")
                url, key, pid = server_of(folder)
                clients = [Client(url, key, versions, generator.random()) for _ in range(4)]
                for client in clients:
                    client.start()
                threading.Event().wait(generator.uniform(0.02, 0.4))
                os.kill(pid, signal.SIGKILL)
                for client in clients:
                    client.join(30)
                    check(not client.is_alive(), "a client hangs after the kill")
                    check(not client.wrong, f"a wrong answer before kill {killed + 1}: {client.wrong[:1]}")
                    answers += client.answers
                    labelled |= client.labelled
                until("the end of the killed endpoint", 10, lambda: not pathlib.Path(f"/proc/{pid}/cmdline").exists() or not pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
            pilot("rollouts", "start", "m", workspace=workspace)
            with sqlite3.connect(folder / "state" / "serving" / "m" / "serving.db") as database:
                stored = {row[0] for row in database.execute("SELECT prediction_id FROM labels")}
                sound = database.execute("PRAGMA integrity_check").fetchone()[0]
            check(sound == "ok", f"serving.db is harmed: {sound}")
            missing = labelled - stored
            check(not missing, f"{len(missing)} of {len(labelled)} acknowledged labels are gone, e.g. {sorted(missing)[:3]}")
            check(labelled, "no label was acknowledged: nothing was tried")
            check(champion(workspace) == max(versions), "the alias is not where it was left")
            entries = journal_holds(workspace, f"after {kills} kills")
            return f"{kills} kills under {answers} answers; all {len(labelled)} acknowledged labels are there; rollout and pause were as before after each; journal of {entries} lines verifies"
        finally:
            stop_server(folder)


run(main)
