#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""together.py: a TorchScript served to 32 clients at once. The answers that LibTorch gives to requests put together are those of each alone, to
the bit; with --batch-tolerance to 1e-6. SIGTERM then ends the server with exit code 0. The interpreter is that of build/python-venv, else the first argument."""
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[3]
PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(ROOT / "build/dev/bin/pilot")
SKIPPED, CLIENTS, EACH = 77, 32, 60

MAKE = """
import csv, sys, torch
torch.manual_seed(5)
net = torch.nn.Sequential(torch.nn.Linear(3, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1)).eval()
torch.jit.script(net).save(sys.argv[1] + "/net.pt")
x = torch.rand(20, 3)
with open(sys.argv[1] + "/rows.csv", "w", newline="") as f, torch.no_grad():
    table = csv.writer(f)
    table.writerow(["a", "b", "c", "p"])
    table.writerows([*map(repr, a), repr(b[0])] for a, b in zip(x.tolist(), net(x).double().tolist()))
"""


def answers(package, words):
    """(client, number) → prediction; how many came from a shared pass; the server's exit code."""
    server = subprocess.Popen([PILOT, "serve", str(package), "--port", "0", "--no-api-key", "--events", "--threads", "1", *words], stdout=subprocess.PIPE, text=True)
    try:
        ready = next(e for e in map(json.loads, server.stdout) if e["event"] in ("ready", "error"))
        if ready["event"] == "error":
            raise RuntimeError(f"serve: {ready}")
        seen, here = {}, threading.Barrier(CLIENTS)

        def client(k):
            line = http.client.HTTPConnection(ready["url"].removeprefix("http://"), timeout=30)
            here.wait()
            for i in range(EACH):
                line.request("POST", "/predict", json.dumps({"features": [((k * EACH + i) * j % 97) / 97 for j in (1, 2, 3)]}), {"Content-Type": "application/json"})
                seen[k, i] = json.loads(line.getresponse().read())["prediction"]
            line.close()

        threads = [threading.Thread(target=client, args=(k,)) for k in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        line = http.client.HTTPConnection(ready["url"].removeprefix("http://"), timeout=30)
        line.request("GET", "/metrics")
        together = json.loads(line.getresponse().read())["together"]["requests"]
        server.terminate()
        return seen, together, server.wait(20)
    finally:
        if server.poll() is None:
            server.kill()
            server.wait(20)


def main(python):
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "make.py").write_text(MAKE, encoding="utf-8")
        subprocess.run([python, folder / "make.py", folder], check=True)
        workspace = folder / "pilothouse.yaml"
        workspace.write_text(f"workspace: w\nconnections: {{local: {{kind: local, root: {folder}/home}}}}\n", encoding="utf-8")
        done = subprocess.run([PILOT, "registry", "import", folder / "net.pt", "--model", "net", "--rows", folder / "rows.csv", "--expected", "p", "--workspace", workspace, "--json"],
                              capture_output=True, text=True)
        if done.returncode:
            print(f"import: {done.stderr}")
            return 1
        package = json.loads(done.stdout)["package"]
        alone, none, code = answers(package, ["--batch-rows", "1"])
        if none or code or len(alone) != CLIENTS * EACH:
            wrong.append(f"alone: {none} together, {len(alone)} answers, exit code {code}")
        same, _, code = answers(package, [])
        if same != alone or code:
            wrong.append(f"as shipped: {sum(same.get(k) != v for k, v in alone.items())} of {len(alone)} answers differ, exit code {code}")
        near, together, code = answers(package, ["--batch-tolerance", "1e-6"])
        far = max(abs(near[k] - v) / max(1, abs(v)) for k, v in alone.items())
        if together == 0 or far > 1e-6 or code:
            wrong.append(f"to 1e-6: {together} together, at most {far:.3g} away, exit code {code}")
    print("\n".join(wrong) or f"{len(alone)} answers to the bit; {together} of them together to {far:.3g}")
    return 1 if wrong else 0


if __name__ == "__main__":
    with_torch = [python for python in (str(ROOT / "build/python-venv/bin/python"), *sys.argv[1:2]) if os.access(python, os.X_OK) and not subprocess.run([python, "-c", "import torch"], capture_output=True).returncode]
    if not with_torch:
        print("skipped: no PyTorch to make a TorchScript with; tests/run makes build/python-venv, which sees the distribution's")
        sys.exit(SKIPPED)
    sys.exit(main(with_torch[0]))
