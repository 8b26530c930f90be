#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""explain_log.py: what an endpoint was asked, and what turned out to be true, explains its model: contributions over the log, permutation
importance by the labels, one row counted from the newest; and what cannot be is said."""
import http.client
import random
import tempfile

from loop_lib import check, json, pathlib, pilot, run, server_of, stop_server, until, write_recipe, write_regression, write_workspace

ASKED = 120


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 600)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder, steps="[100]")

        def explain(*more, expect=0):
            return pilot("explain", "m/1", "--log", "m", *more, workspace=workspace, expect=expect)[0]

        def over_all():
            found = explain(expect=None)
            return found if found.get("rows") == ASKED else None

        try:
            pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            nothing = explain(expect=2)
            check("Nothing was served here yet" in nothing["error"]["what"], f"before the first start: {nothing}")
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            url, key, _pid = server_of(folder)
            generator, connection = random.Random(5), http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)

            def post(path, body):
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "X-API-Key": key})
                reply = connection.getresponse()
                text = reply.read()
                check(reply.status == 200, f"{path}: {reply.status} {text[:300]}")
                return json.loads(text)

            rows = [[generator.random() for _ in range(4)] for _ in range(ASKED)]
            answers = [post("/predict", {"features": row}) for row in rows]
            shap = until("the log holds what was asked", 20, over_all)
            unlabelled = explain("--method", "permutation", expect=2)
            check("no label" in unlabelled["error"]["what"], f"without labels: {unlabelled}")
            labels = [{"prediction_id": a["prediction_id"], "value": 3 * r[0] - 2 * r[1] + r[2] * r[3]} for a, r in zip(answers[:-20], rows)]
            check(post("/labels", {"labels": labels})["accepted"] == ASKED - 20, "labels were refused")
            connection.close()

            check(shap["view"] == "data_set" and shap["method"] == "linear-shap" and shap["data"] == "prediction log of m", f"over the log: {shap}")
            check(shap["features"][0]["feature"] == "x0", f"x0 moves it most: {shap['features']}")
            worth = explain("--method", "permutation", "--metric", "mae")
            check(worth["rows"] == ASKED - 20 and worth["baseline"] < 0.3, f"only labelled rows have a truth: {worth}")
            check([f["feature"] for f in worth["features"]][:2] == ["x0", "x1"], f"importance: {worth['features']}")
            check(any("20 rows left out: the true value is missing" in note for note in worth["notes"]), f"what was left out is told: {worth['notes']}")
            for row in (0, 7):  # 0 is the newest
                one = explain("--row", row)
                values = {f["feature"]: float(f["value"]) for f in one["features"]}
                wanted = rows[-1 - row]
                check(all(abs(values[f"x{i}"] - wanted[i]) < 1e-12 for i in range(4)), f"row {row} is another one: {values}, {wanted}")
                check(abs(float(one["prediction"]) - answers[-1 - row]["prediction"]) < 1e-9, f"row {row} was answered otherwise: {one}")
            curve = explain("--column", "x1", "--sample", 50)
            check(len(curve["values"]) == 50 == len(curve["individual"]), "each row has its curve and its value")
            check(curve["average"][0] > curve["average"][-1], "x1 lowers it")
            far = explain("--row", ASKED, expect=2)
            check(f"There is no row {ASKED}" in far["error"]["what"], f"a row behind the end: {far}")
            check("newest" in far["error"]["hint"], f"how rows are counted: {far}")

            bare = folder / "bare.yaml"  # its package keeps no rows to compare with
            bare.write_text((folder / "recipe.yaml").read_text().replace("source: d.csv", "source: d.csv, sample: false"))
            pilot("train", bare, "--out", folder / "bare", workspace=workspace)
            alone = pilot("explain", folder / "bare", "--log", "m", "--method", "kernel-shap", "--sample", 5, workspace=workspace)[0]
            check(alone["background"] == 100 and any("log's rows are the background" in note for note in alone["notes"]), f"a package without rows: {alone}")
            return f"{ASKED} logged rows, {ASKED - 20} of them labelled, explain the model four ways"
        finally:
            stop_server(folder)


run(main)
