# SPDX-License-Identifier: GPL-3.0-or-later
"""`pilot serve` as shipped (API key, validation, prediction log on) beside FastAPI on the same kind of model and the C floor, driven by wrk
with one thread on the loopback interface. All hops are in one run: ours, peer, floor, ours, peer, floor … The network's peer is the distribution's PyTorch and FastAPI.
No server answers faster than the floor, a fixed reply from C: where 80 % of it are fewer requests than the gate asks for, those 80 % are the gate, and the row says so.
The processor's time of a request was asked for on a machine where the floor took 5.6 µs of it. What the floor takes beyond that here is the machine's, not ours, and
is added: at one connection most of it goes to waking a core that sleeps (a virtual machine: the floor 21 to 25 µs; a floor that spins instead of sleeping 23 µs, and answers
2.5 times as many, which is what ours does)."""
import json
import math
import pathlib
import random
import subprocess
import threading
import time

from serve_together import measure_together
from server import COUNTED, Server, floor, free_port, with_key, wrk_program
from table import PEERS, Row, middle

NAMES = ["MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"]
ROW = dict(zip(NAMES, (0.5, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)))
ESTIMATORS = {"linear": "  - linear_regression", "forest": "  - random_forest: {n_estimators: 100, max_depth: 8}", "mlp": "  - mlp: {hidden: [64, 64], epochs: 3}"}
ONE, THOUSAND = {"linear": 20, "forest": 200, "mlp": 10}, {"linear": 20, "forest": 8}  # times FastAPI
OF_FLOOR = 0.8
CPU_US = {"linear": 20, "mlp": 40}  # of a request, where the floor takes
FLOOR_CPU_US = 5.6
TAIL = {"forest"}  # whose p90 is the peer's p50 / 20 at most, and p99 that or 1.5 of the floor's


def train(pilot, kind, folder):
    generator = random.Random(1)
    with open(folder / "d.csv", "w", encoding="utf-8") as out:
        out.write(",".join(NAMES) + ",y\n")
        for _ in range(5000):  # every fifth tests, so that 4000 train, as the peer's forest
            x = [generator.random() for _ in NAMES]
            out.write(",".join(f"{v:.6f}" for v in x) + f",{x[0] * 2 + math.sin(x[1] * 6) + generator.gauss(0, .1):.6f}\n")
    recipe = folder / f"{kind}.yaml"
    recipe.write_text("recipe: bench\ndata: {source: d.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\ntransforms: [standard_scale]\n"
                      f"estimators:\n{ESTIMATORS[kind]}\nseed: 7\n", encoding="utf-8")
    done = subprocess.run([pilot, "train", recipe, "--out", folder / kind], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"pilot train: {done.stderr.strip()[-300:]}")
    return folder / kind


def start_ours(pilot, package, folder, more=()):
    data = folder / f"data-{pathlib.Path(package).name}"
    server = Server("pilot serve", [pilot, "serve", package, "--data", data, *more], "")
    end = time.monotonic() + 60
    while not (data / "server.json").exists():
        if time.monotonic() > end or server.process.poll() is not None:
            server.end()
            raise RuntimeError("pilot serve did not start")
        time.sleep(0.01)
    server.url = json.loads((data / "server.json").read_text())["url"]
    server.headers = {"X-API-Key": (data / "api.key").read_text().strip()}
    server.admin = {"Authorization": "Bearer " + (data / "admin.token").read_text().strip()}
    return server


def swaps(server, package, script, seconds):
    """A version is exchanged about every 100 ms under 64 connections: how many, how many requests failed, p99 steady and meanwhile."""
    steady = server.wrk(script, "/predict", 64, seconds)
    ending, count = threading.Event(), 0

    def exchange():
        nonlocal count
        while not ending.is_set():
            count += 1
            server.ask("/admin/rollout/start", {"model": package.name, "version": count, "folder": str(package), "steps": [50, 100]}, server.admin)
            ending.wait(0.05)
            server.ask("/admin/rollout/promote", {"full": True}, server.admin)
            ending.wait(0.05)

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        during = server.wrk(script, "/predict", 64, seconds)
    finally:
        ending.set()
        thread.join()
    return count, during["errors"], steady["p99_us"], during["p99_us"]


def compare(kind, ours, peer, least, script, options):
    rows = []
    for connections in (1, 16, 64):
        seen = {"ours": [], "peer": [], "floor": []}
        for _ in range(options.pairs):
            seen["ours"].append(ours.wrk(script, "/predict", connections, options.seconds))
            seen["peer"].append(peer.wrk(PEERS / "post1.lua", "/predict", connections, options.seconds))
            seen["floor"].append(least.wrk(PEERS / "post1.lua", "/predict", connections, options.seconds))
        median = {name: {key: middle([run[key] for run in runs]) for key in COUNTED} for name, runs in seen.items()}
        mine, other = median["ours"], median["peer"]
        ratios = [a["rps"] / b["rps"] for a, b in zip(seen["ours"], seen["peer"])]
        reachable = OF_FLOOR * median["floor"]["rps"] / other["rps"]
        wanted = min(ONE[kind], reachable)
        missed = [] if middle(ratios) >= wanted else ["requests"]
        if sum(run["errors"] for run in seen["ours"]):
            missed.append("errors")
        most = CPU_US[kind] + max(0, median["floor"]["cpu_us"] - FLOOR_CPU_US) if kind in CPU_US else 0
        if kind in CPU_US and mine["cpu_us"] > most:
            missed.append("CPU")
        if kind in TAIL and mine["p90_us"] > other["p50_us"] / 20:
            missed.append("p90")
        if kind in TAIL and mine["p99_us"] > max(other["p50_us"] / 20, 1.5 * median["floor"]["p99_us"]):
            missed.append("p99")
        gate = (f"{ONE[kind]}x" if wanted == ONE[kind] else f"{wanted:.1f}x (80 % of the floor; {ONE[kind]}x is beyond it)") + ", no error" + (f", CPU ≤ {CPU_US[kind]} µs" + (f" + {most - CPU_US[kind]:.1f} of the machine's" if most > CPU_US[kind] else "") if kind in CPU_US else "") + (", p90 and p99 a 20th of its p50" if kind in TAIL else "")
        rows.append(Row(f"serve {kind}, {connections} connection{'s' if connections > 1 else ''} | FastAPI", f"{mine['rps']:.0f}/s", f"{other['rps']:.0f}/s", ratios,
                        other["cpu_us"] / max(mine["cpu_us"], 0.1), f"p50 {mine['p50_us']:.0f} p90 {mine['p90_us']:.0f} p99 {mine['p99_us']:.0f} | {other['p50_us']:.0f} µs",
                        f"{ours.peak_mb():.0f} | {peer.peak_mb():.0f} MB", gate, not missed,
                        (f"missed: {', '.join(missed)}; " if missed else "") + f"CPU {mine['cpu_us']:.1f} µs a request against {other['cpu_us']:.0f}; floor {median['floor']['rps']:.0f}/s, {median['floor']['cpu_us']:.1f} µs, p99 {median['floor']['p99_us']:.0f} µs: "
                        f"{mine['rps'] / median['floor']['rps'] * 100:.0f} % of it"))
    return rows


def measure_kind(kind, options, pilot, python, least):
    package = train(pilot, kind, options.folder)
    port = free_port()
    peer = Server("FastAPI", [python, PEERS / "serve_app.py", kind, port], f"http://127.0.0.1:{port}")
    ours = None
    try:
        peer_start = peer.wait(ROW)
        begun = time.perf_counter()
        ours = start_ours(pilot, package, options.folder)
        ours.wait(ROW)
        first = time.perf_counter() - begun
        one = with_key("post1.lua", options.folder / "one.lua", ours.headers["X-API-Key"])
        many = with_key("post1000.lua", options.folder / "thousand.lua", ours.headers["X-API-Key"])
        ours.wrk(one, "/predict", 4, 1)
        peer.wrk(PEERS / "post1.lua", "/predict", 4, 1)
        rows = compare(kind, ours, peer, least, one, options)
        log = ours.ask("/metrics")["log"]
        rows[-1].note += f"; log {log['written']} written, {log['dropped']} dropped"
        batches = [(ours.wrk(many, "/predict", 1, options.seconds), peer.wrk(PEERS / "post1000.lua", "/batch", 1, options.seconds)) for _ in range(min(3, options.pairs))]
        ratios = [a["rps"] / b["rps"] for a, b in batches]
        rows.append(Row(f"serve {kind}, bodies of 1000 rows | FastAPI", f"{middle([a['rps'] for a, _ in batches]):.0f}/s", f"{middle([b['rps'] for _, b in batches]):.0f}/s", ratios,
                        middle([b["cpu_us"] / a["cpu_us"] for a, b in batches]), f"p50 {middle([a['p50_us'] for a, _ in batches]):.0f} | {middle([b['p50_us'] for _, b in batches]):.0f} µs",
                        gate=f"{THOUSAND[kind]}x" if kind in THOUSAND else "", met=middle(ratios) >= THOUSAND[kind] if kind in THOUSAND else None))
        count, failed, steady, during = swaps(ours, package, one, options.seconds)
        most = max(2 * steady, 1.5 * least.wrk(PEERS / "post1.lua", "/predict", 64, options.seconds)["p99_us"])
        rows.append(Row(f"serve {kind}, {count} hot swaps, 64 connections", f"{failed} failed", quality=f"p99 {steady} → {during} µs", gate=f"none failed, p99 ≤ {most:.0f} µs", met=failed == 0 and during <= most))
        rows.append(Row(f"serve {kind}, first answer | FastAPI", f"{first:.2f} s", f"{peer_start:.2f} s", [peer_start / first]))
        return rows
    finally:
        peer.end()
        if ours:
            ours.end()


def measure(options):
    wrk_program()
    pilot, python = options.program("bin/pilot"), options.peer_python("fastapi", "uvicorn", "uvloop", "httptools", "sklearn")
    system = "/usr/bin/python3"
    torch = subprocess.run([system, "-c", "import fastapi, uvicorn, torch"], capture_output=True, text=True)
    least = floor(options.folder)
    try:
        least.wait(ROW)
        rows = [row for kind in ("linear", "forest") for row in measure_kind(kind, options, pilot, python, least)]
        if torch.returncode == 0:
            rows += measure_kind("mlp", options, pilot, system, least)
            return rows + measure_together(options, pilot, system, NAMES, lambda package, folder, more: start_ours(pilot, package, folder, more))
        return rows + [Row("serve mlp", missing="apt-get install python3-torch python3-fastapi python3-uvicorn")]
    finally:
        least.end()
