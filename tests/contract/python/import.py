#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""import.py: models that Python trains are imported by `pilot registry import` and give the same numbers here: by `pilot score`, opened again
from the package in Python, explained and served. XGBoost is the real one, from the virtual environment that tests/run makes (build/python-venv);
PyTorch is the one that the first argument's interpreter has (of the distribution)."""
import csv
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(ROOT / "build/dev/bin/pilot")
VENV = ROOT / "build/python-venv"
SKIPPED = 77
NEAR = 1e-5

# Run by the interpreter that has PyTorch: a network for each task, and what it predicts.
NETWORKS = """
import csv, sys, torch
folder = sys.argv[1]
rows = [[float(v) for v in line[:3]] for line in list(csv.reader(open(folder + "/rows.csv")))[1:]]
torch.manual_seed(5)
x = torch.tensor(rows)
for name, outputs in (("net", 1), ("classes", 3)):
    module = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, outputs)).eval()
    torch.jit.script(module).save(f"{folder}/{name}.pt")
    with torch.no_grad():
        out = module(x) if outputs == 1 else torch.softmax(module(x), 1)
    with open(f"{folder}/{name}.csv", "w", newline="") as f:
        table = csv.writer(f)
        table.writerow(["a", "b", "c"] + [f"p{i}" for i in range(outputs)])
        table.writerows([*map(repr, r), *map(repr, p)] for r, p in zip(rows, out.double().tolist()))
"""


def run(*arguments, code=0):
    done = subprocess.run([PILOT, *map(str, arguments), "--json"], capture_output=True, text=True, timeout=120)
    if done.returncode != code:
        raise SystemExit(f"pilot {' '.join(map(str, arguments))} ended with {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout) if code == 0 else done.stderr


def draw_rows(count=300):
    draw = random.Random(6)
    return [[draw.random(), 100 * draw.random(), draw.gauss(0, 1) if draw.random() > 0.1 else math.nan] for _ in range(count)]


def target(row):
    return 500 + 10 * math.sin(3 * row[0]) + 0.05 * row[1] + (2 * row[2] if row[2] == row[2] else -3)


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(header)
        table.writerows([["" if v != v else repr(v) for v in row] for row in rows])


def train_trees(folder, xgboost, numpy):
    """Files of each task and kind, with rows and predictions beside them: [(file, classes)]."""
    rows = draw_rows()
    y = numpy.array([target(r) for r in rows])
    made = []
    for name, parameters, values, classes in [("number", {"objective": "reg:squarederror"}, y, []), ("forest", {"objective": "reg:squarederror", "num_parallel_tree": 4, "subsample": 0.7, "eta": 1}, y, []),
                                              ("two", {"objective": "binary:logistic"}, (y > 512).astype(int), ["no", "yes"]),
                                              ("three", {"objective": "multi:softprob", "num_class": 3}, numpy.digitize(y, [503, 510]), ["low", "mid", "high"])]:
        data = xgboost.DMatrix(numpy.array(rows), values, feature_names=["a", "b", "c"])
        model = xgboost.train({**parameters, "max_depth": 4, "seed": 2}, data, 3 if name == "forest" else 20)
        out = model.predict(data).astype(float).reshape(len(rows), -1)
        write(folder / f"{name}.csv", ["a", "b", "c", *(f"p{i}" for i in range(out.shape[1]))], [[*r, *map(float, p)] for r, p in zip(rows, out)])
        for kind in ("json", "ubj"):
            model.save_model(folder / f"{name}.{kind}")
            made.append((folder / f"{name}.{kind}", classes))
    return made


def distance(scored, expected, classes):
    """Of the CSV file of `pilot score` from the columns made in Python."""
    worst = 0
    for ours, theirs in zip(scored, expected):
        mine = [float(ours[f"probability_{c}"]) for c in classes] if classes else [float(ours["prediction"])]
        other = [float(v) for k, v in theirs.items() if k.startswith("p")]
        mine = mine[-1:] if len(other) == 1 else mine
        worst = max([worst, *(abs(a - b) / max(1, abs(b)) for a, b in zip(mine, other, strict=True))])
    return worst if len(scored) == len(expected) and expected else math.inf


def read(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def serve(package, rows, classes, expected):
    """A request to `pilot serve`, which is ended by its pid."""
    server = subprocess.Popen([PILOT, "serve", str(package), "--port", "0", "--no-api-key", "--events"], stdout=subprocess.PIPE, text=True)
    try:
        ready = next(e for e in map(json.loads, server.stdout) if e["event"] in ("ready", "error"))
        if ready["event"] == "error":
            return f"serve: {ready}"
        body = json.dumps({"rows": [{k: float(v) if v else None for k, v in row.items() if k in ("a", "b", "c")} for row in rows]}).encode()
        request = urllib.request.Request(ready["url"] + "/predict", body, {"Content-Type": "application/json"})
        answer = json.load(urllib.request.urlopen(request, timeout=30))
        if classes:
            return None if len(answer["predictions"]) == len(rows) and all((p["prediction"] if isinstance(p, dict) else p) in classes for p in answer["predictions"]) else f"serve answers {answer}"
        flat = [p["prediction"] if isinstance(p, dict) else p for p in answer["predictions"]]
        return None if all(abs(a - b) <= NEAR * max(1, abs(b)) for a, b in zip(flat, expected, strict=True)) else f"serve answers {flat}, not {expected}"
    finally:
        server.terminate()
        server.wait(20)


def check(folder, workspace, file, classes, answers, load):
    """What is wrong with one model, or None."""
    rows = file.with_suffix(".csv")
    expected = read(rows)
    columns = [k for k in expected[0] if k.startswith("p")]
    name = file.name.replace(".", "-")
    said = [*(["--classes", ",".join(classes)] if classes else []), *(["--answers", answers] if answers else [])]
    done = run("registry", "import", file, "--model", name, "--rows", rows, "--expected", ",".join(columns), "--workspace", workspace, *said)
    if not done["verified"] or not done["worst"] <= NEAR:
        return f"import: {done}"
    out = folder / "scored.csv"
    run("score", done["package"], "--data", rows, "--out", out)
    far = distance(read(out), expected, classes)
    if not far <= NEAR:
        return f"pilot score differs by {far:.3g}"
    run("score", f"{name}/1", "--data", rows, "--out", out, "--workspace", workspace)
    model = load(done["package"])
    table = [[float(r[k]) if r[k] else None for k in ("a", "b", "c")] for r in expected]
    mine = model.predict_proba(table) if classes else [[v] for v in model.predict(table)]
    again = max(abs(a - float(row[c])) / max(1, abs(float(row[c]))) for line, row in zip(mine, expected, strict=True) for a, c in zip(line[-1:] if len(columns) == 1 else line, columns, strict=True))
    if not again <= NEAR:
        return f"the package opened in Python differs by {again:.3g}"
    explained = run("explain", done["package"], "--data", rows, "--row", 3)
    if not explained.get("features"):
        return f"explain: {explained}"
    problem = serve(done["package"], expected[:3], classes, [float(r[columns[0]]) for r in expected[:3]])
    if problem:
        return problem
    # The same file with predictions that are not its own is refused, and no version is made.
    wrong = folder / "wrong.csv"
    write(wrong, list(expected[0]), [[float(v) if v else math.nan for k, v in r.items() if k not in columns] + [float(r[c]) + (0.01 if i == 7 else 0) for c in columns] for i, r in enumerate(expected)])
    refused = run("registry", "import", file, "--model", name, "--rows", wrong, "--expected", ",".join(columns), "--workspace", workspace, *said, code=1)
    if "row 8 " not in refused:
        return f"a wrong prediction in row 8 is told as: {refused}"
    shown = run("registry", "show", name, "--workspace", workspace)
    if [(v["version"], v["tags"].get("import")) for v in shown["versions"]] != [(1, "verified")]:
        return f"registered: {shown['versions']}"
    print(f"{file.name}: {len(expected)} rows, {far:.2g}, worst of the import {done['worst']:.2g}", flush=True)
    return None


def main():
    import numpy
    import xgboost

    sys.path.insert(0, str(ROOT / "resources/package"))
    from pilothouse_model import Model

    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        workspace = folder / "pilothouse.yaml"
        workspace.write_text(f"workspace: w\nconnections: {{local: {{kind: local, root: {folder}/home}}}}\n", encoding="utf-8")
        cases = [(file, classes, None) for file, classes in train_trees(folder, xgboost, numpy)]
        write(folder / "rows.csv", ["a", "b", "c"], [[r[0], r[1] / 50, r[2] if r[2] == r[2] else 0.0] for r in draw_rows()])
        torch = subprocess.run([sys.argv[1], "-c", NETWORKS, name], capture_output=True, text=True) if len(sys.argv) > 1 else None
        if torch and torch.returncode == 0:
            cases += [(folder / "net.pt", [], None), (folder / "classes.pt", ["low", "mid", "high"], "logits")]
        else:
            print(f"no PyTorch to make TorchScript with: {torch.stderr.splitlines()[-1] if torch and torch.stderr else 'no interpreter named'}")
        for file, classes, answers in cases:
            if problem := check(folder, workspace, file, classes, answers, Model):
                wrong.append(f"{file.name}: {problem}")
    print("\n".join(wrong) or f"{len(cases)} imported models give Python's numbers, xgboost {xgboost.__version__}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if not (VENV / "requirements.txt").exists():
        print("skipped: XGBoost for Python is not installed; tests/run makes build/python-venv with it when its registry can be reached")
        sys.exit(SKIPPED)
    if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(VENV / "bin/python", [str(VENV / "bin/python"), *sys.argv])
    sys.exit(main())
