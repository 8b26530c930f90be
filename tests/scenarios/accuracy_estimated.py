#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""accuracy_estimated.py: an endpoint of classes is asked what is easy, then what is hard to tell; no label of that has come, and
`pilot accuracy --estimated` says from its confidence what the labels say afterwards."""
import datetime
import http.client
import math
import random
import sqlite3
import tempfile

from loop_lib import check, json, pathlib, pilot, run, server_of, stop_server, until, write_workspace

ASKED = 800  # on each of three days


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder, generator = pathlib.Path(place), random.Random(11)

        def truth(x):
            return "yes" if generator.random() < 1 / (1 + math.exp(-3 * x[0])) else "no"

        def rows_of(count, spread):
            return [[generator.gauss(0, spread), generator.random()] for _ in range(count)]

        with open(folder / "d.csv", "w", encoding="utf-8") as out:
            out.write("x0,x1,y\n" + "".join(f"{x[0]:.6f},{x[1]:.6f},{truth(x)}\n" for x in rows_of(2000, 1.5)))
        (folder / "recipe.yaml").write_text("recipe: m\ndata: {source: d.csv}\ntask: classification\ntarget: y\nsplit: {every: 5}\n"
                                            "transforms: [standard_scale]\nestimators:\n  - logistic_regression\nselect: {metric: accuracy}\nseed: 7\n", encoding="utf-8")
        workspace = write_workspace(folder, steps="[100]")
        try:
            pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            url, key, _pid = server_of(folder)
            connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)

            def post(path, body):
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "X-API-Key": key})
                reply = connection.getresponse()
                text = reply.read()
                check(reply.status == 200, f"{path}: {reply.status} {text[:300]}")
                return json.loads(text)

            rows = rows_of(2 * ASKED, 1.5) + rows_of(ASKED, 0.25)
            answers = [post("/predict", {"features": row}) for row in rows]
            labels = [{"prediction_id": a["prediction_id"], "value": truth(r)} for a, r in zip(answers, rows)]
            check(post("/labels", {"labels": labels[:2 * ASKED]})["accepted"] == 2 * ASKED, "labels were refused")
            until("the log holds what was asked", 20, lambda: pilot("accuracy", "m", workspace=workspace)[0]["predictions"] == 3 * ASKED)
            # As if on three days: what was asked first lies two days back, the next one day.
            noon = int(datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.timezone.utc).timestamp() * 1000)
            log = sqlite3.connect(folder / "state/serving/m/serving.db", timeout=20)
            with log:
                first = log.execute("SELECT min(seq) FROM predictions").fetchone()[0]
                log.execute("UPDATE predictions SET time=? + 86400000*((seq-?)/?)", (noon, first, ASKED))
                log.execute("UPDATE labels SET predicted_time=? + 86400000*((seq-?)/?)", (noon, first, ASKED))
            log.close()

            told = pilot("accuracy", "m", "--estimated", workspace=workspace)[0]
            check([b["labelled"] for b in told["buckets"]] == [ASKED, ASKED, 0] and told["buckets"][2]["value"] is None, f"three days: {told['buckets']}")
            estimated = told["estimated"]
            check(estimated["method"].startswith("confidence") and f"{ASKED} labelled rows until 2026-03-11" in estimated["learned_from"], f"how: {estimated}")
            check([b["name"] for b in estimated["buckets"]] == ["2026-03-11", "2026-03-12"], f"behind what it is learned from: {estimated}")
            easy, hard = estimated["buckets"]
            check(abs(easy["value"] - told["buckets"][1]["value"]) < 0.04, f"beside labels: {easy}, {told['buckets'][1]}")
            check(post("/labels", {"labels": labels[2 * ASKED:]})["accepted"] == ASKED, "labels were refused")
            connection.close()
            really = pilot("accuracy", "m", workspace=workspace)[0]["buckets"][2]["value"]
            check(really < easy["value"] - 0.1 and abs(hard["value"] - really) < 0.06, f"estimated {hard}, really {really}")
            return f"estimated {hard['value']:.3f} ({hard['low']:.3f} … {hard['high']:.3f}), the labels say {really:.3f}"
        finally:
            stop_server(folder)


run(main)
