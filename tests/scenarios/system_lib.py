# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenarios of the five reference systems share: real servers where tests/backends starts one, the estate elsewhere, and steps that carry the words of the checklist."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

from loop_lib import PILOT, Failed, check, pilot, until

HERE = pathlib.Path(__file__).resolve().parent
BACKENDS = HERE.parent / "backends"
SHARED = HERE.parents[2] / "shared"
SKIPPED = 77


class Steps:
    """Named steps of one system. A step that cannot be taken here says why; one that fails ends the scenario."""

    def __init__(self, system):
        self.system, self.done, self.left = system, 0, 0

    def ok(self, words, what=""):
        self.done += 1
        print(f"ok    ({self.system}) {words}{': ' + what if what else ''}", flush=True)

    def skip(self, words, why):
        self.left += 1
        print(f"skip  ({self.system}) {words}: {why}", flush=True)

    def said(self):
        return f"{self.done} steps of system {self.system}" + (f", {self.left} left out, see above" if self.left else "")


def free_ports(count):
    """The first of so many ports in a row that nobody has."""
    for first in range(21000 + os.getpid() % 20000, 60000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as one:
                    one.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise Failed("there are no free ports")


class Backend:
    """`with Backend("kube.sh", folder) as port`: a script of tests/backends, stopped by itself at the end. What is not built on this machine is missing."""

    def __init__(self, script, folder, ports=6, environment=None):
        self.script, self.folder, self.ports, self.environment = BACKENDS / script, pathlib.Path(folder), ports, environment or {}

    def __enter__(self):
        self.port = free_ports(self.ports)
        done = subprocess.run(["bash", self.script, "start", str(self.port), str(self.folder)], capture_output=True, text=True, timeout=900, env=os.environ | self.environment)
        if done.returncode:
            raise Failed(f"{self.script.name} did not start: {done.stderr[-1500:]}")
        return self

    def __exit__(self, *_):
        subprocess.run(["bash", self.script, "stop", str(self.folder)], capture_output=True, timeout=120)


def kube_is_built():
    return subprocess.run(["bash", BACKENDS / "kube.sh", "built"], capture_output=True).returncode == 0


class Kube(Backend):
    def __init__(self, folder):
        super().__init__("kube.sh", folder)

    @property
    def config(self):
        return self.folder / "kubeconfig"

    def kubectl(self, *arguments, given=None):
        done = subprocess.run(["bash", self.script, "kubectl", str(self.folder), *arguments], input=given, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise Failed(f"kubectl {' '.join(arguments)}: {done.stderr[-1000:]}")
        return done.stdout

    def get(self, what, name, space="default"):
        return json.loads(self.kubectl("get", what, name, "-n", space, "-o", "json"))


class Estate:
    """`with Estate(folder) as estate`: the servers that cannot run here, played by the program beside pilot."""

    def __init__(self, folder, speed=600):
        self.folder, self.speed = pathlib.Path(folder), speed

    def __enter__(self):
        self.folder.mkdir(parents=True)
        ports = self.folder / "ports.json"
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([pathlib.Path(PILOT).parent / "pilothouse-estate", "--folder", self.folder / "state", "--speed", str(self.speed), "--port-file", ports], stdout=log, stderr=log)
        until("the estate listens", 60, lambda: ports.exists() or self.process.poll() is not None)
        self.urls = json.loads(ports.read_text())
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def __getitem__(self, name):
        return self.urls[name]

    def control(self, path, /, **details):
        request = urllib.request.Request(f"{self.urls['control']}/estate/{path}", json.dumps(details).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def state(self, name):
        with urllib.request.urlopen(f"{self.urls['control']}/estate/{name}/state", timeout=30) as answer:
            return json.load(answer)


def new_workspace(template, folder, fields, texts=()):
    """A workspace from our own template: fields by the wizard's way, then what the owners left open. The key of its journal is the scenario's."""
    arguments = []
    for key, value in fields.items():
        arguments += ["--set", f"{key}={value}"]
    made = pilot("workspace", "new", "--template", template, "--into", folder, *arguments)[0]
    path = pathlib.Path(made["workspace"])
    text = path.read_text()
    for before, after in (("root: ~/.local/share/pilothouse/" + template, "root: state"), *texts):
        check(before in text, f"the template has no “{before}”")
        text = text.replace(before, after)
    path.write_text(text)
    os.environ["PILOTHOUSE_SECRET_JOURNAL_KEY_" + template.upper().replace("-", "_")] = "5c" * 32
    return path


def started(workspace, pipeline, *parameters):
    """Starts a run there and follows it out of its queue; its id."""
    arguments = [part for p in parameters for part in ("--param", p)]
    run = pilot("pipelines", "start", pipeline, *arguments, workspace=workspace)[0]

    def begun():
        now = pilot("pipelines", "show", run["id"], workspace=workspace)[0]
        return now.get("became") or (now["id"] if now["state"] != "waiting" else None)
    return until(f"{pipeline} begins", 60, begun)


def reaches(workspace, run, *states, seconds=120):
    def there():
        now = pilot("pipelines", "show", run, workspace=workspace)[0]
        return now if now["state"] in states else None
    return until(f"{run} is {' or '.join(states)}", seconds, there)


def gate_of(workspace, run):
    return until(f"the gate of {run}", 60, lambda: next(iter(pilot("pipelines", "gates", run, workspace=workspace)[0]["gates"]), None))


def own_policy(workspace, model):
    """The policy of the workspace itself, switched off and on; left as it was found. What a check says of it when it is off."""
    before = pilot("retrain", "config", model, workspace=workspace)[0]["config"]["enabled"]
    pilot("retrain", "disable", model, workspace=workspace)
    off = pilot("retrain", "check", model, workspace=workspace)[0]["decisions"][0]
    check(not off["would_retrain"] and "off" in off["reason"], f"{off}")
    pilot("retrain", "enable", model, workspace=workspace)
    on = pilot("retrain", "check", model, workspace=workspace)[0]["decisions"][0]
    check(on["reason"] != off["reason"] and all(r["numbers"] for r in on["rules"]), f"{on}")
    if not before:
        pilot("retrain", "disable", model, workspace=workspace)
    return f"{off['reason']} Then: {on['reason']}"


def by_policy(workspace, model, system, *ends):
    """What the model's policy begins when it is told to is a run of the system that it names as its executor; until one of `ends`."""
    begun = pilot("retrain", "run", model, "--force", workspace=workspace)[0]
    check(begun["decision"]["decision"] == "RETRAIN_ATTEMPTED" and begun["run"]["system"] == system, f"{begun}")
    run = until(f"{begun['run']['id']} begins", 60, lambda: (lambda now: now.get("became") or (now["id"] if now["state"] != "waiting" else None))(pilot("pipelines", "show", begun["run"]["id"], workspace=workspace)[0]))
    return f"{run} {reaches(workspace, run, *ends)['state']}"


def one_list(workspace, without_figure=()):
    """The system's models beside those of another workspace, in one list; what it says of them, to be said. @param without_figure  models whose registry tells no metric of their champion"""
    other = workspace.parent.parent / "neighbour/pilothouse.yaml"
    other.parent.mkdir(exist_ok=True)
    other.write_text("workspace: neighbour\nconnections: {local: {kind: local, root: state}}\nmodels:\n  spare: {recipe: spare.yaml}\n")
    os.environ["PILOTHOUSE_SECRET_JOURNAL_KEY_NEIGHBOUR"] = "5c" * 32
    ours, theirs = pilot("models", workspace, other)[0]["workspaces"]
    check(not ours["error"] and [m["model"] for m in theirs["models"]] == ["spare"] and theirs["models"][0]["champion"] is None, f"{ours} {theirs}")
    live = [m for m in ours["models"] if m["champion"] is not None]
    check(live, f"nothing is live: {ours}")
    said = []
    for m in live:
        h = m["headline"]
        check(m["age_s"] is not None and m["age_s"] >= 0 and m["drift"]["verdict"] and m["skew"]["state"], f"{m}")
        check(h["value"] is not None and h["metric"] and h["source"] and h["time"] if m["model"] not in without_figure else h["value"] is None and h["note"], f"{m['model']}: {h}")
        limit = h["max"] if h["max"] is not None else h["min"]
        told = h["note"] if h["value"] is None else f"{h['metric']} {h['value']:.3f}{'' if limit is None else f' against {limit}'} from {h['source']} on {h['rows'] or 'untold'} rows"
        said.append(f"{m['model']} v{m['champion']}, {told}, newest {m['age_s']} s, drift {m['drift']['verdict']}, skew {m['skew']['state']}")
    return "; ".join(said)


def secrets_by_name(workspace, names, values):
    """Names in the workspace, and no value in it, in its journal or in what is listed of them; the names, to be said."""
    said = pilot("secrets", "list", workspace=workspace)[0]["secrets"]
    text = workspace.read_text() + json.dumps([journal(workspace), said])
    check(set(names) <= {s["name"] for s in said} and not any(v in text for v in values), f"{said}")
    return ", ".join(sorted(s["name"] for s in said))


def journal(workspace):
    return pilot("journal", workspace=workspace)[0]["entries"]


__all__ = ["BACKENDS", "HERE", "Backend", "Estate", "Failed", "Kube", "SHARED", "SKIPPED", "Steps", "check", "free_ports", "gate_of", "journal", "json", "kube_is_built", "new_workspace", "one_list", "os", "own_policy", "pathlib", "pilot", "reaches",
           "secrets_by_name", "started", "subprocess", "time", "until"]
