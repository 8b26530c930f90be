#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""remote_promotion.py: a model of the workspace that is registered on a real MLflow server is judged, promoted, served and taken back. The alias moves there
and nowhere else; artifacts that were written over on the server, an alias that somebody moved and a server that is gone stop an approval, and nothing is sent."""
import sys
import tempfile
import time

from loop_lib import check, json, journal_holds, pathlib, pilot, requests_of, run, stop_server, write_recipe, write_regression, write_workspace
from mlflow_server import SKIPPED, Mlflow, programs


def evidence_of(workspace, version, expect=0):
    return pilot("promote", "m", version, workspace=workspace, expect=expect)[0]


def main(_):
    with tempfile.TemporaryDirectory() as place, Mlflow(programs()[0][1], pathlib.Path(place) / "mlflow") as server:
        folder = pathlib.Path(place)
        write_regression(folder / "data.csv", 2000)
        workspace = write_workspace(folder)
        text = workspace.read_text().replace("registry: {connection: local, name: m,", "registry: {connection: team, name: housing,")
        workspace.write_text(text.replace("connections:\n", f"connections:\n  team: {{kind: mlflow, url: {server.url}}}\n"))
        for version, trees in ((1, 2), (2, 40), (3, 60)):
            write_recipe(folder / f"r{version}.yaml", "data.csv", f"  - random_forest: {{n_estimators: {trees}, max_depth: 6}}")
            pilot("train", folder / f"r{version}.yaml", "--out", folder / f"p{version}")
            made = pilot("registry", "register", "m", folder / f"p{version}", workspace=workspace)[0]
            check(made["model"] == "housing" and made["version"] == version, f"registered: {made}")
        check(pilot("registry", "list", workspace=workspace)[0]["models"] == [], "nothing is registered on this machine")
        check(pilot("registry", "show", "m", workspace=workspace)[0]["model"]["latest"] == 3, "the model is found by the workspace's name")

        first = evidence_of(workspace, 1)
        check(first["request"]["connection"] == "team" and first["evidence"]["rows"] > 100, f"asked for: {first['request']}")
        done = pilot("approve", first["request"]["id"], "--comment", "first", workspace=workspace)[0]["request"]
        check(done["state"] == "done" and server.aliases("housing") == {"champion": 1}, f"{done} {server.aliases('housing')}")
        second = evidence_of(workspace, 2)
        check("better" in second["evidence"]["sentence"], second["evidence"]["sentence"])
        done = pilot("approve", second["request"]["id"], "--comment", "better", workspace=workspace)[0]["request"]
        check(done["state"] == "done" and server.aliases("housing") == {"champion": 2, "previous": 1}, f"{done} {server.aliases('housing')}")
        check(pilot("score", "m@champion", "--data", folder / "data.csv", "--out", folder / "scored.csv", workspace=workspace)[0]["rows"] == 2000, "the champion scores")

        # The endpoint took the package from the server.
        status = pilot("rollouts", "status", "m", workspace=workspace)[0]
        check(status["stable"]["version"] in (1, 2), f"{status}")
        inbox = pilot("inbox", workspace=workspace)[0]
        check(not [i for i in inbox["items"] if "MLflow" in json.dumps(i) or "127.0.0.1" in i.get("title", "")], f"{inbox}")

        # Undo: traffic and alias back.
        undone = pilot("undo", second["request"]["id"], "--comment", "wrong day", workspace=workspace)[0]["request"]
        check(undone["state"] == "undone" and server.aliases("housing") == {"champion": 1}, f"{undone} {server.aliases('housing')}")

        # Somebody moves the alias between the sheet and the click.
        third = evidence_of(workspace, 3)
        server.post("registered-models/alias", name="housing", alias="champion", version="2")
        refused = pilot("approve", third["request"]["id"], "--comment", "go", workspace=workspace, expect=1)[0]["error"]
        check(refused["kind"] == "conflict" and "moved since the sheet" in refused["what"] and server.aliases("housing") == {"champion": 2}, f"{refused}")
        pilot("reject", third["request"]["id"], "--comment", "moved", workspace=workspace)

        # Somebody writes over the artifacts.
        again = evidence_of(workspace, 3)
        weights = [p for p in (folder / "mlflow" / "artifacts").rglob("metrics.json") if json.loads(p.read_text())]
        newest = max(weights, key=lambda p: p.stat().st_mtime)
        time.sleep(1.1)  # another second: file times are what a server tells of its artifacts
        newest.write_text(newest.read_text() + "\n")
        refused = pilot("approve", again["request"]["id"], "--comment", "go", workspace=workspace, expect=2)[0]["error"]
        check(refused["kind"] == "invalid" and "not those that were registered" in refused["what"] and server.aliases("housing") == {"champion": 2}, f"{refused}")

        # The server is gone: an error with its name, and the rest of the workspace goes on.
        server.stop()
        refused = pilot("approve", again["request"]["id"], "--comment", "go", workspace=workspace, expect=3)[0]["error"]
        check(refused["kind"] == "unreachable" and str(server.port) in json.dumps(refused), f"{refused}")
        check(requests_of(workspace), "what was asked for is known without the server")
        pilot("inbox", workspace=workspace)
        server.start()
        stop_server(folder)
        lines = journal_holds(workspace, "at the end")
        return f"promoted, served, undone on a real MLflow; 3 approvals stopped; journal of {lines} lines verifies"


if not programs() or programs()[0][0] != "MLflow 3":
    print("skipped: no MLflow 3.x (tests/run installs it in build/mlflow3-venv)")
    sys.exit(SKIPPED)
run(main)
