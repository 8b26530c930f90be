# SPDX-License-Identifier: GPL-3.0-or-later
"""github_poll.py URL SECONDS OWNER/NAME…: what a person would script: the newest runs of each repository every 20 s over one connection, with the ETag of last time. The token is
PILOTHOUSE_SECRET_GITHUB. The first round is not measured. Prints one JSON line."""
import http.client
import json
import os
import sys
import time
import urllib.parse

EVERY_S = 20


def main():
    base, seconds, names = urllib.parse.urlsplit(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    wire = http.client.HTTPConnection(base.hostname, base.port, timeout=30)
    tags, runs, asked, changed = {}, {}, 0, 0

    def poll():
        nonlocal asked, changed
        for name in names:
            headers = {"Authorization": "Bearer " + os.environ["PILOTHOUSE_SECRET_GITHUB"], "Accept": "application/vnd.github+json", "User-Agent": "poll"}
            if name in tags:
                headers["If-None-Match"] = tags[name]
            wire.request("GET", f"{base.path}/repos/{name}/actions/runs?per_page=20", headers=headers)
            reply = wire.getresponse()
            body = reply.read()
            asked += 1
            if reply.status == 304:
                continue
            if reply.status != 200:
                raise SystemExit(f"{name}: {reply.status} {body[:200]!r}")
            changed += 1
            tags[name] = reply.headers["ETag"]
            runs[name] = json.loads(body)["workflow_runs"]

    poll()
    begin, used, asked, changed = time.monotonic(), time.process_time(), 0, 0
    while time.monotonic() - begin < seconds:
        poll()
        time.sleep(max(0.0, min(EVERY_S, seconds - (time.monotonic() - begin))))
    print(json.dumps({"cpu_s": time.process_time() - used, "wall_s": time.monotonic() - begin, "asked": asked, "changed": changed, "runs": sum(map(len, runs.values()))}))


main()
