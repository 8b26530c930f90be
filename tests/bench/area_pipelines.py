# SPDX-License-Identifier: GPL-3.0-or-later
"""500 pipelines × 200 runs: the panel's first rows from the cache, with no system answering. And 50 repositories followed while nothing happens in them, on the estate's GitHub: our CPU
and the requests that GitHub counts (a 304 is free), without a window and under the panel; a script with ETags that asks for the newest runs alone is timed in the same run.
The log of 100 MB is the area `log`."""
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

from table import PEERS, Row, last_json

FIRST_MS, CORE, REPOSITORIES, SECONDS = 100, 0.01, 50, 70  # seconds: three polls, and one of what is read once a minute
TOKEN, OF = "ghp_owner", "acme/damage-incidence"


class Estate:
    """The stand-in of GitHub alone, in a process of its own."""

    def __init__(self, program, folder):
        ports = folder / "ports.json"
        self.process = subprocess.Popen([program, "--folder", folder / "estate", "--only", "github,blobs", "--port-file", ports], stdout=subprocess.DEVNULL)
        for _ in range(600):
            if ports.exists():
                self.urls = json.loads(ports.read_text())
                return
            if self.process.poll() is not None:
                raise RuntimeError(f"the estate ended with {self.process.returncode}")
            time.sleep(0.05)
        self.end()
        raise RuntimeError("the estate does not begin")

    def tell(self, verb, **details):
        request = urllib.request.Request(f"{self.urls['control']}/estate/github/{verb}", json.dumps(details).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read())

    def end(self):
        self.process.terminate()
        self.process.wait(30)


def first_screen(options):
    folder = pathlib.Path(options.folder) / "first"
    folder.mkdir()
    seen = last_json([options.program("tests/bench_pipelines"), "first", folder], env=environment())
    return Row("500 pipelines × 200 runs, first rows from the cache", f"{seen['first_ms']:.0f} ms", quality=f"{seen['rows']} rows; worst of 7 {seen['worst_ms']:.0f} ms; all 100,000 runs {seen['whole_ms'] / 1e3:.1f} s",
               memory=f"CPU {seen['first_cpu_ms']:.0f} ms", gate=f"< {FIRST_MS} ms", met=seen["first_ms"] < FIRST_MS)


def environment():
    env = dict(os.environ, LC_ALL="C.UTF-8", PILOTHOUSE_SECRET_GITHUB=TOKEN)
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    return env


def followed(options, estate, names, how):
    """Ours while nothing happens: its own figures, and what GitHub was asked meanwhile."""
    folder = pathlib.Path(options.folder) / how
    folder.mkdir()
    command = [options.program("tests/bench_pipelines"), "poll", folder, estate.urls["github"] + "/api/v3", SECONDS, how, *(name.split("/")[1] for name in names)]
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()) as process:
        if process.stdout.readline().strip() != "settled":
            raise RuntimeError(f"bench_pipelines poll ended early: {process.stderr.read().strip()[-400:]}")
        before = estate.tell("counts")
        rest, said = process.communicate(timeout=SECONDS + 120)
        after = estate.tell("counts")
        if process.returncode != 0:
            raise RuntimeError(f"bench_pipelines poll ended with {process.returncode}: {said.strip()[-400:]}")
    seen = json.loads(rest.strip().splitlines()[-1])
    return dict(seen, **{key: after[key] - before[key] for key in before}, share=seen["cpu_s"] / seen["wall_s"])


def measure(options):
    yield first_screen(options)
    estate = Estate(options.program("bin/pilothouse-estate"), pathlib.Path(options.folder))
    try:
        names = [OF] + [estate.tell("copy", repository=OF, **{"as": f"service-{i:02d}"})["repository"] for i in range(1, REPOSITORIES)]
        peer = last_json([sys.executable, PEERS / "github_poll.py", estate.urls["github"] + "/api/v3", SECONDS, *names], env=environment())
        theirs = peer["cpu_s"] / peer["wall_s"]
        for how, words in (("feed", "without a window | a script with ETags"), ("panel", "under the panel | a script with ETags")):
            ours = followed(options, estate, names, how)
            yield Row(f"{REPOSITORIES} repositories idle, {words}", f"{100 * ours['share']:.2f} % of a core", f"{100 * theirs:.2f} %", [theirs / ours["share"]],
                      quality=f"{ours['asked'] / ours['wall_s']:.1f} requests/s ({peer['asked'] / peer['wall_s']:.1f}), {ours['counted']} counted", gate=f"< {100 * CORE:.0f} %, none counted",
                      met=ours["share"] < CORE and ours["counted"] == 0 and ours["free"] > 0, note=f"{ours['pipelines']} pipelines, {ours['runs']} runs followed")
    finally:
        estate.end()
