#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""descriptions.py: what the estate plays as Kubeflow Pipelines and Azure ML, and what pilot sends them, is what their published API descriptions have. The descriptions
are the ones in the generated clients kfp-server-api (v2beta1) and azure-mgmt-machinelearningservices (2023-04-01), from the virtual environment that tests/run makes
(build/python-venv). pilot works through a proxy that notes every request; each body and reply is read by the client's model and written again: what gets lost or
changes on the way is not in the description."""
import http.client
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(ROOT / "build/dev/bin/pilot")
ESTATE = str(pathlib.Path(PILOT).parent / "pilothouse-estate")
VENV = ROOT / "build/python-venv"
SKIPPED = 77
WORKSPACE = "/subscriptions/sub-1/resourceGroups/mlops-rg/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws"

JOB = """type: command
command: python ml/train.py --data_path ${{inputs.training_data}} --model_output_path ${{outputs.model_output}} --c ${{inputs.c}}
code: ..
environment: azureml:mlops-env@latest
compute: azureml:cpu-cluster
inputs:
  c: 1.5
  training_data: {type: uri_file, path: "azureml:training-data:1", mode: ro_mount}
outputs:
  model_output: {type: uri_folder, mode: rw_mount, path: "azureml://datastores/workspaceblobstore/paths/models/svc"}
experiment_name: damage-incidence-prediction
display_name: svc-training-job
description: by the contract
tags: {team: risk}
environment_variables: {SEED: "42"}
resources: {instance_count: 1, shm_size: 2g}
limits: {timeout: 3600}
distribution: {type: pytorch, process_count_per_instance: 1}
"""
PIPELINE = "pipelineInfo:\n  name: nightly\nroot:\n  dag:\n    tasks: {}\nschemaVersion: 2.1.0\n"

failures = []


def check(good, what):
    if not good:
        failures.append(what)
        print("FAILED", what)


class Proxy(http.server.ThreadingHTTPServer):
    """Before one server of the estate: notes (method, path with query, body, status, reply, type of the reply)."""

    def __init__(self, url):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target, self.seen, self.lock = urllib.parse.urlsplit(url).netloc, [], threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        there = http.client.HTTPConnection(self.server.target, timeout=60)
        there.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "content-length"):
                there.putheader(name, value)
        there.putheader("Content-Length", str(len(body)))
        there.endheaders(body)
        reply = there.getresponse()
        text = reply.read()
        with self.server.lock:
            self.server.seen.append((self.command, self.path, body, reply.status, text, reply.getheader("Content-Type") or ""))
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

    def log_message(self, *_):
        pass


def seconds(text):
    """Of a duration of hours, minutes and seconds (PT1H is PT3600S); None: it is none."""
    parts = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", text) if isinstance(text, str) else None
    return sum(int(part or 0) * unit for part, unit in zip(parts.groups(), (3600, 60, 1))) if parts else None


def lost(before, after, place=""):
    """Where `after` lacks something of `before`, or has another value there. None, empty lists and maps say nothing; times may be written otherwise."""
    if before is None or before == {} or before == []:
        return []
    if isinstance(before, dict):
        if not isinstance(after, dict):
            return [place or "/"]
        return [one for key, value in before.items() for one in lost(value, after.get(key), f"{place}/{key}")]
    if isinstance(before, list):
        if not isinstance(after, list) or len(after) != len(before):
            return [place or "/"]
        return [one for at, value in enumerate(before) for one in lost(value, after[at], f"{place}/{at}")]
    if before == after:
        return []
    stamp = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
    if isinstance(before, str) and isinstance(after, str) and stamp.match(before) and stamp.match(after) and before[:19] == after[:19]:
        return []
    if seconds(before) is not None and seconds(before) == seconds(after):
        return []
    return [f"{place} ({before!r} became {after!r})"]


def azure(text, model):
    from azure.mgmt.machinelearningservices import models
    kind = getattr(models, model)
    return lost(text, kind.deserialize(text).serialize(keep_readonly=True))


def kubeflow(text, model):
    import kfp_server_api
    client = kfp_server_api.ApiClient()

    class Reply:
        data = json.dumps(text)
    return lost(text, client.sanitize_for_serialization(client.deserialize(Reply, model)))


# Method, path, model of what is sent, model of the reply. The first that fits counts; the order goes from the special to the general.
AZURE = [("GET", r"/jobs", None, "JobBaseResourceArmPaginatedResult"), ("PUT", r"/jobs/[^/]+", "JobBase", "JobBase"), ("GET", r"/jobs/[^/]+", None, "JobBase"),
         ("GET", r"/schedules", None, "ScheduleResourceArmPaginatedResult"), ("GET", r"/computes/[^/]+", None, "ComputeResource"),
         ("GET", r"/environments/[^/]+", None, "EnvironmentContainer"), ("GET", r"/environments/[^/]+/versions/[^/]+", None, "EnvironmentVersion"),
         ("GET", r"/data/[^/]+", None, "DataContainer"), ("GET", r"/data/[^/]+/versions/[^/]+", None, "DataVersionBase"),
         ("POST", r"/codes/[^/]+/versions/[^/]+/startPendingUpload", "PendingUploadRequestDto", "PendingUploadResponseDto"),
         ("PUT", r"/codes/[^/]+/versions/[^/]+", "CodeVersion", "CodeVersion"), ("GET", r"/codes/[^/]+/versions/[^/]+", None, "CodeVersion"),
         ("GET", r"/datastores/[^/]+", None, "Datastore"), ("POST", r"/datastores/[^/]+/listSecrets", None, "DatastoreSecrets")]
KUBEFLOW = [("GET", r"/healthz", None, "V2beta1GetHealthzResponse"), ("GET", r"/pipelines", None, "V2beta1ListPipelinesResponse"), ("POST", r"/pipelines/upload", None, "V2beta1Pipeline"),
            ("POST", r"/pipelines/upload_version", None, "V2beta1PipelineVersion"), ("GET", r"/pipelines/[^/]+/versions", None, "V2beta1ListPipelineVersionsResponse"),
            ("GET", r"/pipelines/[^/]+/versions/[^/]+", None, "V2beta1PipelineVersion"), ("GET", r"/pipelines/[^/]+", None, "V2beta1Pipeline"),
            ("GET", r"/experiments", None, "V2beta1ListExperimentsResponse"), ("POST", r"/experiments", "V2beta1Experiment", "V2beta1Experiment"),
            ("GET", r"/runs", None, "V2beta1ListRunsResponse"), ("POST", r"/runs", "V2beta1Run", "V2beta1Run"), ("GET", r"/runs/[^/]+", None, "V2beta1Run"),
            ("GET", r"/recurringruns", None, "V2beta1ListRecurringRunsResponse"), ("POST", r"/recurringruns", "V2beta1RecurringRun", "V2beta1RecurringRun")]


def compare(proxy, base, described, read):
    """Every noted call below `base`; gives which descriptions were used."""
    used = set()
    for method, target, body, status, reply, _ in proxy.seen:
        path = target.split("?")[0]
        if not path.startswith(base) or status >= 400 or "nodes/" in path:
            continue
        for known, form, sent, given in described:
            if known == method and re.fullmatch(re.escape(base) + form, path):
                used.add((known, form))
                where = f"{method} {path[len(base):]}"
                if sent:
                    for one in read(json.loads(body), sent):
                        check(False, f"{where}: pilot sends {one}, which {sent} does not have")
                for one in read(json.loads(reply), given):
                    check(False, f"{where}: the estate gives {one}, which {given} does not have")
                break
    return used


def pilot(folder, *words, code=0):
    ran = subprocess.run([PILOT, "--workspace", str(folder / "pilothouse.yaml"), "--json", *words], capture_output=True, text=True, timeout=120, cwd=folder)
    check(ran.returncode == code, f"pilot {' '.join(words)}: {ran.returncode} {ran.stdout[-600:]} {ran.stderr[-600:]}")
    try:
        return json.loads(ran.stdout)
    except ValueError:
        return {}


def control(urls, path, body):
    request = urllib.request.Request(urls["control"] + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=30))


def inside():
    try:
        import kfp_server_api  # noqa: F401
        from azure.mgmt.machinelearningservices.models import JobBase  # noqa: F401
    except ImportError as missing:
        print(f"skipped: {missing.name} is not in build/python-venv; tests/run makes it anew when its registry can be reached")
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        ports = folder / "ports.json"
        estate = subprocess.Popen([ESTATE, "--folder", str(folder / "estate"), "--only", "kubeflow,azureml,blobs", "--speed", "0", "--port-file", str(ports)], stdout=subprocess.DEVNULL)
        try:
            for _ in range(600):
                if ports.exists() or estate.poll() is not None:
                    break
                time.sleep(0.05)
            urls = json.loads(ports.read_text())
            arm, kfp = Proxy(urls["azureml"]), Proxy(urls["kubeflow"])
            os.environ.update({"HOME": name, "XDG_DATA_HOME": name, "XDG_CACHE_HOME": name, "PILOTHOUSE_SECRET_APP": "estate-secret", "PILOTHOUSE_SECRET_JOURNAL_KEY_CONTRACT": "5c" * 32})
            (folder / "pilothouse.yaml").write_text(f"""workspace: contract
role: approver
connections:
  local: {{kind: local, root: local}}
  azure: {{kind: azureml, url: "{arm.url}/mlflow/v1.0{WORKSPACE}", tenant: contoso.example, client: estate-client, authority: "{arm.url}", login: client, secret: app}}
  kfp: {{kind: kubeflow, url: "{kfp.url}", namespace: kubeflow, experiment: contract}}
""", encoding="utf-8")
            for path, text in (("project/ml/train.py", "print(1)\n"), ("project/azure-ml/job.yml", JOB), ("nightly.yaml", PIPELINE)):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
            check(azure({"name": "x", "properties": {"jobType": "Command", "invented": 1}}, "JobBase") and kubeflow({"run_id": "x", "invented": 1}, "V2beta1Run"), "an invented key is not seen: nothing is compared")
            plan = pilot(folder, "pipelines", "submit", "project/azure-ml/job.yml", "--dry-run")
            check([one["verb"] for one in plan.get("plan", [])] == ["UPLOAD", "PUT"], f"the plan of a job: {plan}")
            check(not any(method == "PUT" for method, *_ in arm.seen), "a plan sends something")
            pilot(folder, "pipelines", "submit", "project/azure-ml/job.yml", "--input", "training_data=azureml:training-data@latest", "--dry-run")
            done = pilot(folder, "pipelines", "submit", "project/azure-ml/job.yml")
            run = next((step["after"]["run"] for step in done.get("steps", []) if "run" in step.get("after", {})), "")
            check(bool(run), f"the job that was submitted: {done}")
            for _ in range(4):
                control(urls, "/estate/clock", {"advance_seconds": 200})
                shown = pilot(folder, "pipelines", "show", f"azure:{run}")
            check(shown.get("state") == "passed", f"the job's end: {shown}")
            got = pilot(folder, "pipelines", "download", f"azure:{run}", "model_output", "--to", "model")
            check(sorted(pathlib.Path(one["path"]).name for one in got.get("files", [])) == ["scaler.joblib", "svc_model.joblib"], f"the output: {got}")
            pilot(folder, "pipelines", "start", "azure:damage-incidence-prediction", "--param", "c=2")
            pilot(folder, "pipelines", "schedules")
            pilot(folder, "pipelines", "upload", "nightly.yaml")
            pilot(folder, "pipelines", "upload", "nightly.yaml", "--version", "two")
            pilot(folder, "pipelines", "start", "kfp:nightly", "--ref", "two")
            pilot(folder, "pipelines", "schedule", "create", "kfp:nightly", "--cron", "0 2 * * *", "--experiment", "of the night")
            control(urls, "/estate/clock", {"advance_seconds": 600})
            listed = pilot(folder, "pipelines", "runs", "kfp:nightly")
            for one in listed.get("runs", []):
                pilot(folder, "pipelines", "show", one["id"])
            used = {("azure", *one) for one in compare(arm, WORKSPACE, AZURE, azure)} | {("kubeflow", *one) for one in compare(kfp, "/apis/v2beta1", KUBEFLOW, kubeflow)}
            for system, described in (("azure", AZURE), ("kubeflow", KUBEFLOW)):
                for method, form, *_ in described:
                    check((system, method, form) in used, f"{system}: {method} {form} was not called: nothing was compared")
            print(f"{len(used)} calls compared with their descriptions, {len(failures)} differences")
        finally:
            estate.terminate()
            estate.wait(20)
    return 1 if failures else 0


if __name__ == "__main__":
    if "--inside" in sys.argv:
        sys.exit(inside())
    if not (VENV / "requirements.txt").exists():
        print("skipped: the clients of Kubeflow and Azure are not installed; tests/run makes build/python-venv with them when their registry can be reached")
        sys.exit(SKIPPED)
    if not pathlib.Path(ESTATE).exists():
        print("skipped: pilothouse-estate is not built here")
        sys.exit(SKIPPED)
    sys.exit(subprocess.run([str(VENV / "bin/python"), __file__, "--inside"]).returncode)
