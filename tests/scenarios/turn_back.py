#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""turn_back.py: a candidate that learned shuffled targets, its stored metrics edited to look good and sealed again, passes the
sheet on its own (shuffled) rows, is taken as a canary, and is turned back on quality by the endpoint itself: no request fails, and
alias and traffic agree afterwards."""
import hashlib
import random
import tempfile
import threading
import time
import urllib.request

from loop_lib import Failed, check, json, pathlib, pilot, run, server_of, stop_server, until, write_recipe, write_regression, write_workspace


def seal(package):
    """SHA256SUMS over all other files, as core/artifact writes it."""
    sums = []
    for path in sorted(package.iterdir()):
        if path.name != "SHA256SUMS":
            sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
    (package / "SHA256SUMS").write_text("".join(sums))


class Traffic(threading.Thread):
    """Asks and labels with the truth; counts what failed."""

    def __init__(self, url, key):
        super().__init__(daemon=True)
        self.url, self.key, self.stopping = url, key, threading.Event()
        self.sent = self.failed = 0
        self.versions = {}

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json", "X-API-Key": self.key})
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.loads(reply.read())

    def run(self):
        generator, labels = random.Random(5), []
        while not self.stopping.is_set():
            x = [generator.random() for _ in range(4)]
            try:
                answer = self.post("/predict", {"features": x})
                version = str(answer["model_version"])
                self.versions[version] = self.versions.get(version, 0) + 1
                labels.append({"prediction_id": answer["prediction_id"], "value": 3 * x[0] - 2 * x[1] + x[2] * x[3]})
                if len(labels) >= 20:
                    self.post("/labels", {"labels": labels})
                    labels = []
            except OSError:
                self.failed += 1
            self.sent += 1
            time.sleep(0.001)


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 3000)
        write_regression(folder / "shuffled.csv", 3000, seed=2, shuffle=True)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        write_recipe(folder / "bad.yaml", "shuffled.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder, step_seconds=2)
        traffic = None
        try:
            pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            first, _ = pilot("promote", "m", 1, workspace=workspace)
            pilot("approve", first["id"], "--comment", "first", workspace=workspace)
            package = folder / "bad"
            pilot("train", folder / "bad.yaml", "--out", package)
            metrics = json.loads((package / "metrics.json").read_text())
            metrics["test"].update({"mae": 0.001, "rmse": 0.001, "r2": 0.999})
            (package / "metrics.json").write_text(json.dumps(metrics))
            seal(package)
            pilot("registry", "register", "m", package, workspace=workspace)
            asked, code = pilot("promote", "m", 2, workspace=workspace, expect=None)
            shown = json.dumps(asked)
            check("0.001" not in shown, "the edited metrics reached the sheet")
            check(code == 0, f"the sheet did not let the shuffled candidate through on its own rows: {shown[:800]}")
            url, key, _ = server_of(folder)
            traffic = Traffic(url, key)
            traffic.start()
            until("traffic", 10, lambda: traffic.sent > 50)
            pilot("approve", asked["id"], "--comment", "looks good on paper", workspace=workspace)
            status = until("the turn-back", 90, lambda: next((s for s in [pilot("rollouts", "status", "m", workspace=workspace)[0]] if s.get("phase") == "aborted"), None))

            def agreed():
                shown = pilot("registry", "show", "m", workspace=workspace)[0]
                return {a["name"]: a["version"] for a in shown["aliases"]}.get("champion") == 1

            until("the alias to follow", 30, agreed)
            after = dict(traffic.versions)
            until("more traffic", 10, lambda: sum(traffic.versions.values()) > sum(after.values()) + 100)
            check(traffic.versions.get("2", 0) == after.get("2", 0), "the turned-back version still answers")
            check(traffic.versions.get("2", 0) > 0, "the canary never answered")
            traffic.stopping.set()
            traffic.join(10)
            check(traffic.failed == 0, f"{traffic.failed} of {traffic.sent} requests failed")
            requests = {r["id"]: r["state"] for r in pilot("promote", "--list", "m", workspace=workspace)[0]["requests"]}
            check(requests[asked["id"]] in ("turned-back", "turned_back"), f"the promotion is {requests[asked['id']]}")
            verified, code = pilot("journal", "verify", workspace=workspace, expect=None)
            check(code == 0, f"the journal does not verify: {verified}")
            return f"turned back after {traffic.versions['2']} canary answers of {traffic.sent}, none failed: {status.get('verdict', '')}"
        finally:
            if traffic:
                traffic.stopping.set()
            stop_server(folder)


run(main)
