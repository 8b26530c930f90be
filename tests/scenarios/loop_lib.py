# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenario scripts share: running `pilot`, a small regression file, a workspace around it. Standard library only."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

PILOT = os.environ.get("PILOTHOUSE_PILOT", "pilot")


class Failed(Exception):
    pass


def check(condition, text):
    if not condition:
        raise Failed(text)


def pilot(*arguments, workspace=None, expect=0, timeout=120):
    """Runs a verb with --json and gives (object, exit code); a code other than `expect` (None: any) fails the scenario."""
    command = [PILOT, *map(str, arguments), "--json"]
    if workspace:
        command += ["--workspace", str(workspace)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    if expect is not None and done.returncode != expect:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}, expected {expect}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    try:
        return json.loads(done.stdout), done.returncode
    except json.JSONDecodeError:
        if expect is None:
            return {}, done.returncode
        raise Failed(f"{' '.join(command)} printed no JSON: {done.stdout[:500]!r} {done.stderr[:500]!r}")


def write_regression(path, rows, seed=1, shuffle=False):
    """x0 … x3 uniform, y = 3·x0 − 2·x1 + x2·x3 + noise. shuffle: the targets belong to other rows."""
    generator = random.Random(seed)
    lines, targets = [], []
    for _ in range(rows):
        x = [generator.random() for _ in range(4)]
        targets.append(3 * x[0] - 2 * x[1] + x[2] * x[3] + generator.gauss(0, 0.05))
        lines.append(",".join(f"{v:.6f}" for v in x))
    if shuffle:
        generator.shuffle(targets)
    with open(path, "w", encoding="utf-8") as out:
        out.write("x0,x1,x2,x3,y\n")
        out.writelines(f"{line},{target:.6f}\n" for line, target in zip(lines, targets))


def write_recipe(path, data, estimators, name="m", gates=""):
    pathlib.Path(path).write_text(
        f"recipe: {name}\ndata: {{source: {data}}}\ntask: regression\ntarget: y\nsplit: {{every: 5}}\n"
        f"transforms: [standard_scale]\nestimators:\n{estimators}\nselect: {{metric: mae}}\n{gates}seed: 7\n", encoding="utf-8")


def write_workspace(folder, recipe="recipe.yaml", steps="[10, 50, 100]", step_seconds=1):
    path = pathlib.Path(folder) / "pilothouse.yaml"
    path.write_text(
        "workspace: scenario\nrole: approver\nconnections:\n  local: {kind: local, root: state}\nmodels:\n  m:\n"
        "    registry: {connection: local, name: m, champion: champion}\n"
        f"    recipe: {recipe}\n    deployment: {{connection: local, target: serving/m, steps: {steps}, step_seconds: {step_seconds}}}\n"
        "    endpoint: {connection: local}\n    promotion: {approvals: 1, prevent_self_approval: false}\n", encoding="utf-8")
    return path


def server_of(folder):
    """server.json of the endpoint of model m with its key, once it answers."""
    place = pathlib.Path(folder) / "state" / "serving" / "m"
    server = json.loads((place / "server.json").read_text())
    key = pathlib.Path(server["api_key_file"]).read_text().strip() if server.get("api_key_file") else ""
    return server["url"], key, int(server["pid"])


def stop_server(folder):
    """Ends the endpoint by its id and waits for it."""
    try:
        _, _, pid = server_of(folder)
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, ProcessLookupError, KeyError):
        return
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)


def until(what, seconds, condition):
    """Polls a condition, never a fixed time; its last value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise Failed(f"{what} did not happen within {seconds} s")


def run(main):
    """Runs a scenario's main(rounds): prints how it ended, exits 0 or 1."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    try:
        print(main(rounds))
    except Failed as failure:
        print("FAILED:", failure)
        sys.exit(1)
