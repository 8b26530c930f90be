#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""mirror_training.py [KILLS]: trainings go to a real MLflow (3 and 2, what is here). The server is killed -9 in the middle of a training, the training in
the middle of itself, pilot in the middle of a mirror; two pilots send at once. In the end each run, each of its points and one version stand there once,
as of an undisturbed training, and MLflow's own client opens the version."""
import datetime
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from loop_lib import PILOT, check, journal_holds, json, pathlib, pilot, run, until, write_recipe, write_regression
from mlflow_server import Mlflow, programs


def write_workspace(folder, url):
    path = folder / "pilothouse.yaml"
    path.write_text(
        "workspace: scenario\nrole: approver\nconnections:\n  local: {kind: local, root: state}\n"
        f"  team: {{kind: mlflow, url: '{url}'}}\nmodels:\n  m:\n    registry: {{connection: team, name: m, champion: champion}}\n    recipe: recipe.yaml\n", encoding="utf-8")
    return path


def here(folder, number):
    """{metric: [(step, milliseconds, value)]}, {param: value}, {tag: value} of a run in the local registry's file."""
    with sqlite3.connect(f"file:{folder}/state/registry.db?mode=ro", uri=True) as database:
        points = {}
        for name, step, value, when in database.execute("SELECT name, step, value, time FROM metrics WHERE run = ?", (number,)):
            milliseconds = round(datetime.datetime.fromisoformat(when.replace("Z", "+00:00")).timestamp() * 1000)
            points.setdefault(name, []).append((step, milliseconds, value))
        params = dict(database.execute("SELECT key, value FROM params WHERE run = ?", (number,)))
        tags = dict(database.execute("SELECT key, value FROM run_tags WHERE run = ?", (number,)))
    return {name: sorted(set(found)) for name, found in points.items()}, params, tags


def same(server, folder, number, status="FINISHED"):
    """The one copy of a run holds what is here; gives its id there."""
    copies = server.copies("m", number)
    check(len(copies) == 1, f"run {number} is there {len(copies)} times")
    copy = copies[0]
    points, params, tags = here(folder, number)
    check(copy["info"]["status"] == status, f"run {number} is {copy['info']['status']} there, not {status}")
    theirs = {p["key"]: p["value"] for p in copy["data"].get("params", [])}
    check(theirs == params, f"parameters differ: {theirs} {params}")
    seen = {t["key"]: t["value"] for t in copy["data"].get("tags", [])}
    for key, value in tags.items():
        check(key.startswith("train.") != (seen.get(key) == value), f"tag {key} is {seen.get(key)!r} there and {value!r} here")
    check(str(folder) not in json.dumps(seen), f"a path of this machine went there: {seen}")
    for name, mine in points.items():
        there = server.history(copy["info"]["run_id"], name)
        check(there == mine, f"{name} has {len(there)} points there and {len(mine)} here")
    check(set(points) == {m["key"] for m in copy["data"].get("metrics", [])}, "other metrics stand there")
    check(abs(int(copy["info"]["start_time"]) - int(copy["info"]["end_time"])) < 10 * 60 * 1000, "the run has other times there")
    return copy["info"]["run_id"]


def versions_of(server, number_there):
    return [v for v in server.versions("m") if v["run_id"] == number_there]


def train(folder, workspace, *more, recipe="recipe.yaml"):
    return subprocess.Popen([PILOT, "train", folder / recipe, "--register", "m", "--tag", "retrain_decision=RETRAIN_ATTEMPTED", "--workspace", workspace, "--json", *more],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(child, what):
    out, err = child.communicate(timeout=240)
    check(child.returncode == 0, f"{what} ended with {child.returncode}: {out[-1500:]} {err[-1500:]}")
    return json.loads(out), err


def running(folder):
    """The newest run that is under way, by the local registry's file."""
    with sqlite3.connect(f"file:{folder}/state/registry.db?mode=ro", uri=True) as database:
        row = database.execute("SELECT id FROM runs WHERE status = 'RUNNING' ORDER BY sequence DESC LIMIT 1").fetchone()
    return row[0] if row else None


def interrupted(server, folder, workspace, points, signalled, *more):
    """The run of a training that was ended by a signal once so many points were there; one that was quicker than the signal is tried again."""
    for _ in range(8):
        child = train(folder, workspace, *more, recipe="long.yaml")
        number = until("the training begins", 60, lambda: running(folder))
        until("points arrive while it trains", 60, lambda: points_there(server, number) > points)
        child.send_signal(signalled)
        child.communicate(timeout=60)
        with sqlite3.connect(f"file:{folder}/state/registry.db?mode=ro", uri=True) as database:
            if database.execute("SELECT status FROM runs WHERE id = ?", (number,)).fetchone()[0] != "FINISHED":
                return number
    check(False, "every training ended before it could be interrupted")


def points_there(server, number):
    copies = server.copies("m", number)
    return len(server.history(copies[0]["info"]["run_id"], "train_loss")) if copies else 0


def waiting(workspace):
    return pilot("registry", "sync", "--list", workspace=workspace)[0]["waiting"]


def opened_by_mlflow(program, server, version):
    """MLflow's own client finds and loads the version."""
    code = ("import mlflow, sys\nmodel = mlflow.pyfunc.load_model(sys.argv[1])\nassert 'python_function' in model.metadata.flavors\n"
            "import pandas\nprint(len(model.predict(pandas.DataFrame([[.1, .2, .3, .4]], columns=['x0', 'x1', 'x2', 'x3']))))\n")
    done = subprocess.run([pathlib.Path(program).parent / "python", "-c", code, f"models:/m/{version}"], capture_output=True, text=True, timeout=300,
                          env=os.environ | {"MLFLOW_TRACKING_URI": server.url, "MLFLOW_DISABLE_TELEMETRY": "true"}, cwd=server.folder)
    check(done.returncode == 0 and done.stdout.strip().endswith("1"), f"MLflow's client does not open models:/m/{version}: {done.stdout[-500:]} {done.stderr[-1500:]}")


def story(program, folder, kills):
    write_regression(folder / "d.csv", 8000)
    write_recipe(folder / "recipe.yaml", "d.csv", "  - gradient_boosting: {n_estimators: 12000, max_depth: 4}")
    write_recipe(folder / "long.yaml", "d.csv", "  - gradient_boosting: {n_estimators: 40000, max_depth: 4}")  # what is interrupted must not be quicker than a server on a busy machine
    server = Mlflow(program, folder / "mlflow")
    workspace = write_workspace(folder, server.url)
    try:
        server.start()
        # undisturbed
        done, _ = ended(train(folder, workspace), "the undisturbed training")
        check(done["registered"] == {"model": "m", "version": 1, "connection": "team"} and done["mirror"]["state"] == "done", f"{done['registered']} {done['mirror']}")
        whole = same(server, folder, done["run"])
        version = server.versions("m")[0]
        tags = {t["key"]: t["value"] for t in version["tags"]}
        check(tags["retrain_decision"] == "RETRAIN_ATTEMPTED" and tags["pilothouse.digest"] == done["digest"], f"{tags}")
        check("gradient_boosting" in version["description"], version["description"])
        check(pilot("registry", "list", workspace=workspace)[0]["models"] == [], "a version was made here, too")

        # the server is killed in the middle of a training
        child = train(folder, workspace)
        number = until("the training begins", 60, lambda: running(folder))
        until("points arrive while it trains", 60, lambda: points_there(server, number) > 50)
        check(child.poll() is None, "the training was over before its points arrived")
        server.kill()
        done, err = ended(child, "the training without a server")
        check(done["registered"] is None and done["mirror"]["state"] == "waiting", f"{done['registered']} {done['mirror']}")
        check("team is not reached: 1 training waits" in err, f"nobody was told: {err[-800:]}")
        found = waiting(workspace)
        check(len(found) == 1 and found[0]["run"] == number and found[0]["points_waiting"] > 0 and found[0]["error"]["kind"] == "unreachable", f"{found}")
        check(pilot("registry", "sync", workspace=workspace, expect=3)[0]["sent"] == [], "something was sent to nobody")
        server.start()
        sent = pilot("registry", "sync", workspace=workspace)[0]
        check([s["run"] for s in sent["sent"]] == [number] and sent["waiting"] == [], f"{sent}")
        late = same(server, folder, number)
        check(len(versions_of(server, late)) == 1 and len(server.versions("m")) == 2, "not one version of each")
        curve = [(step, value) for step, _, value in server.history(late, "train_loss")]
        check(curve == [(step, value) for step, _, value in server.history(whole, "train_loss")], "the curve is not that of the undisturbed training")

        # pilot is killed in the middle of a mirror, again and again
        server.kill()
        done, _ = ended(train(folder, workspace), "the training that waits as a whole")
        server.start()
        generator, killed = random.Random(5), 0
        while killed < kills:
            child = subprocess.Popen([PILOT, "registry", "sync", "--workspace", workspace], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(generator.uniform(0.02, 1.2))
            if child.poll() is not None:
                break
            child.kill()
            child.wait()
            killed += 1
        # two at once
        both = [subprocess.Popen([PILOT, "registry", "sync", "--workspace", workspace], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
        for child in both:
            child.wait(timeout=120)
        pilot("registry", "sync", workspace=workspace)
        there = same(server, folder, done["run"])
        check(len(versions_of(server, there)) == 1, "not one version")

        # the training is killed, told as such, and goes on
        number = interrupted(server, folder, workspace, 50, signal.SIGKILL, "--checkpoint-seconds", "0.2")
        pilot("registry", "sync", workspace=workspace)
        same(server, folder, number, "KILLED")
        done, _ = ended(train(folder, workspace, "--resume", number, recipe="long.yaml"), "the resumed training")
        check(done["run"] == number, "another run was made")
        there = same(server, folder, number)
        check(len(versions_of(server, there)) == 1, "not one version")

        # stopped by a person: told at once
        number = interrupted(server, folder, workspace, 10, signal.SIGINT)
        same(server, folder, number, "KILLED")
        check(waiting(workspace) == [], "something waits")

        # given up, and taken up again; a later pilot sends by itself
        server.kill()
        done, _ = ended(train(folder, workspace), "the training that is given up")
        pilot("registry", "sync", "--abandon", done["run"][:10], workspace=workspace)
        server.start()
        check(waiting(workspace) == [] and pilot("registry", "sync", workspace=workspace)[0]["sent"] == [], "what was given up waits")
        check(server.copies("m", done["run"]) == [], "what was given up was sent")
        pilot("registry", "sync", "--restart", done["run"], workspace=workspace)
        pilot("registry", "list", workspace=workspace)  # any verb
        until("a later pilot sends what waits", 60, lambda: waiting(workspace) == [])
        same(server, folder, done["run"])
        owners = [v["run_id"] for v in server.versions("m")]  # a training that was quicker than its signal has one, too
        check(len(owners) >= 5 and len(owners) == len(set(owners)), f"versions of the runs {owners}: at least 5, each of its own run")

        # the local pipeline registers there; one whose server is away passes and waits
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        for away in (False, True):
            if away:
                server.kill()
            number = pilot("pipelines", "start", "m", "--param", "deploy=false", workspace=workspace)[0]["id"]
            found = until("the pipeline ends", 120, lambda: (lambda r: r if r["state"] not in ("waiting", "running") else None)(pilot("pipelines", "show", number, workspace=workspace, expect=None)[0]))
            check(found["state"] == "passed", f"the pipeline is {found['state']}: {found}")
            note = next(s["note"] for s in found["stages"] if s["name"] == "register")
            check(note == ("team is not reached: 1 training waits; it goes there when it answers." if away else "version 6 of m on team"), note)
        server.start()
        check(len(pilot("registry", "sync", workspace=workspace)[0]["sent"]) == 1, "the pipeline's version was not sent")
        made = {int(v["version"]): {t["key"]: t["value"] for t in v["tags"]} for v in server.versions("m")}
        check(sorted(made) == [1, 2, 3, 4, 5, 6, 7] and made[7]["pipeline_run"] == number, f"{made}")
        opened_by_mlflow(program, server, 7)  # a ridge: trees would need XGBoost there
        check(not list((folder / "state/spool").glob("*")), "packages are left in the spool")
        journal_holds(workspace, "in the end")
        return killed
    finally:
        server.kill()


def main(kills):
    found = programs()
    if not found:
        print("SKIP   : no MLflow is here (see mlflow_server.py)")
        sys.exit(77)
    out = []
    for name, program in found:
        with tempfile.TemporaryDirectory() as place:
            killed = story(program, pathlib.Path(place), kills)
            out.append(f"{name}: {killed} kills in the middle of a mirror")
    return "; ".join(out) + "; every run, point and version is there once"


run(main)
