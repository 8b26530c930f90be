#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""prediction_drift.py: the inputs go together, as they did not in training. No input drifted by itself; what is answered did, and so did the true values: `pilot drift --from log` says so, and an alert rule `of:
predictions`, and of labels, fires where one of the inputs does not."""
import http.client
import random
import tempfile

from loop_lib import check, json, pathlib, pilot, run, server_of, stop_server, until, write_recipe, write_workspace

ASKED = 500
RULES = "alerts:\n  inputs: {kind: drift, model: m}\n  answers: {kind: drift, model: m, of: predictions}\n  truth: {kind: drift, model: m, of: labels}\n"


def truth(x):
    return x[0] - x[1] + x[2] - x[3]


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        generator = random.Random(5)
        drawn = [[generator.random() for _ in range(4)] for _ in range(6000)]
        (folder / "d.csv").write_text("x0,x1,x2,x3,y\n" + "".join(f"{','.join(map(str, x))},{truth(x) + generator.gauss(0, 0.05)}\n" for x in drawn))
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder, steps="[100]")
        workspace.write_text(workspace.read_text() + RULES)
        try:
            package = pathlib.Path(pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)[0]["package"])
            kept = json.loads((package / "predictions.json").read_text())
            check([c["name"] for c in kept["columns"]] == ["predicted y"], f"{kept}")
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            url, key, _pid = server_of(folder)
            connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)

            def post(path, body):
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "X-API-Key": key})
                reply = connection.getresponse()
                text = reply.read()
                check(reply.status == 200, f"{path}: {reply.status} {text[:300]}")
                return json.loads(text)

            def states():
                pilot("watch", "--once", workspace=workspace)
                return {rule["rule"]: rule for rule in pilot("alerts", "list", workspace=workspace)[0]["alerts"]}

            rows = [[a, 1 - a, a, 1 - a] for a in (generator.random() for _ in range(ASKED))]
            answers = [post("/predict", {"features": row}) for row in rows]
            post("/labels", {"labels": [{"prediction_id": a["prediction_id"], "value": truth(r)} for a, r in zip(answers, rows)]})
            connection.close()

            def logged():
                told, code = pilot("drift", "m", "--from", "log", workspace=workspace, expect=None)
                return told if code == 0 and told["current"]["rows"] == ASKED and any(c["role"] == "target" and c["rows"]["current"] == ASKED for c in told["columns"]) else None

            told = until("the log holds what was asked", 20, logged)
            verdicts = {(c["name"], c["role"]): c["drifted"] for c in told["columns"]}
            check(verdicts == {("x0", ""): False, ("x1", ""): False, ("x2", ""): False, ("x3", ""): False, ("y", "target"): True, ("predicted y", "prediction"): True}, f"{[(c['name'], c['role'], c['effect'], c['effect_error'], c['too_few_rows']) for c in told['columns']]}")
            together = pilot("drift", "m", "--from", "log", "--multivariate", workspace=workspace)[0]["multivariate"]
            check(together["rows"] == {"reference": 1200, "current": ASKED} and together["classifier"]["auc"] > 0.8 and together["drifted"], f"together they did move: {together}")
            stood = states()
            check({name: rule["state"] for name, rule in stood.items()} == {"inputs": "ok", "answers": "firing", "truth": "firing"}, f"{stood}")
            check("predicted y" in stood["answers"]["sentence"] and "labels" in stood["truth"]["sentence"], f"{stood}")
            listed = pilot("models", workspace=workspace)[0]["workspaces"][0]["models"][0]["drift"]
            check(listed["verdict"] == "steady", f"the inputs are steady: {listed}")
            effect = {c["name"]: c["effect"] for c in told["columns"]}
            return f"PSI of the answers {effect['predicted y']:.2f}, of the inputs at most {max(effect[x] for x in ('x0', 'x1', 'x2', 'x3')):.2f}"
        finally:
            stop_server(folder)


run(main)
