#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_joined.py [KILLS]: kill -9 in the midst of the start that an approval of ours joins with its training, on the estate's Kubeflow behind a proxy that can hold a start: before it reaches the system, or its
answer. Started again, nothing is started twice and nothing is lost: the run that was made is found, and where none is to be found a person is asked. Then KILLS times at random moments."""
import http.client
import http.server
import random
import tempfile
import threading
import urllib.parse

from loop_lib import PILOT, journal_holds, run as run_main
from system_lib import Estate, check, json, pathlib, pilot, reaches, started, subprocess, until

DEPLOY = "pipelineInfo:\n  name: irisdeploy\nroot:\n  dag: {tasks: {}}\nschemaVersion: 2.1.0\nsdkVersion: kfp-2.3.0\n"
WORKSPACE = """workspace: scenario
role: approver
connections:
  local: {kind: local, root: state}
  kubeflow: {kind: kubeflow, url: "URL", namespace: kubeflow, experiment: iris-mlflow-kserve, jobs: [IrisExp, IrisDeploy]}
models:
  iris:
    registry: {connection: local, name: iris}
    pipeline: {connection: kubeflow, job: IrisExp, parameters: {data_path: /data}, deploy: IrisDeploy, deploy_connection: kubeflow, approval: yes}
"""


class Proxy:
    """Between pilot and the system. `hold` is "before" or "after": the next start is not passed on, or its answer is not; `held` is set while it waits, and nothing more comes of it."""

    def __init__(self, url):
        self.hold, self.held, self.over, proxy = None, threading.Event(), threading.Event(), self
        place = urllib.parse.urlsplit(url)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                hold = proxy.hold if self.command == "POST" and self.path.split("?")[0].endswith("/runs") else None
                if hold == "before":
                    return self.stop()
                there = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
                there.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "content-length", "expect")})
                reply = there.getresponse()
                text = reply.read()
                there.close()
                if hold == "after":
                    check(reply.status == 200, f"the start was refused: {text[:200]}")
                    return self.stop()
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def stop(self):
                proxy.hold = None
                proxy.held.set()
                proxy.over.wait()
                self.close_connection = True

            def log_message(self, *_):
                pass

            do_GET = do_POST = do_DELETE = do_PUT = serve

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # those who ask are killed
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}{place.path}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


class World:
    def __init__(self, workspace):
        self.workspace, self.deploys = workspace, 0

    def deploy_runs(self):
        return pilot("pipelines", "runs", "kubeflow:IrisDeploy", workspace=self.workspace)[0]["runs"]

    def watch(self, expect=0):
        return pilot("watch", "--once", workspace=self.workspace, expect=expect)[0]

    def joined(self, train):
        path = self.workspace.parent / "state/joined/iris.json"
        return next((j for j in json.loads(path.read_text())["joined"] if j["train"] == train), None) if path.exists() else None

    def gate(self):
        """A training that passed, and the gate that came up for it."""
        train = started(self.workspace, "kubeflow:IrisExp", "data_path=/data")
        reaches(self.workspace, train, "passed")

        def up():
            self.watch()
            return next((g for g in pilot("pipelines", "gates", workspace=self.workspace)[0]["gates"] if g["run"] == train), None)
        return train, until("the approval comes up", 60, up)

    def once(self, train, when):
        """Exactly one more deploy run than before, and it is the one that the record names."""
        self.deploys += 1
        runs = self.deploy_runs()
        check(len(runs) == self.deploys, f"{when}: {len(runs)} deploy runs, {self.deploys} approvals")
        record = self.joined(train)
        check(record["state"] == "started" and record["start"]["run"] in [r["id"] for r in runs], f"{when}: {record}")
        for _ in range(3):
            self.watch()
        check(len(self.deploy_runs()) == self.deploys, f"{when}: started again")
        journal_holds(self.workspace, when)


def killed_at(world, proxy, hold, gate):
    """`pilot` answers the gate and goes on with the start; it is killed while that is held. What its record says then."""
    proxy.held.clear()
    proxy.hold = hold
    child = subprocess.Popen([PILOT, "pipelines", "answer", gate["run"], "--gate", gate["id"], "--comment", "go", "--workspace", str(world.workspace)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    check(proxy.held.wait(60) and child.poll() is None, f"{hold}: no start was sent")
    record = world.joined(gate["run"])
    check(record["state"] == "approved" and record["start"]["state"] == "sending", f"{hold}: the intent is not written down: {record}")
    child.kill()
    child.wait()
    return record


def killed_within(generator, longest, arguments, workspace):
    """Was it killed -9 after a random time, or had it ended? It may say that it does not know whether the start was made: exit 1."""
    child = subprocess.Popen([PILOT, *arguments, "--workspace", str(workspace)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        check(child.wait(generator.uniform(0.001, longest)) in (0, 1), f"{arguments} ended with {child.returncode}")
        return False
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return True


def main(kills):
    with tempfile.TemporaryDirectory() as place, Estate(pathlib.Path(place) / "estate") as estate, Proxy(estate["kubeflow"]) as proxy:
        folder = pathlib.Path(place)
        world = World(folder / "pilothouse.yaml")
        world.workspace.write_text(WORKSPACE.replace("URL", proxy.url))
        (folder / "deploy.yaml").write_text(DEPLOY)
        pilot("pipelines", "upload", folder / "deploy.yaml", "--connection", "kubeflow", "--name", "IrisDeploy", workspace=world.workspace)

        # The system made the run, the answer never came.
        train, gate = world.gate()
        killed_at(world, proxy, "after", gate)
        world.watch()
        world.once(train, "killed before the answer")
        check(any(e["kind"] == "pipeline-found" for e in pilot("journal", workspace=world.workspace)[0]["entries"]), "the journal does not say that the run was found")

        # The system never heard of it: nothing is sent again by itself, and a person is asked.
        train, gate = world.gate()
        killed_at(world, proxy, "before", gate)
        for _ in range(3):
            world.watch(expect=None)
        check(len(world.deploy_runs()) == world.deploys, "it was sent again without a person")
        asked = [i for i in pilot("inbox", workspace=world.workspace)[0]["items"] if i["action"] == "pipeline.fix" and "IrisDeploy" in i["title"]]
        check(len(asked) == 1 and "not known" in asked[0]["sentence"], f"nobody is asked: {asked}")
        pilot("pipelines", "start", "kubeflow:IrisDeploy", workspace=world.workspace)
        until("the person's run is taken for it", 60, lambda: world.watch(expect=None) and world.joined(train)["state"] == "started")
        world.once(train, "started by the person")
        check(not [i for i in pilot("inbox", workspace=world.workspace)[0]["items"] if i["action"] == "pipeline.fix"], "the question stands on")

        # At random moments, whoever is at it.
        generator, killed, rounds = random.Random(23), 0, 0
        while killed < kills:
            rounds += 1
            check(rounds < 20 * kills, f"only {killed} kills in {rounds} rounds")
            train, gate = world.gate()
            answer, here = ("pipelines", "answer", gate["run"], "--gate", gate["id"], "--comment", "go"), 0

            def done():
                nonlocal killed, here
                arguments = answer if world.joined(train)["state"] == "waiting" else ("watch", "--once")
                if killed < kills and here < 2:
                    dead = killed_within(generator, 0.4, arguments, world.workspace)
                    killed, here = killed + dead, here + dead
                else:
                    pilot(*arguments, workspace=world.workspace, expect=None)
                record = world.joined(train)
                if record["state"] == "approved" and record["start"]["state"] == "sending" and record["start"]["problem"] and len(world.deploy_runs()) == world.deploys:
                    pilot("pipelines", "start", "kubeflow:IrisDeploy", workspace=world.workspace)  # what the person is asked for
                return record["state"] == "started"
            until("it went on", 120, done)
            world.once(train, f"round {rounds}")
        return f"{world.deploys} approvals, {world.deploys} deploy runs; killed with the start on its way, with its answer on its way, and {killed} times at random in {rounds} rounds"


if __name__ == "__main__":
    run_main(main)
