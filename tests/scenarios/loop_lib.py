# SPDX-License-Identifier: GPL-3.0-or-later
"""What the loop scripts share: running `pilot`, a small regression file, a workspace around it, and what must hold after a kill.
Standard library only; every process that is started is ended by its id; loopback only."""
import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(pathlib.Path(__file__).resolve().parents[2] / "build/dev/bin/pilot")
# The key of the scenario's journal, so that its head is authenticated and nobody's keychain is touched.
os.environ["PILOTHOUSE_SECRET_JOURNAL_KEY_SCENARIO"] = "5c" * 32


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


def killed_or_done(generator, longest, arguments, workspace):
    """(object or None, killed): a verb that is killed -9 after a random time up to `longest` seconds, unless it ended before."""
    command = [PILOT, *map(str, arguments), "--json", "--workspace", str(workspace)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        stdout, stderr = child.communicate(timeout=generator.uniform(0.001, longest))
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return None, True
    if child.returncode != 0:
        raise Failed(f"{' '.join(command)} ended with {child.returncode}\n{stdout[-2000:]}\n{stderr[-2000:]}")
    return json.loads(stdout), False


def whole_package(package):
    """Checks every file against SHA256SUMS and gives the SHA-256 of the weights."""
    sums = [line for line in (package / "SHA256SUMS").read_text().splitlines() if not line.startswith("#")]
    weights = None
    for line in sums:
        digest, name = line.split("  ", 1)
        check(hashlib.sha256((package / name).read_bytes()).hexdigest() == digest, f"{package / name} is not what SHA256SUMS says")
        if name.startswith("model."):
            weights = digest
    check(weights, f"{package} holds no weights")
    return weights


def seal(package):
    """SHA256SUMS anew over all other files, as core/artifact writes it: what somebody would do who edits a package."""
    names = sorted(str(p.relative_to(package)) for p in package.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    lines = "".join(f"{hashlib.sha256((package / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (package / "SHA256SUMS").write_text(f"# pilothouse package: {len(names)} files, these lines {hashlib.sha256(lines.encode()).hexdigest()}\n{lines}")


def champion(workspace):
    """The version that the alias names; None: no alias."""
    return pilot("registry", "show", "m", workspace=workspace)[0]["model"]["aliases"].get("champion")


def requests_of(workspace):
    """Promotions by id, newest first."""
    return {r["id"]: r for r in pilot("promote", "--list", "m", workspace=workspace)[0]["requests"]}


def journal_holds(workspace, when):
    """Every line follows the one before it, and the head is the one that was signed."""
    found, code = pilot("journal", "verify", workspace=workspace, expect=None)
    check(code == 0 and found["intact"] and found["authenticated"], f"{when}: the journal does not verify: {found}")
    return found["entries"]


def server_of(folder):
    """(URL, API key, pid) of the endpoint of model m."""
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
    """Runs a script's main(rounds): prints how it ended, exits 0 or 1."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    try:
        print(f"{pathlib.Path(sys.argv[0]).stem}: {main(rounds)}", flush=True)
    except Failed as failure:
        print(f"{pathlib.Path(sys.argv[0]).stem}: FAILED: {failure}", flush=True)
        sys.exit(1)
