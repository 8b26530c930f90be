# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of a real MLflow 3 on SQLite with 10,000 runs, 10,000 versions and 200 models: through our adapter, and by the calls that the server's own
web page makes for the same list until it is complete. The server does the larger part of both; its time is in both. Then the page of runs itself
(bench_runs): its first rows from the cache and, with nothing known, against the web page in a real browser; and what each event of scrolling, filtering
and sorting 10,000 runs costs the GUI thread, by its own CPU clock."""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time
import urllib.request

from server import free_port
from table import PEERS, ROOT, Row, Unavailable, last_json, middle, number

RUNS, VERSIONS, MODELS, METRICS, PARAMS = 10_000, 10_000, 200, 5, 8
START = 1_760_000_000_000  # ms
# The runs come in pieces ten times as long as the page's. Versions are one call on both sides and models nearly: not slower is asked for, but for
# the noise of a server that takes seconds.
GATES = {"runs": 1.1, "versions": 0.8, "models": 0.8}
FIRST_MS, FRAME_MS = 100, 16


def mlflow_program():
    named = os.environ.get("PILOTHOUSE_MLFLOW", str(ROOT / "build" / "mlflow3-venv" / "bin" / "mlflow"))
    if not pathlib.Path(named).exists():
        raise Unavailable("MLflow 3 is not here: tests/run installs it in build/mlflow3-venv, or PILOTHOUSE_MLFLOW names it")
    return named


class Mlflow:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        env = dict(os.environ, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false", DO_NOT_TRACK="true", MLFLOW_DISABLE_TELEMETRY="true")
        with open(folder / "log", "wb") as log:
            self.process = subprocess.Popen([mlflow_program(), "server", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
                                             "--serve-artifacts", "--artifacts-destination", str(folder / "artifacts")], stdout=log, stderr=log, cwd=folder, env=env, start_new_session=True)

    def wait(self):
        for _ in range(900):
            if self.process.poll() is not None:
                raise RuntimeError(f"MLflow ended with {self.process.returncode}: {(self.folder / 'log').read_text()[-400:]}")
            try:
                urllib.request.urlopen(self.url + "/health", timeout=5).read()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("MLflow does not answer")

    def end(self):
        for signal in (15, 9):  # its group: the workers, too
            try:
                os.killpg(self.process.pid, signal)
            except ProcessLookupError:
                break
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()


def seed(file):
    """By SQL, in the tables that the server itself has made: the calls would take it half an hour."""
    database = sqlite3.connect(file)
    with database:
        database.execute("INSERT INTO experiments(experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) VALUES(1, 'bench', 'mlflow-artifacts:/1', 'active', ?, ?)", (START, START))
        runs = [f"{i:032x}" for i in range(RUNS)]
        database.executemany("INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id) "
                             "VALUES(?, ?, 'UNKNOWN', '', '', 'ada', 'FINISHED', ?, ?, '', 'active', ?, 1)",
                             [(run, f"run-{i}", START + i * 60_000, START + i * 60_000 + 30_000, f"mlflow-artifacts:/1/{run}/artifacts") for i, run in enumerate(runs)])
        points = [(f"metric-{m}", (i * 7 + m) % 1000 / 1000, START + i * 60_000, run) for i, run in enumerate(runs) for m in range(METRICS)]
        database.executemany("INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) VALUES(?, ?, ?, 0, 0, ?)", points)
        database.executemany("INSERT INTO metrics(key, value, timestamp, run_uuid, step, is_nan) VALUES(?, ?, ?, ?, 0, 0)", points)
        database.executemany("INSERT INTO params(key, value, run_uuid) VALUES(?, ?, ?)", [(f"param-{p}", str((i + p) % 97), run) for i, run in enumerate(runs) for p in range(PARAMS)])
        database.executemany("INSERT INTO tags(key, value, run_uuid) VALUES(?, ?, ?)", [(key, value, run) for i, run in enumerate(runs) for key, value in (("mlflow.user", "ada"), ("mlflow.runName", f"run-{i}"))])
        names = ["bench"] + [f"model-{i:03d}" for i in range(1, MODELS)]
        database.executemany("INSERT INTO registered_models(name, creation_time, last_updated_time, description) VALUES(?, ?, ?, '')", [(name, START, START) for name in names])
        database.executemany("INSERT INTO model_versions(name, version, creation_time, last_updated_time, description, user_id, current_stage, source, run_id, status) VALUES('bench', ?, ?, ?, '', 'ada', 'None', ?, ?, 'READY')",
                             [(i + 1, START + i, START + i, f"mlflow-artifacts:/1/{run}/artifacts/model", run) for i, run in enumerate(runs[:VERSIONS])])
        database.executemany("INSERT INTO model_version_tags(name, version, key, value) VALUES('bench', ?, 'pilothouse.digest', ?)", [(i + 1, f"{i:064x}") for i in range(VERSIONS)])
        database.execute("INSERT INTO registered_model_aliases(alias, version, name) VALUES('champion', ?, 'bench')", (VERSIONS,))
    database.close()


def shown(options, server):
    """The page of runs: opened from the cache, beside the web page in a browser, and driven."""
    env = dict(os.environ, LC_ALL="C.UTF-8")
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = options.folder / "page"
    ours = last_json([options.program("tests/bench_runs"), folder, server.url, RUNS, options.seconds + 1], env=env, timeout=900)
    yield Row(f"registry, first screen of {RUNS} runs from the cache", f"{ours['first_ms_min']:.0f} ms, median {ours['first_ms_median']:.0f} ms, max {ours['first_ms_max']:.0f} ms", quality=f"{ours['first_cpu_ms']:.0f} ms CPU of all threads; all of them median {ours['complete_ms_median']:.0f} ms, max {ours['complete_ms_max']:.0f} ms",
              gate=f"≤ {FIRST_MS} ms", met=ours["first_ms_min"] <= FIRST_MS)  # the quickest of seven: what is slower was the neighbours
    cache = last_json([options.program("tests/bench_registry"), folder], timeout=600)
    yield Row(f"registry, {VERSIONS} versions of 20 models from the cache", f"{cache['cache_versions']['ms']:.0f} ms", quality=f"CPU {cache['cache_versions']['cpu']:.0f} ms, without painting", gate=f"≤ {FIRST_MS} ms", met=cache["cache_versions"]["ms"] <= FIRST_MS)
    what = "registry, first screen of runs, nothing known, against the web page in a browser"
    page = subprocess.run([sys.executable, str(PEERS / "web_page.py"), server.url, "1", f"run-{RUNS - 1}", str(options.pairs)], capture_output=True, text=True, timeout=900)
    if page.returncode == 3:
        yield Row(what, missing=page.stderr.strip().splitlines()[-1])
    elif page.returncode != 0:
        raise RuntimeError(f"web_page.py ended with {page.returncode}: {page.stderr.strip()[-400:]}")
    else:
        told = json.loads(page.stdout)
        ratios = [seconds * 1e3 / ours["cold_first_ms"] for seconds in told["first_s"]]
        yield Row(what, f"{ours['cold_first_ms']:.0f} ms", f"{middle(told['first_s']) * 1e3:.0f} ms", ratios, quality=f"all {RUNS} {ours['cold_complete_ms'] / 1e3:.1f} s; the page shows 100 ({told['browser']})", gate="1x", met=middle(ratios) >= 1)
    for phase in ("scroll", "filter", "sort"):
        told = ours[phase]
        yield Row(f"registry, {phase} in {RUNS} runs × {ours['columns']} columns", f"max {told['max_cpu_ms']:.1f} ms CPU", quality=f"p99.9 {told['p999_cpu_ms']:.1f} ms, {told['events']} events, max wall {told['max_wall_ms']:.0f} ms", gate="" if phase == "sort" else f"≤ {FRAME_MS} ms",
                  met=None if phase == "sort" else told["max_cpu_ms"] <= FRAME_MS, note="; ".join(f"{d['cpu_ms']:.1f} ms {d['event']} {d['receiver']}" for d in told["dear"][:3]))


def measure(options):
    ours = options.program("tests/bench_mlflow")
    folder = options.folder / "mlflow"
    folder.mkdir()
    server = Mlflow(folder)
    try:
        server.wait()
        seed(folder / "mlflow.db")
        for what, wanted, names in (("runs", RUNS, ("bench", "1")), ("versions", VERSIONS, ("bench", "bench")), ("models", MODELS, ("", ""))):
            seen = []
            for _ in range(options.pairs + 1):
                pair = (last_json([ours, server.url, what, names[0]]), last_json([sys.executable, PEERS / "mlflow_page.py", server.url, what, names[1]]))
                for side in pair:
                    if side["items"] != wanted:
                        raise RuntimeError(f"{side['items']} {what} came, {wanted} are there")
                seen.append(pair)
            seen = seen[1:]  # the first warms the server
            ratios = [page["complete_s"] / mine["complete_s"] for mine, page in seen]
            mine = {key: middle([pair[0][key] for pair in seen]) for key in ("first_s", "complete_s", "cpu_s")}
            page = {key: middle([pair[1][key] for pair in seen]) for key in ("first_s", "complete_s")}
            first = f"first {mine['first_s'] * 1e3:.0f} ms, page's {page['first_s'] * 1e3:.0f} ms" if what == "runs" else ""
            yield Row(f"registry, {wanted} {what}", f"{number(mine['complete_s'])} s", f"{number(page['complete_s'])} s", ratios, quality=first, memory=f"CPU {mine['cpu_s'] * 1e3:.0f} ms", gate=f"{GATES[what]}x",
                      met=middle(ratios) >= GATES[what])
        yield from shown(options, server)
    finally:
        server.end()
