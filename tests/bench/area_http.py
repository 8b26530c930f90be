# SPDX-License-Identifier: GPL-3.0-or-later
"""What the well-kept HTTP libraries reach with a fixed reply, beside the C floor and ours, which validates, scores and logs: whether another
library would be worth it. Told, not judged, and only run by name. A library that is not installed is left out with a word."""
import shutil
import subprocess

from area_serve import ROW, start_ours, train
from server import COUNTED, Server, floor, free_port, with_key, wrk_program
from table import PEERS, Row, Unavailable, middle

LIBRARIES = {  # source: (words, needed to link, Debian's package)
    "http_beast": ("Boost.Beast, as its examples", [], "libboost-dev"),
    "http_restinio": ("restinio", ["-lhttp_parser", "-lfmt"], "librestinio-dev libasio-dev"),
    "http_cpphttplib": ("cpp-httplib, 64 threads", ["-lcpp-httplib"], "libcpp-httplib-dev"),
}


def measure(options):
    wrk_program()
    pilot, compiler = options.program("bin/pilot"), shutil.which("c++")
    if not compiler:
        raise Unavailable("there is no C++ compiler: apt-get install g++")
    servers, missing = [("the C floor", floor(options.folder), PEERS / "post1.lua")], []
    try:
        for source, (words, link, package) in LIBRARIES.items():
            made = subprocess.run([compiler, "-std=c++17", "-O2", "-w", PEERS / f"{source}.cpp", "-o", options.folder / source, *link, "-pthread"], capture_output=True, text=True)
            if made.returncode != 0:
                missing.append(Row(words, f"left out: apt-get install {package}"))
                continue
            port = free_port()
            servers.append((words, Server(words, [options.folder / source, port], f"http://127.0.0.1:{port}"), PEERS / "post1.lua"))
        ours = start_ours(pilot, train(pilot, "linear", options.folder), options.folder)
        servers.append(("pilot serve, linear, as shipped", ours, with_key("post1.lua", options.folder / "one.lua", ours.headers["X-API-Key"])))
        for _, server, _ in servers:
            server.wait(ROW)
        seen = {}
        for connections in (1, 16, 64):
            for _ in range(options.pairs):
                for words, server, script in servers:
                    seen.setdefault((words, connections), []).append(server.wrk(script, "/predict", connections, options.seconds))
        rows = []
        for words, server, _ in servers:
            at = {c: {key: middle([run[key] for run in seen[words, c]]) for key in COUNTED} for c in (1, 16, 64)}
            rows.append(Row(f"http, {words}", " / ".join(f"{at[c]['rps'] / 1e3:.0f}k" for c in at) + " per s", quality="p50 " + " / ".join(f"{at[c]['p50_us']:.0f}" for c in at) + " µs, CPU "
                            + " / ".join(f"{at[c]['cpu_us']:.1f}" for c in at) + " µs", memory=f"{server.peak_mb():.0f} MB"))
        return rows + missing
    finally:
        for _, server, _ in servers:
            server.end()
