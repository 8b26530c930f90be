#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""late_labels.py: the labels of a served model lie in a table that the workspace names, and come late, twice, out of order, corrected. The model's server takes what is new by itself, so that accuracy, alerts and
policies see it; a table that cannot be read is said once and in the metrics, costs nothing, and is read again; what was taken is there after kill -9."""
import signal
import sqlite3
import subprocess
import tempfile
import threading
import urllib.request

from loop_lib import PILOT, check, json, pathlib, pilot, run, server_of, stop_server, until, write_recipe, write_regression, write_workspace


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 1500)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder)
        workspace.write_text(workspace.read_text() + "    labels: {source: late.db, query: \"SELECT id AS prediction_id, y AS value, at AS time FROM truth\", every: 1s}\n")
        pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
        pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
        stop_server(folder)

        def told(rows):
            with sqlite3.connect(folder / "late.db") as table:
                table.execute("CREATE TABLE IF NOT EXISTS truth(id TEXT, y REAL, at TEXT)")
                table.executemany("INSERT INTO truth VALUES(?,?,?)", rows)

        def begin():
            server = subprocess.Popen([PILOT, "serve", "m", "--workspace", str(workspace)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            said = []
            reader = threading.Thread(target=lambda: said.extend(iter(server.stderr.readline, "")))
            reader.start()
            until("the server's start", 60, lambda: any("Serving m" in line for line in said))
            return server, said, reader

        def end(server, reader, how=signal.SIGTERM):
            server.send_signal(how)
            server.wait(timeout=30)
            reader.join()
            server.stderr.close()

        def ask(path, body=None):
            url, key, _ = server_of(folder)
            request = urllib.request.Request(url + path, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json", "X-API-Key": key})
            with urllib.request.urlopen(request, timeout=20) as reply:
                return json.loads(reply.read())

        def look():
            return ask("/metrics").get("labels_source", {})

        def stored():
            """(labels in the server's own log, mean loss); `pilot accuracy` reads the table by itself as well."""
            with sqlite3.connect(folder / "state" / "serving" / "m" / "serving.db") as log:
                return log.execute("SELECT count(*), round(avg(loss), 9) FROM labels").fetchone()

        server, said, reader = begin()
        try:
            until("the word that there is no table yet", 30, lambda: look().get("problem"))
            asked = [ask("/predict", {"features": [0.1, 0.2, 0.3, i / 100]}) for i in range(60)]
            ids, answers = [a["prediction_id"] for a in asked], [a["prediction"] for a in asked]
            told([(ids[i], answers[i] + 1, "2026-01-02T00:00:00Z") for i in range(30)] + [(ids[0], answers[0] + 9, "2026-01-01T00:00:00Z"), ("0badc0de-1", 5, None)])
            until("thirty labels, each off by 1: the older label of the first does not count", 30, lambda: stored() == (30, 1))
            check(sum("could not be read" in line and "There is no such file" in line for line in said) == 1, f"the absent table was said once: {said}")
            until("the word that they came", 30, lambda: any("30 new labels, 1 of predictions that the log does not hold." in line for line in said))
            until("a look without news", 30, lambda: look()["taken"] == 0 and not look()["problem"])

            told([(ids[0], answers[0] + 31, "2026-01-03T00:00:00Z")] + [(ids[i], answers[i] + 1, "2026-01-02T00:00:00Z") for i in range(30, 60)])
            until("the others, and the corrected one", 30, lambda: stored() == (60, 1.5))
            told_by_pilot = pilot("accuracy", "m", workspace=workspace)[0]
            check(told_by_pilot["labelled"] == 60 and abs(told_by_pilot["buckets"][-1]["value"] - 1.5) < 1e-9, f"pilot accuracy: {told_by_pilot}")

            whole = (folder / "late.db").read_bytes()
            (folder / "late.db").write_bytes(whole[:100] + b"\0" * 5000)
            until("the word that it is broken", 30, lambda: look()["problem"])
            told_by_pilot = pilot("accuracy", "m", workspace=workspace)[0]
            check(told_by_pilot["labelled"] == 60 and "late.db" in told_by_pilot["labels_problem"], f"what was taken is there, and the problem is told: {told_by_pilot}")
            check(sum("could not be read" in line for line in said) == 2, f"the broken table was said once: {said}")
            end(server, reader, signal.SIGKILL)
            server = None
            check(stored() == (60, 1.5), "what was taken is there after kill -9")
            (folder / "late.db").write_bytes(whole)
            server, said, reader = begin()
            more = ask("/predict", {"features": [0.1, 0.2, 0.3, 0.4]})
            told([(more["prediction_id"], more["prediction"], None)])
            until("one more, from the table that is whole again", 30, lambda: any("1 new label" in line for line in said))
            check(not look()["problem"], "it is read again")
        finally:
            if server:
                end(server, reader)
        return "61 labels came late, one twice, one corrected"


run(main)
