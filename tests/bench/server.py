# SPDX-License-Identifier: GPL-3.0-or-later
"""A server under measurement: started, asked, loaded by wrk, its CPU clock read, and ended by its id."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.request

from table import PEERS, Unavailable

COUNTED = ("rps", "p50_us", "p90_us", "p99_us", "cpu_us", "errors")


def wrk_program():
    program = shutil.which("wrk")
    if not program:
        raise Unavailable("wrk is not installed: apt-get install wrk")
    return program


def free_port():
    """Two runs at once must not load each other's servers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Server:
    def __init__(self, name, command, url, headers=()):
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.name, self.url, self.headers = name, url, dict(headers)

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024

    def ask(self, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json", **(headers or self.headers)})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read())

    def wait(self, body):
        """Seconds to the first answer from now on."""
        start = time.perf_counter()
        while time.perf_counter() - start < 120:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode} before it answered")
            try:
                self.ask("/predict", body)
                return time.perf_counter() - start
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"{self.name} does not answer at {self.url}")

    def wrk(self, script, path, connections, seconds):
        """One run of wrk. It prints nothing when it cannot connect or is killed: then it is asked once more, and then said why."""
        for attempt in (1, 2):
            before = self.cpu()
            done = subprocess.run([wrk_program(), "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), self.url + path], capture_output=True, text=True, timeout=seconds + 60)
            lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
            if done.returncode == 0 and lines:
                result = json.loads(lines[-1])
                result["cpu_us"] = round((self.cpu() - before) / max(1, result["requests"]) * 1e6, 1)
                return result
            alive = "still runs" if self.process.poll() is None else f"has ended with {self.process.returncode}"
            said = f"wrk -c{connections} against {self.name} ended with {done.returncode}, printed {done.stdout.strip()[-200:]!r} and {done.stderr.strip()[-200:]!r}; the server {alive}"
            if self.process.poll() is not None or attempt == 2:
                raise RuntimeError(said)
            time.sleep(0.5)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def floor(folder):
    """The least an HTTP server can do here, compiled on the spot."""
    compiler = shutil.which("cc")
    if not compiler:
        raise Unavailable("there is no C compiler for the floor: apt-get install gcc")
    subprocess.run([compiler, "-O2", PEERS / "httpfloor.c", "-o", folder / "httpfloor", "-pthread"], check=True)
    port = free_port()
    return Server("the C floor", [folder / "httpfloor", port, "1", "3600"], f"http://127.0.0.1:{port}")


def with_key(name, target, key):
    """A request script of the peers, with the API key that ours asks for."""
    text = (PEERS / name).read_text()
    target.write_text(text.replace('wrk.method = "POST"', f'wrk.method = "POST"\nwrk.headers["X-API-Key"] = "{key}"'))
    return target
