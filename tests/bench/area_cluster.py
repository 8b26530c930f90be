# SPDX-License-Identifier: GPL-3.0-or-later
"""Following a cluster of 20,000 pods and 1,000 deployments, played by the replay server: until the first table, idle, and under 1,000 changes/s, with a table view on the pods; beside
`kubectl get pods -A -w` on the same server in the same run (kubectl of tests/backends/kube.sh, where that was built): bytes on the wire and CPU. And the whole console: the real window on the same
cluster, its list of workloads and the page of one of them."""
import json
import os
import pathlib
import subprocess
import time

from replay import Replay, Told
from table import ROOT, Row, Unavailable, middle

PODS, DEPLOYMENTS, CHANGES = 20000, 1000, 1000
IDLE_SECONDS, CHURN_SECONDS, LIMIT_MS = 20, 20, 16


def kubectl_program():
    """The command words, or None."""
    found = subprocess.run(["bash", ROOT / "tests" / "backends" / "kube.sh", "built"], capture_output=True, text=True)
    path = found.stdout.strip()
    return [path, "kubectl"] if found.returncode == 0 and path and os.access(path, os.X_OK) else None


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid):
    return int(pathlib.Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def ours(options, replay):
    follower = Told([options.program("tests/bench_cluster"), replay.url], env=dict(os.environ, QT_QPA_PLATFORM="offscreen", LC_ALL="C.UTF-8"))
    try:
        before = replay.tell("stats")["bytes"]
        first = json.loads(follower.line())
        first["bytes"] = replay.tell("stats")["bytes"] - before
        time.sleep(2)  # what comes right after the list: the other kinds, freed buffers
        follower.tell("phase idle")
        time.sleep(IDLE_SECONDS)
        idle = follower.tell("phase settling")
        replay.tell(f"churn {CHANGES}")
        time.sleep(1)
        follower.tell("phase churn")
        before = replay.tell("stats")
        time.sleep(CHURN_SECONDS)
        churn = follower.tell("phase after")
        after = replay.tell("stats")
        churn["bytes"], churn["changes"] = after["bytes"] - before["bytes"], after["changes"] - before["changes"]
        replay.tell("churn 0")
        time.sleep(1.5)
        seen, wanted = follower.tell("digest"), replay.tell("digest")
        if seen["digest"] != wanted["digest"]:
            raise RuntimeError(f"the table is not the server's: {seen} {wanted}")
        return first, idle, churn
    finally:
        follower.end()


def same_list(console, replay):
    """Whether the window's list says of each deployment what the server has."""
    seen = {"/".join(line.split(" ")[0].split("|")[2:]): line.split(" ")[1].rstrip(",") for line in console.tell("shown")["lines"]}
    return seen == replay.tell("ready")


def window(options, replay):
    console = Told([options.program("tests/bench_cluster_window"), replay.url, DEPLOYMENTS], env=dict(os.environ, QT_QPA_PLATFORM="offscreen", LC_ALL="C.UTF-8"), stderr=subprocess.DEVNULL)
    try:
        first = json.loads(console.line())
        time.sleep(3)
        console.tell("phase idle")
        time.sleep(IDLE_SECONDS)
        idle = console.tell("phase choosing")
        console.tell("open rollouts lab|deployment|team-03|service-0003")
        deadline = time.monotonic() + 30
        while console.tell("shown")["pods"] < PODS // DEPLOYMENTS // 2:
            if time.monotonic() > deadline:
                raise RuntimeError("the page of a workload shows no pods")
            time.sleep(0.2)
        time.sleep(3)
        choosing = console.tell("phase open")
        time.sleep(IDLE_SECONDS)
        opened = console.tell("phase begins to change")
        replay.tell(f"churn {CHANGES}")
        time.sleep(2)
        begins = console.tell("phase churn")
        time.sleep(CHURN_SECONDS)
        churn = console.tell("phase hidden")
        console.tell("open journal")
        deadline = time.monotonic() + 20  # the server sees that a stream was left when it writes the next time
        while (streams := replay.tell("stats")["streams"]) and time.monotonic() < deadline:
            time.sleep(0.2)
        console.tell("open rollouts")
        time.sleep(2)
        back = console.tell("phase end")
        replay.tell("churn 0")
        deadline = time.monotonic() + 30
        while not same_list(console, replay):
            if time.monotonic() > deadline:
                raise RuntimeError("the window's list is not the server's")
            time.sleep(0.5)
        if streams:
            raise RuntimeError(f"{streams} streams while nobody looks")
        return first, idle, churn, max((first, idle, choosing, opened, begins, churn, back), key=lambda phase: phase["max_cpu_ms"]), opened
    finally:
        console.end()


def console_rows(options, replay):
    try:
        runs = [window(options, replay) for _ in range(options.pairs)]
    except (Unavailable, RuntimeError) as missing:
        return [Row("console on the cluster", missing=str(missing))]
    take = lambda place, key: [run[place][key] for run in runs]
    first, idle, churn, dear = middle(take(0, "first_table_seconds")), middle(take(1, "core_share")), middle(take(2, "core_share")), max((run[3] for run in runs), key=lambda phase: phase["max_cpu_ms"])
    memory, opened = max(take(2, "peak_mb")), middle(take(4, "core_share"))
    return [
        Row(f"console, first list of {DEPLOYMENTS} deployments", f"{first:.2f} s, {middle(take(0, 'cpu_seconds')):.2f} CPU s", gate="≤ 2 s", met=first <= 2),
        Row(f"console, {CHANGES} changes/s, a workload open", f"{churn * 100:.1f} % of a core", quality=f"{middle(take(2, 'threads')):.0f} threads", memory=f"peak {memory:.0f} MB, before it connected {middle(take(0, 'before_mb')):.0f}",
            gate="≤ 150 MB", met=memory <= 150),
        Row("console on the cluster, GUI thread", f"max {dear['max_cpu_ms']:.1f} ms CPU", quality=f"{dear['phase']}: " + "; ".join(f"{d['cpu_ms']:.1f} ms {d['event']} {d['receiver']}" for d in dear["dear"][:2]),
            gate=f"≤ {LIMIT_MS} ms", met=dear["max_cpu_ms"] <= LIMIT_MS),
        Row("console, connected and idle", f"{idle * 100:.2f} % of a core", memory=f"{middle(take(1, 'rss_mb')):.0f} MB", gate="< 1 %", met=idle < 0.01),
        Row("console, a workload open and idle", f"{opened * 100:.2f} % of a core", memory=f"{middle(take(4, 'rss_mb')):.0f} MB", gate="< 1 %", met=opened < 0.01),
    ]


def peer(words, options, replay):
    home = options.folder / "kubectl-home"
    home.mkdir(exist_ok=True)
    before = replay.tell("stats")["bytes"]
    begun = time.monotonic()
    process = subprocess.Popen([*words, "--server", replay.url, "--kubeconfig", "/dev/null", "get", "pods", "-A", "-w"], stdout=open(options.folder / "kubectl.out", "w"), stderr=subprocess.DEVNULL, env=dict(os.environ, HOME=str(home)))
    try:
        while sum(1 for _ in open(options.folder / "kubectl.out")) <= PODS:  # the header is one more
            if process.poll() is not None or time.monotonic() - begun > 120:
                raise RuntimeError("kubectl did not come to the end of its list")
            time.sleep(0.02)
        first = {"first_table_seconds": time.monotonic() - begun, "bytes": replay.tell("stats")["bytes"] - before, "cpu_seconds": cpu_of(process.pid)}
        replay.tell(f"churn {CHANGES}")
        time.sleep(1)
        before, cpu = replay.tell("stats"), cpu_of(process.pid)
        time.sleep(CHURN_SECONDS)
        after = replay.tell("stats")
        churn = {"bytes": after["bytes"] - before["bytes"], "cpu_seconds": cpu_of(process.pid) - cpu, "peak_mb": memory_of(process.pid)}
        replay.tell("churn 0")
        return first, churn
    finally:
        process.terminate()
        process.wait()


def measure(options):
    words = kubectl_program()
    replay = Replay(options.program("tests/replay_api"), PODS, DEPLOYMENTS)
    try:
        runs, peers = [], []
        for _ in range(options.pairs):
            runs.append(ours(options, replay))
            if words:
                peers.append(peer(words, options, replay))
        console = console_rows(options, replay)
    finally:
        replay.end()
    take = lambda place, key: [run[place][key] for run in runs]
    first, idle_share, churn_share = middle(take(0, "first_table_seconds")), middle(take(1, "core_share")), middle(take(2, "core_share"))
    dear = max(max(take(place, "max_cpu_ms")) for place in range(3))
    memory = max(take(2, "peak_mb"))
    against = lambda text: text() if peers else "no kubectl: tests/backends/kube.sh build"
    rows = [
        Row(f"cluster, first table of {PODS} pods", f"{first:.2f} s, {middle(take(0, 'cpu_seconds')):.2f} CPU s", against(lambda: f"kubectl {middle([p[0]['first_table_seconds'] for p in peers]):.2f} s, {middle([p[0]['cpu_seconds'] for p in peers]):.2f} CPU s"),
            [p[0]["first_table_seconds"] / r[0]["first_table_seconds"] for r, p in zip(runs, peers)], cpu=middle([p[0]["cpu_seconds"] / r[0]["cpu_seconds"] for r, p in zip(runs, peers)]) if peers else None,
            quality=f"{middle(take(0, 'bytes')) / 1e6:.0f} MB of JSON" + (f" (kubectl's tables {middle([p[0]['bytes'] for p in peers]) / 1e6:.0f} MB)" if peers else ""), gate="≤ 2 s", met=first <= 2),
        Row(f"cluster, {CHANGES} changes/s", f"{churn_share * 100:.1f} % of a core", against(lambda: f"kubectl {middle([p[1]['cpu_seconds'] for p in peers]) / CHURN_SECONDS * 100:.1f} %"),
            cpu=middle([p[1]["cpu_seconds"] / r[2]["cpu_seconds"] for r, p in zip(runs, peers)]) if peers else None,
            quality=f"{middle(take(2, 'bytes')) / CHURN_SECONDS / 1e6:.1f} MB/s" + (f" (kubectl {middle([p[1]['bytes'] for p in peers]) / CHURN_SECONDS / 1e6:.1f})" if peers else "") + f", {middle(take(2, 'pod_events')) / CHURN_SECONDS:.0f} pod events/s taken",
            memory=f"peak {memory:.0f} MB" + (f" (kubectl {max(p[1]['peak_mb'] for p in peers):.0f})" if peers else ""), gate="≤ 150 MB", met=memory <= 150),
        Row("cluster, GUI thread", f"max {dear:.1f} ms CPU", quality="; ".join(f"{d['cpu_ms']:.1f} ms {d['event']} {d['receiver']}" for d in runs[-1][2]["dear"][:2]), gate=f"≤ {LIMIT_MS} ms", met=dear <= LIMIT_MS),
        Row("cluster, connected and idle", f"{idle_share * 100:.2f} % of a core", quality=f"{middle(take(1, 'threads')):.0f} threads, 16 watches", memory=f"{middle(take(1, 'rss_mb')):.0f} MB", gate="< 1 %", met=idle_share < 0.01),
    ]
    return rows + console
