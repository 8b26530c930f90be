# SPDX-License-Identifier: GPL-3.0-or-later
"""A real MLflow server on loopback for a scenario, asked by its REST interface and not by ours. PILOTHOUSE_MLFLOW and PILOTHOUSE_MLFLOW2 name the
program `mlflow` of a 3.x and of a 2.x; else they are looked for where tests/run installs them."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from loop_lib import Failed


def programs():
    """Those that are here, as (name, path)."""
    build = pathlib.Path(__file__).resolve().parents[2] / "build"
    found = []
    for name, variable, venv in (("MLflow 3", "PILOTHOUSE_MLFLOW", "mlflow3-venv"), ("MLflow 2", "PILOTHOUSE_MLFLOW2", "mlflow2-venv")):
        program = pathlib.Path(os.environ.get(variable) or build / venv / "bin/mlflow")
        if program.exists():
            found.append((name, program))
    return found


SKIPPED = 77


class Mlflow:
    """`with Mlflow(program, folder) as server`: SQLite and artifacts in the folder; stop() and start() keep both."""

    def __init__(self, program, folder):
        self.program, self.folder, self.process = program, pathlib.Path(folder), None
        self.folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "server", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db",
                 "--serve-artifacts", "--artifacts-destination", str(self.folder / "artifacts")], cwd=self.folder, env=environment, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + 180
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.get("experiments/search", max_results=1)
                return
            except OSError:
                time.sleep(0.2)
        raise Failed(f"{self.program} did not start; its log is {self.folder}/log")

    def stop(self, how=signal.SIGTERM):
        """Ends the server and its workers, by their group."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait()
        self.process = None

    def kill(self):
        self.stop(signal.SIGKILL)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def get(self, call, **query):
        with urllib.request.urlopen(f"{self.url}/api/2.0/mlflow/{call}?{urllib.parse.urlencode(query)}", timeout=20) as answer:
            return json.load(answer)

    def post(self, call, **body):
        request = urllib.request.Request(f"{self.url}/api/2.0/mlflow/{call}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def copies(self, experiment, run):
        """The runs that were made here for a run of elsewhere."""
        try:
            found = self.get("experiments/get-by-name", experiment_name=experiment)
        except urllib.error.HTTPError:
            return []
        return self.post("runs/search", experiment_ids=[found["experiment"]["experiment_id"]], filter=f"tags.`pilothouse.run` = '{run}'", max_results=100).get("runs", [])

    def history(self, run, metric):
        """[(step, milliseconds, value)], sorted."""
        out, token = [], ""
        while True:
            page = self.get("metrics/get-history", run_id=run, metric_key=metric, max_results=25000, **({"page_token": token} if token else {}))
            out += [(int(p.get("step", 0)), int(p["timestamp"]), float(p["value"])) for p in page.get("metrics", [])]
            token = page.get("next_page_token", "")
            if not token:
                return sorted(out)

    def versions(self, model):
        return self.get("model-versions/search", filter=f"name='{model}'", max_results=1000).get("model_versions", [])

    def aliases(self, model):
        """{alias: version} of a registered model."""
        return {a["alias"]: int(a["version"]) for a in self.get("registered-models/get", name=model)["registered_model"].get("aliases", [])}
