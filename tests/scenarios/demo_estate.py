#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""demo_estate.py: `pilot demo --estate` plays the servers of the five systems: runs of all of them in one list, a Jenkins gate answered with its parameters, a failed service that the next
commit skipped told as such; a second call finds the same estate; --stop ends it and leaves nothing running."""
import os
import pathlib
import tempfile

from loop_lib import check, pilot, run, until


def alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def main(_rounds):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place) / "demo"
        os.environ["PILOTHOUSE_SECRET_JOURNAL_KEY_DEMO"] = "5c" * 32
        made = pilot("demo", "--estate", "--folder", folder, "--speed", 600, timeout=280)[0]
        pid = int(made["pid"])
        try:
            check(not made["problems"], f"not all was started: {made['problems']}")
            check({"jenkins", "github", "kubeflow", "azureml", "vault", "grafana", "slack"} <= set(made["servers"]), f"{made['servers']}")
            text = (folder / "estate.yaml").read_text()
            check("token-of-admin" not in text and "estate-secret" not in text, "a credential stands in the workspace file")
            for name, value in made["secrets"].items():  # there is no keychain here
                os.environ[name] = value
            workspace = folder / "estate.yaml"
            listed = until("runs of all systems", 60, lambda: (lambda r: r if {x.split(":")[0] for x in r} >= {"jenkins", "github", "kubeflow", "azureml"} else None)(
                [x["id"] for x in pilot("pipelines", "runs", workspace=workspace)[0]["runs"]]))
            check(len(listed) >= 7, f"{listed}")
            gate = until("the gate of iris-pipeline", 60, lambda: next((g for g in pilot("pipelines", "gates", workspace=workspace)[0]["gates"] if "iris-pipeline" in g["run"]), None))
            check([p["name"] for p in gate["parameters"]] == ["MODEL_VERSION", "STAGE"], f"{gate}")
            pilot("pipelines", "answer", gate["run"], "--param", "STAGE=Staging", "--comment", "looked at", workspace=workspace)
            ended = until("the run goes on to its end", 90, lambda: (lambda r: r if r["state"] in ("passed", "failed") else None)(pilot("pipelines", "show", gate["run"], workspace=workspace)[0]))
            check(ended["state"] == "passed", f"{ended}")
            notices = until("the skipped service is told", 60, lambda: [n for n in pilot("pipelines", "notices", workspace=workspace)[0]["notices"] if n["kind"] == "skipped-broken"])
            check("inference" in notices[0]["sentence"].lower(), f"{notices}")
            again = pilot("demo", "--estate", "--folder", folder, timeout=120)[0]
            check(again["found"] and int(again["pid"]) == pid and again["servers"] == made["servers"], f"another one was started: {again}")
            stopped = pilot("demo", "--estate", "--folder", folder, "--stop")[0]
            check(stopped["stopped"], f"{stopped}")
            until("the program has ended", 30, lambda: not alive(pid) or None)
            check(not pilot("demo", "--estate", "--folder", folder, "--stop")[0]["stopped"], "it was stopped twice")
            return f"{len(listed)} runs of four systems, a gate answered, found again, ended"
        finally:
            if alive(pid):
                os.kill(pid, 9)


if __name__ == "__main__":
    run(main)
