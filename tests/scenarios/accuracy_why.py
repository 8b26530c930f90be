#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""accuracy_why.py: an endpoint whose inputs move gets worse, and `pilot accuracy --why` names the input that moved and matters, and the rows to look at."""
import http.client
import random
import tempfile

from loop_lib import check, json, pathlib, pilot, run, server_of, stop_server, until, write_recipe, write_regression, write_workspace

ASKED = 400  # before, and after


def truth(x):  # above 1 it is no longer the world that the model knows
    return 3 * x[0] - 2 * x[1] + x[2] * x[3] + (6 * (x[1] - 1) if x[1] > 1 else 0)


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 600)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder, steps="[100]")
        try:
            pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            check("Nothing was served here yet" in pilot("accuracy", "m", workspace=workspace, expect=2)[0]["error"]["what"], "before the first start")
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            url, key, _pid = server_of(folder)
            generator, connection = random.Random(5), http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)

            def post(path, body):
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "X-API-Key": key})
                reply = connection.getresponse()
                text = reply.read()
                check(reply.status == 200, f"{path}: {reply.status} {text[:300]}")
                return json.loads(text)

            rows = [[generator.random() for _ in range(4)] for _ in range(2 * ASKED)]
            for row in rows[ASKED:]:
                row[1] += 1
            answers = [post("/predict", {"features": row}) for row in rows]

            def logged():
                told = pilot("accuracy", "m", workspace=workspace, expect=None)[0]
                return told if told.get("predictions") == 2 * ASKED else None

            unlabelled = until("the log holds what was asked", 20, logged)
            check(unlabelled["labelled"] == 0 and all(b["value"] is None for b in unlabelled["buckets"]), f"without labels: {unlabelled}")
            check(pilot("accuracy", "m", "--why", workspace=workspace, expect=2)[0]["error"]["what"].startswith("There are 0 labelled rows"), "without labels nothing can be compared")
            labels = [{"prediction_id": a["prediction_id"], "value": truth(r)} for a, r in zip(answers, rows)]
            generator.shuffle(labels)
            for part in (labels, labels[:100]):  # in any order, and some twice
                check(post("/labels", {"labels": part})["accepted"] == len(part), "labels were refused")
            connection.close()

            told = pilot("accuracy", "m", "--by", "week", "--why", workspace=workspace)[0]
            check(told["labelled"] == 2 * ASKED and told["deploys"][0]["version"] == 1, f"the whole: {told}")
            real = sum(abs(a["prediction"] - truth(r)) for a, r in zip(answers, rows)) / len(rows)
            check(len(told["buckets"]) > 1 or abs(told["buckets"][0]["value"] - real) < 1e-9, f"{told['buckets']}, really {real}")
            why = told["why"]
            check(why["before"]["high"] < 0.5 < 2 < why["after"]["low"], f"it did get worse: {why['before']}, {why['after']}")
            check(why["causes"][0]["feature"] == "x1" and why["causes"][0]["share"] > 0.9, f"what moved and matters: {why['causes']}")
            check(len(why["rows"]) == 10 and all(float(row["inputs"]["x1"]) > 1.8 for row in why["rows"]), f"the rows to look at: {why['rows']}")
            worst = max(range(len(rows)), key=lambda i: abs(answers[i]["prediction"] - truth(rows[i])))
            check(why["rows"][0]["prediction_id"] == answers[worst]["prediction_id"], f"the worst first: {why['rows'][0]}")
            return f"mae {why['before']['value']:.3g} → {why['after']['value']:.3g} on {2 * ASKED} rows, because of x1"
        finally:
            stop_server(folder)


run(main)
