# SPDX-License-Identifier: GPL-3.0-or-later
"""The replay API server and a follower of it (bench_cluster) as processes that are told what to do by lines."""
import json
import subprocess
import threading
import queue


class Told:
    """A program that reads commands from its input and answers with lines."""

    def __init__(self, command, **more):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put(None)

    def line(self, seconds=120):
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            raise RuntimeError(f"{self.process.args[0]} said nothing for {seconds} s") from None
        if line is None:
            raise RuntimeError(f"{self.process.args[0]} ended with {self.process.wait()}")
        return line

    def tell(self, command, seconds=120):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return json.loads(self.line(seconds))

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.terminate()
                self.process.wait()


class Replay(Told):
    def __init__(self, program, pods=20000, deployments=1000, *more):
        super().__init__([program, "--pods", pods, "--deployments", deployments, *more])
        self.url = self.line()
