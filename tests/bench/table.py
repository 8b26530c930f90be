# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of tests/bench/run: a Row a measured thing, and what all areas share: where things are, running, medians, /proc."""
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = pathlib.Path(__file__).resolve().parent / "peers"
VENV = ROOT / "build" / "peers-venv"


class Unavailable(Exception):
    """Something that is compared with is not installed, or ours is not built: the row or the area says so and the others go on."""


@dataclasses.dataclass
class Row:
    what: str
    ours: str = ""
    peer: str = ""
    ratios: list = dataclasses.field(default_factory=list)  # of each pair; > 1: ours is better
    cpu: float = None  # ratio of CPU seconds, > 1: ours needs less
    quality: str = ""
    memory: str = ""
    gate: str = ""
    met: bool = None  # None: no gate, told only
    note: str = ""
    missing: str = ""  # why it was not measured

    def cells(self):
        ratio = ""
        if self.ratios:
            ratio = f"{number(statistics.median(self.ratios))}x ({number(min(self.ratios))}–{number(max(self.ratios))})"
        verdict = "not measured" if self.missing else "" if self.met is None else "met" if self.met else "MISSED"
        return [self.what, self.ours, self.peer, ratio, "" if self.cpu is None else f"{number(self.cpu)}x", self.quality, self.memory, self.gate, verdict]


@dataclasses.dataclass
class Options:
    build: pathlib.Path
    pairs: int
    python: str  # with the peers' packages; None if there is none
    folder: pathlib.Path  # for this run only
    seconds: int

    def program(self, name):
        path = self.build / name
        if not path.exists():
            raise Unavailable(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path} is not built: cmake --build --preset release --target {path.name}")
        return str(path)

    def peer_python(self, *modules):
        """The interpreter, once it can import the modules."""
        if not self.python:
            raise Unavailable("the peers are not installed: tests/bench/run --install-peers")
        tried = subprocess.run([self.python, "-c", "import " + ", ".join(modules)], capture_output=True, text=True)
        if tried.returncode != 0:
            raise Unavailable(f"{tried.stderr.strip().splitlines()[-1]}: tests/bench/run --install-peers")
        return self.python


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def middle(values):
    return statistics.median(values)


def last_json(command, **more):
    """The last line a program prints, as JSON. A program that fails ends the area with what it said."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"{pathlib.Path(str(command[0])).name} {' '.join(map(str, command[1:3]))} ended with {done.returncode}: "
                           f"{done.stderr.strip()[-400:] or 'it printed nothing'}")
    return json.loads(lines[-1])


def peer_env(threads=None):
    return dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PEER_THREADS=str(threads or os.cpu_count() or 1))


def show(rows, told):
    """The table, each column as wide as it needs."""
    head = ["what", "ours", "peer", "ratio (min–max)", "CPU", "quality", "memory", "gate", ""]
    lines = [head] + [row.cells() for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for i, line in enumerate(lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if i == 0:
            print("  ".join("-" * width for width in widths))
        for note in (rows[i - 1].note, rows[i - 1].missing) if i else ():
            if note:
                print("    " + note)
    for line in told:
        print(line)
