# SPDX-License-Identifier: GPL-3.0-or-later
"""The first painted window: the console against the least Qt window, from exec to the end of the first paint. Both are halted at that
moment to have their memory read; the console then goes on and is looked at again with its workspace open."""
import os
import pathlib
import re
import selectors
import shutil
import signal
import subprocess
import time

from table import Row, middle, number

TIMES, WALL_MS, RSS_MB = 2.0, 250, 70
PAINTED = re.compile(r"first paint after (\d+) ms of CPU")


def memory_mb(pid):
    return int(re.search(r"^Rss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M).group(1)) / 1024


def torch_mapped(pid):
    return "libtorch" in pathlib.Path(f"/proc/{pid}/maps").read_text()


def start(program, env, after=0):
    """One start: wall and CPU ms to the first paint, RSS then, and after so many seconds again."""
    begun = time.perf_counter()
    process = subprocess.Popen([program], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env)
    try:
        with selectors.DefaultSelector() as ready:
            ready.register(process.stderr, selectors.EVENT_READ)
            said = ""
            while True:
                if not ready.select(60):
                    raise RuntimeError(f"{program} did not paint within a minute: {said[-300:]}")
                line = process.stderr.readline()
                wall = (time.perf_counter() - begun) * 1e3
                if not line:
                    raise RuntimeError(f"{program} ended with {process.wait()} before it painted: {said[-300:]}")
                said += line
                if found := PAINTED.search(line):
                    break
        process.send_signal(signal.SIGSTOP)
        seen = {"wall": wall, "cpu": int(found.group(1)), "rss": memory_mb(process.pid), "torch": torch_mapped(process.pid)}
        process.send_signal(signal.SIGCONT)
        if after:
            time.sleep(after)  # the time a person looks at it; nothing is judged by it
            seen["open_rss"] = memory_mb(process.pid)
            seen["torch"] |= torch_mapped(process.pid)
        return seen
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def private_env(folder, platform, display=None):
    env = dict(os.environ, QT_QPA_PLATFORM=platform, QT_LOGGING_RULES="pilothouse.start.info=true", QT_FORCE_STDERR_LOGGING="1", QT_LOGGING_TO_CONSOLE="1",
               DBUS_SESSION_BUS_ADDRESS="disabled:", LC_ALL="C.UTF-8")
    for name, part in (("HOME", ""), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"), ("XDG_STATE_HOME", "state"), ("XDG_RUNTIME_DIR", "run")):
        place = folder / "home" / part
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        env[name] = str(place)
    if display:
        env["DISPLAY"] = display
    return env


def compare(platform, env, options):
    console, bare = options.program("bin/pilothouse"), options.program("tests/bare_window")
    opened = start(console, env, after=4)  # the first start makes the demo workspace and warms the page cache
    start(bare, env)
    ours, theirs = [], []
    for _ in range(max(options.pairs, 5)):
        ours.append(start(console, env))
        theirs.append(start(bare, env))
    get = lambda runs, key: middle([run[key] for run in runs])
    wall = [b["wall"] / o["wall"] for o, b in zip(ours, theirs)]
    cpu = middle([o["cpu"] / b["cpu"] for o, b in zip(ours, theirs)])
    rss, torch = max(o["rss"] for o in ours), opened["torch"] or any(o["torch"] for o in ours)
    met = middle(wall) >= 1 / TIMES and cpu <= TIMES and rss <= RSS_MB and not torch
    quiet = get(ours, "wall") < WALL_MS
    return Row(f"first painted window, {platform} | bare Qt window", f"{get(ours, 'wall'):.0f} ms (best {min(o['wall'] for o in ours):.0f})", f"{get(theirs, 'wall'):.0f} ms (best {min(o['wall'] for o in theirs):.0f})",
               wall, 1 / cpu, f"LibTorch {'MAPPED' if torch else 'not mapped'}", f"{rss:.0f} | {max(b['rss'] for b in theirs):.0f} MB", f"≥ {1 / TIMES}x wall and CPU, < {WALL_MS} ms, {RSS_MB} MB", met and quiet,
               f"CPU {get(ours, 'cpu'):.0f} against {get(theirs, 'cpu'):.0f} ms ({number(cpu)} times); {opened['open_rss']:.0f} MB with the demo workspace open")


def measure(options):
    rows = [compare("offscreen", private_env(options.folder, "offscreen"), options)]
    if program := shutil.which("Xvfb"):
        reading, writing = os.pipe()
        server = subprocess.Popen([program, "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)
        try:
            display = os.read(reading, 16).decode().strip()
            if display:
                rows.append(compare("xcb", private_env(options.folder, "xcb", ":" + display), options))
        finally:
            os.close(reading)
            server.terminate()
            server.wait()
    return rows
