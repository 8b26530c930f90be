#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""turn_back.py: a candidate that learned shuffled targets, its stored metrics edited to look good and sealed again, passes the
sheet on its own (shuffled) rows, is taken as a canary, and is turned back on quality by the endpoint itself: no request fails, and
alias and traffic agree afterwards."""
import random
import tempfile
import threading
import urllib.request

from loop_lib import champion, check, journal_holds, json, pathlib, pilot, requests_of, run, seal, server_of, stop_server, until, write_recipe, write_regression, write_workspace

FALSIFIED = {"mae": 0.00123, "rmse": 0.00123, "r2": 0.99987}


class Traffic(threading.Thread):
    """Asks and labels with the truth; counts what failed."""

    def __init__(self, url, key):
        super().__init__(daemon=True)
        self.url, self.key, self.stopping = url, key, threading.Event()
        self.sent, self.failures, self.versions = 0, [], {}

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json", "X-API-Key": self.key})
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read())

    def run(self):
        generator, labels = random.Random(5), []
        while not self.stopping.is_set():
            x = [generator.random() for _ in range(4)]
            try:
                answer = self.post("/predict", {"features": x})
                version = int(answer["model_version"])
                self.versions[version] = self.versions.get(version, 0) + 1
                labels.append({"prediction_id": answer["prediction_id"], "value": 3 * x[0] - 2 * x[1] + x[2] * x[3]})
                if len(labels) >= 20:
                    self.post("/labels", {"labels": labels})
                    labels = []
            except (OSError, ValueError, KeyError) as failure:
                self.failures.append(repr(failure))
            self.sent += 1


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 3000)
        write_regression(folder / "shuffled.csv", 3000, seed=2, shuffle=True)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        write_recipe(folder / "bad.yaml", "shuffled.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder, step_seconds=1)
        traffic = None
        try:
            pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            package = folder / "bad"
            pilot("train", folder / "bad.yaml", "--out", package, workspace=workspace)
            metrics = json.loads((package / "metrics.json").read_text())
            for values in [metrics["test"]] + [c["metrics"]["test"] for c in metrics["candidates"]]:
                values.update(FALSIFIED)
            (package / "metrics.json").write_text(json.dumps(metrics))
            seal(package)
            pilot("registry", "register", "m", package, workspace=workspace)
            asked, code = pilot("promote", "m", 2, workspace=workspace, expect=None)
            sheet = json.dumps(asked)
            check(not any(str(v) in sheet for v in FALSIFIED.values()), "the edited metrics reached the sheet")
            check(code == 0 and not asked["blocked"], f"the sheet did not let the shuffled candidate through on its own rows: {sheet[:800]}")
            request = asked["request"]["id"]
            url, key, _ = server_of(folder)
            traffic = Traffic(url, key)
            traffic.start()
            until("traffic", 30, lambda: traffic.sent > 50)
            pilot("approve", request, "--comment", "looks good on paper", workspace=workspace)

            def turned_back():
                status = pilot("rollouts", "status", "m", workspace=workspace)[0]
                check(status["phase"] != "stable", f"the shuffled candidate went through: {status}")
                return status if status["phase"] == "aborted" else None

            status = until("the turn-back", 120, turned_back)
            until("the alias to follow", 30, lambda: champion(workspace) == 1)
            until("the promotion to say so", 30, lambda: requests_of(workspace)[request]["state"] == "turned-back")
            canary, seen = traffic.versions.get(2, 0), sum(traffic.versions.values())
            until("more traffic", 30, lambda: sum(traffic.versions.values()) > seen + 200)
            traffic.stopping.set()
            traffic.join(30)
            check(traffic.versions.get(2, 0) == canary, "the turned-back version still answers")
            check(canary > 0, "the canary never answered")
            check(not traffic.failures, f"{len(traffic.failures)} of {traffic.sent} requests failed: {traffic.failures[:3]}")
            check(status["stable"]["version"] == 1, f"the stable version is another one: {status}")
            check("previous" not in pilot("registry", "show", "m", workspace=workspace)[0]["model"]["aliases"], "the alias previous was left behind")
            journal_holds(workspace, "after the turn-back")
            return f"turned back after {canary} canary answers of {traffic.sent} requests, none failed; alias and traffic are at v1; journal verifies. {status['verdict']}"
        finally:
            if traffic:
                traffic.stopping.set()
            stop_server(folder)


run(main)
