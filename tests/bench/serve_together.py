# SPDX-License-Identifier: GPL-3.0-or-later
"""A TorchScript network served by `pilot serve` with requests that are there at once answered in one pass, beside the same server with each alone."""
import json
import subprocess

from server import with_key
from table import Row, middle

NETWORK = """
import csv, sys, torch
torch.manual_seed(5)
names, folder = sys.argv[2:], sys.argv[1]
net = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1)).eval()
torch.jit.script(net).save(folder + "/net.pt")
x = torch.rand(20, 8)
with open(folder + "/net.csv", "w", newline="") as f, torch.no_grad():
    table = csv.writer(f)
    table.writerow(names + ["p"])
    table.writerows([*map(repr, a), repr(b[0])] for a, b in zip(x.tolist(), net(x).double().tolist()))
"""
WAYS = {"as shipped": [], "to 1e-6": ["--batch-tolerance", "1e-6"]}


def imported(pilot, system, folder, names):
    subprocess.run([system, "-c", NETWORK, folder, *names], check=True)
    workspace = folder / "pilothouse.yaml"
    workspace.write_text(f"workspace: w\nconnections: {{local: {{kind: local, root: {folder}/home}}}}\n", encoding="utf-8")
    done = subprocess.run([pilot, "registry", "import", folder / "net.pt", "--model", "net", "--rows", folder / "net.csv", "--expected", "p", "--workspace", workspace, "--json"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"pilot registry import: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)["package"]


def measure_together(options, pilot, system, names, start):
    """start(package, folder, words): a running server."""
    place = options.folder / "together"
    place.mkdir(exist_ok=True)
    package = imported(pilot, system, place, names)
    rows = []
    for way, words in WAYS.items():
        servers = []
        try:
            for number, more in enumerate((words, ["--batch-rows", "1"])):
                here = place / f"{way.replace(' ', '-')}-{number}"
                here.mkdir()
                server = start(package, here, more)
                servers.append((server, with_key("post1.lua", here / "one.lua", server.headers["X-API-Key"])))
            for connections in (1, 64):
                runs = [tuple(server.wrk(script, "/predict", connections, options.seconds) for server, script in servers) for _ in range(options.pairs)]
                mine, alone = ({key: middle([pair[side][key] for pair in runs]) for key in ("rps", "p50_us", "p99_us", "cpu_us")} for side in (0, 1))
                errors = sum(run["errors"] for pair in runs for run in pair)
                rows.append(Row(f"serve TorchScript, together {way}, {connections} connection{'s' if connections > 1 else ''} | each alone", f"{mine['rps']:.0f}/s", f"{alone['rps']:.0f}/s",
                                [a["rps"] / b["rps"] for a, b in runs], alone["cpu_us"] / max(mine["cpu_us"], 0.1), f"p50 {mine['p50_us']:.0f} p99 {mine['p99_us']:.0f} | {alone['p50_us']:.0f} {alone['p99_us']:.0f} µs",
                                gate="no error", met=errors == 0, note=f"CPU {mine['cpu_us']:.1f} µs a request against {alone['cpu_us']:.1f}"))
            figures = servers[0][0].ask("/metrics")["together"]
            rows[-1].note += f"; {figures['requests'] / max(1, figures['calls']):.1f} requests a shared pass"
        finally:
            for server, _ in servers:
                server.end()
    return rows
