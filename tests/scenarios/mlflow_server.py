# SPDX-License-Identifier: GPL-3.0-or-later
"""A real MLflow server on loopback for a scenario. The program is $PILOTHOUSE_MLFLOW, else what tests/run installs."""
import os
import pathlib
import signal
import socket
import subprocess
import urllib.error
import urllib.request

from loop_lib import json, until

SKIPPED = 77


def program():
    """The program `mlflow` of a 3.x, None where there is none."""
    named = os.environ.get("PILOTHOUSE_MLFLOW")
    installed = pathlib.Path(__file__).resolve().parents[2] / "build/mlflow3-venv/bin/mlflow"
    return named or (str(installed) if installed.exists() else None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server(folder) as server`: SQLite and artifacts in the folder; stop() and start() keep both."""

    def __init__(self, folder, port=None):
        self.folder = pathlib.Path(folder)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false", DO_NOT_TRACK="true", MLFLOW_DISABLE_TELEMETRY="true")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [program(), "server", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db",
                 "--serve-artifacts", "--artifacts-destination", str(self.folder / "artifacts")],
                stdout=log, stderr=log, cwd=self.folder, env=environment, start_new_session=True)
        until("MLflow answers", 180, self.answers)
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process:
            os.killpg(self.process.pid, how)  # its workers belong to it
            self.process.wait(20)
            self.process = None

    def answers(self):
        try:
            return bool(self.get("experiments/search", "max_results=1"))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def get(self, call, query):
        """The reply of a GET as an object."""
        with urllib.request.urlopen(f"{self.url}/api/2.0/mlflow/{call}?{query}", timeout=30) as reply:
            return json.load(reply)

    def aliases(self, model):
        """{alias: version} of a registered model, as the server itself says."""
        found = self.get("registered-models/get", f"name={model}")["registered_model"]
        return {a["alias"]: int(a["version"]) for a in found.get("aliases", [])}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
