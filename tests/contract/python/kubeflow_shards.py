#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kubeflow_shards.py: the shipped pipeline from its upload to the merged profile, by pilot alone: `pipelines upload`, `start` with a list of shards, `show`, `log`, `retry --failed` and
`profile --run`. Kubeflow is played: it keeps what was uploaded, plays the loop (kubeflow_profile.py) with the real pilot in each pod, and tells the run as KFP 2 does: Argo's nodes,
each with the ids of its children and without its own; their logs are read from the pods of the cluster's API."""
import email
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import kubeflow_profile as shipped

WORKFLOW = "profile-shards-q5t7z"


def node(path):
    value = 0x811C9DC5
    for byte in path.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return WORKFLOW if path == WORKFLOW else f"{WORKFLOW}-{value}"


class Kubeflow(http.server.BaseHTTPRequestHandler):
    folder = None
    versions, started, runs, logs = [], [], {}, {}

    def log_message(self, *_):
        pass

    def say(self, body, status=200):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def missing(self):
        more = {"code": 404, "kind": "Status", "status": "Failure", "reason": "NotFound"} if self.path.startswith("/api/") else {"code": 5}
        self.say({"message": f"no such thing: {self.path}", **more}, 404)

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if pod := re.fullmatch(r"/api/v1/namespaces/kubeflow/pods/([^/]+)(/log)?", path):
            if pod[1] not in self.logs:
                return self.missing()
            return self.say(self.logs[pod[1]]) if pod[2] else self.say({"metadata": {"name": pod[1]}, "status": {"phase": "Succeeded"}})
        if path == "/reference.json":
            return self.say(shipped.read(self.folder.parent / "reference.json"))
        rest = path.removeprefix("/apis/v2beta1/")
        pipeline = {"pipeline_id": "p-1", "display_name": "profile-shards"}
        if rest == "healthz":
            return self.say({})
        if rest == "pipelines":
            return self.say({"pipelines": [pipeline] if self.versions else []})
        if rest == "pipelines/p-1":
            return self.say(pipeline)
        if rest == "pipelines/p-1/versions":
            return self.say({"pipeline_versions": self.versions[::-1]})
        if rest == "pipelines/p-1/versions/v-1":
            return self.say(self.versions[0])
        if rest == "experiments":
            return self.say({"experiments": [{"experiment_id": "e-1", "display_name": "Default"}]})
        if rest == "runs":
            return self.say({"runs": list(self.runs.values())})
        if rest.removeprefix("runs/") in self.runs:
            return self.say(self.runs[rest.removeprefix("runs/")])
        self.missing()

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urllib.parse.urlsplit(self.path).path.removeprefix("/apis/v2beta1/")
        if path == "pipelines/upload":
            parts = email.message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body)
            spec, platform = shipped.yaml.safe_load_all(parts.get_payload()[0].get_payload(decode=True))
            self.versions.append({"pipeline_id": "p-1", "pipeline_version_id": "v-1", "display_name": "profile-shards", "pipeline_spec": {"pipeline_spec": spec, "platform_spec": platform}})
            return self.say({"pipeline_id": "p-1", "display_name": "profile-shards"})
        if path == "runs":
            asked = json.loads(body)
            self.started.append(asked["runtime_config"]["parameters"])
            self.runs["r-1"] = {"run_id": "r-1", **asked}
            self.play("r-1")
            return self.say(self.runs["r-1"])
        if path == "runs/r-1:retry":
            self.play("r-1")
            return self.say({})
        self.missing()

    def play(self, run):
        """Every iteration's pod runs; a retry runs those again that failed."""
        spec = self.versions[0]["pipeline_spec"]["pipeline_spec"]
        loop = f"{WORKFLOW}.root.for-loop-1"
        rounds, nodes, failed = [], [], False

        def add(path, state, *children):
            nodes.append({"run_id": run, "task_id": f"uuid-{len(nodes)}", "display_name": path.rsplit(".", 1)[-1], "state": state, "child_tasks": [{"pod_name": node(child)} for child in children]})

        for words, artifacts, where in shipped.Played(spec, self.runs[run]["runtime_config"]["parameters"], self.folder).commands:
            index = int(re.search(r"/for-loop-1-(\d+)/profile-0$", where)[1])
            at = f"{loop}.iteration-iterations({index}:{index})"
            task = f"{at}.iteration-item.profile"
            pod = node(f"{task}.executor").replace(f"{WORKFLOW}-", f"{WORKFLOW}-system-container-impl-")
            if not artifacts["profile"].exists():
                done = subprocess.run([shipped.PILOT, *words[1:]], capture_output=True, text=True)
                type(self).logs[pod] = "a line of the launcher\n" + done.stdout + done.stderr
            state = "SUCCEEDED" if artifacts["profile"].exists() else "FAILED"
            failed |= state == "FAILED"
            rounds.append(at)
            add(at, state, f"{at}.iteration-item-driver")
            add(f"{at}.iteration-item-driver", "SUCCEEDED", f"{at}.iteration-item")
            add(f"{at}.iteration-item", state, f"{task}-driver")
            add(f"{task}-driver", "SUCCEEDED", task)
            add(task, state, f"{task}.executor")
            add(f"{task}.executor", state)
        state = "FAILED" if failed else "SUCCEEDED"
        add(WORKFLOW, state, f"{WORKFLOW}.root-driver")
        add(f"{WORKFLOW}.root-driver", "SUCCEEDED", f"{WORKFLOW}.root")
        add(f"{WORKFLOW}.root", state, loop)
        add(loop, state, f"{loop}.iteration-driver")
        add(f"{loop}.iteration-driver", "SUCCEEDED", f"{loop}.iteration-iterations")
        add(f"{loop}.iteration-iterations", state, *rounds)
        self.runs[run].update(state=state, created_at="2026-01-01T00:00:00Z", finished_at="2026-01-01T00:10:00Z", run_details={"task_details": nodes})


def main():
    if not pathlib.Path(shipped.PILOT).exists():
        print("pilot is not built")
        return 77
    if shipped.yaml is None:
        print("Python has no yaml: build/python-venv is missing")
        return 77
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Kubeflow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        Kubeflow.folder = folder / "artifacts"
        (folder / "kubeconfig").write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "c", "clusters": [{"name": "c", "cluster": {"server": address}}],
                                                       "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "kubeflow"}}], "users": [{"name": "u", "user": {}}]}))
        (folder / "pilothouse.yaml").write_text(f"workspace: shards\nconnections:\n  local: {{kind: local, root: {folder / 'root'}}}\n  k8s: {{kind: kubernetes, kubeconfig: {folder / 'kubeconfig'}}}\n"
                                                f"  kfp: {{kind: kubeflow, url: '{address}', namespace: kubeflow, cluster: k8s}}\n")
        env = dict(os.environ, HOME=str(folder), XDG_DATA_HOME=str(folder / "data"), XDG_CONFIG_HOME=str(folder / "config"), XDG_CACHE_HOME=str(folder / "cache"), DBUS_SESSION_BUS_ADDRESS="disabled:")

        def pilot(*words, code=0):
            done = subprocess.run([shipped.PILOT, "--workspace", str(folder / "pilothouse.yaml"), *map(str, words), "--json"], capture_output=True, text=True, env=env, timeout=120)
            assert (done.returncode != 0) == (code != 0), (words, done.returncode, done.stdout, done.stderr)
            return json.loads(done.stdout.splitlines()[-1] if done.stdout.startswith('{"') else done.stdout)

        rows = shipped.rows()
        files = [folder / f"day-{i}.csv" for i in range(3)]
        parts = [rows[:1000], rows[1000:4000], rows[4000:]]

        def write(path, data):
            with open(path, "w", newline="", encoding="utf-8") as out:
                shipped.csv.writer(out).writerows([["a", "b", "kind"]] + data)

        for file, part in list(zip(files, parts))[:2] + [(folder / "rows.csv", rows)]:
            write(file, part)  # the third is not there yet
        write(folder / "reference.csv", [[2 * a, b, kind] for a, b, kind in rows])
        pilot("profile", folder / "reference.csv", "--out", folder / "reference.json")
        bins = f"{address}/reference.json"
        uploaded = pilot("pipelines", "upload", shipped.COMPILED)
        assert uploaded["done"], uploaded
        shards = json.dumps([str(file) for file in files])
        pilot("pipelines", "start", "kfp:profile-shards", "--param", f"shards={shards}", "--param", "image=registry.example/pilot:1", "--param", f"bins={bins}")
        assert Kubeflow.started == [{"shards": [str(file) for file in files], "image": "registry.example/pilot:1", "bins": bins}], Kubeflow.started

        shown = pilot("pipelines", "show", "kfp:r-1")
        told = [(stage["name"], stage["id"], stage["state"], stage["note"]) for stage in shown["stages"]]
        assert told == [("shards", "for-loop-1", "failed", "2 of 3 done, 1 failed"), ("profile · 1 of 3", "for-loop-1/0/profile", "passed", str(files[0])),
                        ("profile · 2 of 3", "for-loop-1/1/profile", "passed", str(files[1])), ("profile · 3 of 3", "for-loop-1/2/profile", "failed", str(files[2]))], told
        log = pilot("pipelines", "log", "kfp:r-1", "--stage", "profile · 2 of 3")["log"]
        assert files[1].name in log and files[0].name not in log and "a line of the launcher" in log, log[:500]
        assert pilot("pipelines", "log", "kfp:r-1", "--stage", "shards")["note"].startswith("A loop has no log"), "of the loop"
        whole = pilot("pipelines", "log", "kfp:r-1")["log"]
        assert [line for line in whole.splitlines() if line.startswith("=== ")] == [f"=== profile · {i} of 3 ===" for i in (1, 2, 3)], whole[:300]

        said = pilot("profile", "--run", "kfp:r-1", "--out", folder / "merged.json", code=1)["error"]
        assert "1 of 3 shards handed no profile back: profile · 3 of 3" in said["what"] and "retry kfp:r-1 --failed" in said["hint"], said
        assert not (folder / "merged.json").exists()
        write(files[2], parts[2])
        pilot("pipelines", "retry", "kfp:r-1", "--failed")
        answer = pilot("profile", "--run", "kfp:r-1", "--out", folder / "merged.json")
        assert (answer["shards"], answer["rows"]) == (3, len(rows)), answer
        pilot("profile", folder / "rows.csv", "--out", folder / "whole.json", "--bins", folder / "reference.json")
        shipped.same(shipped.read(folder / "merged.json"), shipped.read(folder / "whole.json"))
        reports = [pilot("drift", "--reference", folder / "reference.json", "--current", folder / name) for name in ("merged.json", "whole.json")]
        figures = [[(column["name"], column["drifted"], column["psi"]) for column in report["columns"]] for report in reports]
        assert figures[0] == figures[1] and [drifted for _, drifted, _ in figures[0]] == [True, False, False], figures
        print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
