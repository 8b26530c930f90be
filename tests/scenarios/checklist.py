#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""checklist.py SYSTEM…: the closing checklist of ../shared/SYSTEMS.md against the steps of the scenarios SYSTEM_system.py, as a table. Each thing that a line asks of a system must be a step of that
system's scenario, in the line's own words, taken (ok) or left out with its reason (skip); a step must be of a line, unless it says whose it is; a test that a reason names must exist. Whether a step passes
is told by its scenario. Runs none."""
import ast
import dataclasses
import pathlib
import re
import sys

from system_lib import HERE, SHARED, SKIPPED

HEADING = "## What the operator must be able to do from Pilothouse"
MARK = re.compile(r"\((all|[1-5](?:\s*[,–]\s*[1-5])*)\)")
ALL = {1, 2, 3, 4, 5}


def words(text):
    return re.findall(r"[^\W_]+(?:_[^\W_]+)*²?", text.lower())


@dataclasses.dataclass
class Wish:
    """A piece of a line, with the systems that it is asked of; without a number any one of them will do."""
    text: str
    systems: set
    each: bool


@dataclasses.dataclass
class Step:
    script: str
    line: int
    system: int
    words: str
    taken: bool
    why: str

    def place(self):
        return f"{self.script}:{self.line}: “{self.words}”"


def systems_of(mark):
    if mark == "all":
        return set(ALL)
    out = set()
    for part in mark.split(","):
        ends = [int(n) for n in part.split("–")]
        out |= set(range(ends[0], ends[-1] + 1))
    return out


def wishes_of(line):
    out, begin = [], 0
    for mark in MARK.finditer(line):
        out.append(Wish(line[begin:mark.start()].strip(" ,;.:"), systems_of(mark[1]), True))
        begin = mark.end()
    if words(line[begin:]):
        out.append(Wish(line[begin:].strip(" ,;.:"), set(ALL), False))
    return out


def checklist(text):
    """[(line, its wishes)]"""
    if HEADING not in text:
        raise SystemExit(f"SYSTEMS.md has no heading “{HEADING}” any more")
    lines = [line[len("- [ ] "):] for line in text.split(HEADING, 1)[1].splitlines() if line.startswith("- [ ] ")]
    return [(line, wishes_of(line)) for line in lines]


def steps_of(script):
    """What a scenario says by steps.ok(…) and steps.skip(…), read from its source."""
    tree = ast.parse(script.read_text(), script.name)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    system = next(c.args[0].value for c in calls if isinstance(c.func, ast.Name) and c.func.id == "Steps")
    out = []
    for call in calls:
        if not (isinstance(call.func, ast.Attribute) and call.func.attr in ("ok", "skip") and isinstance(call.func.value, ast.Name) and call.func.value.id == "steps"):
            continue
        literal = [a.value if isinstance(a, ast.Constant) else None for a in call.args]
        out.append(Step(script.name, call.lineno, system, literal[0] or "", call.func.attr == "ok", (literal[1:] or [""])[0] or ""))
    return sorted(out, key=lambda step: step.line)


def within(step, line):
    """Are the step's words those of the line, in its order, with some left out?"""
    rest = iter(words(line))
    return bool(words(step)) and all(word in rest for word in words(step))


def speaks_of(step, wish):
    """Of the words of one of the two, are half those of the other?"""
    said, asked = set(words(step)), set(words(wish))
    both = len(said & asked)
    return both * 2 >= min(len(said), len(asked)) and both > 0


def judge(lines, steps):
    """(rows of the table, what is wrong)"""
    rows, problems = [], []
    known = {step.system for step in steps}
    of = {id(step): [n for n, (line, _) in enumerate(lines) if within(step.words, line)] for step in steps}
    for step in steps:
        if not step.words:
            problems.append(f"{step.script}:{step.line}: the words of a step are a literal, so that they can be found")
        elif not of[id(step)] and not step.words.startswith("Besides: "):
            problems.append(f"{step.place()} is in the words of no line of the checklist; one that is more than it asks for begins with “Besides: ”")
        if not step.taken and not step.why:
            problems.append(f"{step.place()} is left out without a reason")
        for path in re.findall(r"\btests/[\w/.-]*\w", step.why):
            if not any((HERE.parents[1] / (path + end)).exists() for end in ("", ".py", ".cpp", ".sh")):
                problems.append(f"{step.place()}: there is no {path}")
    for n, (line, wishes) in enumerate(lines):
        for wish in wishes:
            mine = [s for s in steps if n in of[id(s)] and speaks_of(s.words, wish.text)]
            cells = {}
            for system in sorted(wish.systems & known):
                here = [s for s in mine if s.system == system]
                cells[system] = "ok" if any(s.taken for s in here) else "left out" if here else "-"
            rows.append((n + 1, wish, cells))
            missing = [s for s, cell in cells.items() if cell == "-"]
            if missing and (wish.each or len(missing) == len(cells)):
                problems.append(f"line {n + 1}, “{wish.text}”: no step of system {', '.join(map(str, missing))}")
    return rows, problems


def main(systems):
    text = SHARED / "SYSTEMS.md"
    if not text.exists():
        print(f"skipped: there is no {text.name} beside the repository")
        return SKIPPED
    lines = checklist(text.read_text())
    steps = [step for system in systems for step in steps_of(HERE / f"{system}_system.py")]
    rows, problems = judge(lines, steps)
    for number, wish, cells in rows:
        print(f"{number:2}  " + "  ".join(f"{cells.get(s, '' if s in wish.systems else '.'):8}" for s in sorted(ALL)) + f"  {wish.text}")
    cells = [cell for _, _, found in rows for cell in found.values()]
    print(f"{len(lines)} lines, {len(rows)} things asked; of {len({s.system for s in steps})} systems {cells.count('ok')} taken, {cells.count('left out')} left out with a reason, {cells.count('-')} that another system shows or nobody")
    for problem in problems:
        print("FAILED:", problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main([pathlib.Path(name).name for name in sys.argv[1:]]))
