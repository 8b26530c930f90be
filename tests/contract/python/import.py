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
    module = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, outputs)).eval()
    torch.jit.script(module).save(f"{folder}/{name}.pt")
    with torch.no_grad():
        out = module(x) if outputs == 1 else torch.softmax(module(x), 1)
    with open(f"{folder}/{name}.csv", "w", newline="") as f:
        table = csv.writer(f)
        table.writerow(["a", "b", "c"] + [f"p{i}" for i in range(outputs)])
        table.writerows([*map(repr, r), *map(repr, p)] for r, p in zip(rows, out.double().tolist()))

class Place(torch.nn.Module):  # has no gradient
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.argmax(x, 1).double()

torch.jit.script(Place()).save(folder + "/place.pt")
with open(folder + "/place.csv", "w", newline="") as f:
    table = csv.writer(f)
    table.writerow(["a", "b", "c", "p0"])
    table.writerows([*map(repr, r), *map(repr, p)] for r, p in zip(rows, torch.argmax(x, 1, keepdim=True).double().tolist()))
"""

# The same for forecasts: windows [n, 8, series] -> [n, 4] or [n, 4, targets], the series in another order than the file has them.
FORECASTS = """
import csv, sys, torch
folder = sys.argv[1]
rows = [[float(v) for v in line[1:]] for line in list(csv.reader(open(folder + "/hours.csv")))[1:]]
torch.manual_seed(11)

class Network(torch.nn.Module):
    def __init__(self, targets: int):
        super().__init__()
        self.targets, self.rnn, self.head = targets, torch.nn.LSTM(3, 5, num_layers=2, batch_first=True), torch.nn.Linear(5, 4 * targets)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        steps, _ = self.rnn(x / 50)
        y = 20 + 10 * self.head(steps[:, -1])
        return y if self.targets == 1 else y.reshape(-1, 4, self.targets)

for name, targets in (("ws2m", 1), ("both", 2)):
    module = Network(targets).eval()
    torch.jit.script(module).save(f"{folder}/{name}.pt")
    with open(f"{folder}/{name}-said.csv", "w", newline="") as f:
        table = csv.writer(f)
        table.writerow(["time", "a", "b", "c"] + [f"p{t}@+{h}" for t in range(targets) for h in range(1, 5)])
        for at, line in enumerate(list(csv.reader(open(folder + "/hours.csv")))[1:]):
            said = [""] * 4 * targets
            if at >= 7:
                with torch.no_grad():
                    y = module(torch.tensor([rows[at - 7:at + 1]])[:, :, [2, 0, 1]])[0].double()
                said = y.reshape(4, targets).T.reshape(-1).tolist()
            table.writerow(line + said)
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
        table.writerows([["" if v != v else repr(v) if isinstance(v, float) else v for v in row] for row in rows])


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
    if file.suffix == ".pt":
        explained = run("explain", done["package"], "--data", rows, "--row", 3, "--method", "integrated-gradients")
        told = any("no gradient" in note and "Kernel SHAP" in note for note in explained["notes"])
        if (explained["method"], told) != (("kernel-shap", True) if file.stem == "place" else ("integrated-gradients", False)):
            return f"integrated gradients: {explained}"
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


def write_hours(path, hours=120):
    draw = random.Random(9)
    write(path, ["time", "a", "b", "c"], [[f"2024-05-{1 + h // 24:02d}T{h % 24:02d}:00:00Z", 15 + 6 * math.sin(h / 4) + draw.random(), 100 * draw.random(), draw.gauss(30, 4)] for h in range(hours)])


def flat(prediction, targets):
    """All steps of the first target, then those of the second, as `predict` answers them."""
    return [v for t in targets for v in prediction[t]] if isinstance(prediction, dict) else list(prediction)


def serve_windows(package, names, windows, targets, expected):
    """The same windows to `pilot serve`."""
    server = subprocess.Popen([PILOT, "serve", str(package), "--port", "0", "--no-api-key", "--events"], stdout=subprocess.PIPE, text=True)
    try:
        ready = next(e for e in map(json.loads, server.stdout) if e["event"] in ("ready", "error"))
        if ready["event"] == "error":
            return f"serve: {ready}"
        body = json.dumps({"rows": [dict(zip(names, w)) for w in windows]}).encode()
        answer = json.load(urllib.request.urlopen(urllib.request.Request(ready["url"] + "/predict", body, {"Content-Type": "application/json"}), timeout=30))
        said = [flat(p["prediction"] if isinstance(p, dict) and "prediction" in p else p, targets) for p in answer["predictions"]]
        far = max(abs(a - b) / max(1, abs(b)) for x, y in zip(said, expected, strict=True) for a, b in zip(x, y, strict=True))
        return None if far <= NEAR else f"serve differs by {far:.3g}"
    finally:
        server.terminate()
        server.wait(20)


def check_forecast(folder, workspace, name, targets, load):
    """What is wrong with a forecast that PyTorch made, or None: imported with its options, scored, opened again in Python, explained and served."""
    rows = folder / f"{name}-said.csv"
    said = ["--task", "forecast", "--window", 8, "--horizon", 4, "--step", "1h", "--series", "c,a,b", "--target", ",".join(targets)]
    expect = ["--expected", ",".join(f"p{t}" for t in range(len(targets)))]
    done = run("registry", "import", folder / f"{name}.pt", "--model", name, "--rows", rows, *expect, "--workspace", workspace, *said)
    if not done["verified"] or not done["worst"] <= NEAR or done["compared"] != 113 or "persistence" not in done["baselines"]:
        return f"import: {done}"
    out = folder / "scored.csv"
    run("score", done["package"], "--data", rows, "--out", out)
    theirs = [[float(v) for k, v in line.items() if k.startswith("p")] for line in read(rows) if line["p0@+1"]]
    ours = [[float(v) for k, v in line.items() if k != "time"] for line in read(out)]
    far = max(abs(a - b) / max(1, abs(b)) for x, y in zip(ours, theirs, strict=True) for a, b in zip(x, y, strict=True))
    if not far <= NEAR:
        return f"pilot score differs by {far:.3g}"
    names = [i["name"] for i in json.loads((pathlib.Path(done["package"]) / "signature.json").read_text(encoding="utf-8"))["inputs"]]
    series, table = [n.rpartition("@")[0] for n in names[::8]], read(rows)
    windows = [[float(table[at + k][s]) for s in series for k in range(-7, 1)] for at in range(7, len(table))]
    again = [p if isinstance(p, list) else [p] for p in load(done["package"]).predict(windows)]
    reopened = max(abs(a - b) / max(1, abs(b)) for x, y in zip(again, theirs, strict=True) for a, b in zip(x, y, strict=True))
    if not reopened <= NEAR:
        return f"the package opened in Python differs by {reopened:.3g}"
    explained = run("explain", done["package"], "--data", rows, "--row", 3, "--method", "integrated-gradients", "--group", "series")
    total = explained["base"] + sum(f["contribution"] for f in explained["features"])
    if explained["method"] != "integrated-gradients" or len(explained["features"]) != 3 or not abs(total - explained["explained"]) <= 1e-6:
        return f"explain: {explained}"
    if problem := serve_windows(done["package"], names, windows[:3], targets, theirs[:3]):
        return problem
    wrong = run("registry", "import", folder / f"{name}.pt", "--model", name, "--rows", rows, "--workspace", workspace, *said[:4], "--horizon", 5, *said[6:], code=2)
    if "was expected: 5 steps" not in wrong or "--horizon 4" not in wrong and len(targets) == 1:
        return f"a wrong horizon is told as: {wrong}"
    turned = run("registry", "import", folder / f"{name}.pt", "--model", name, "--rows", rows, *expect, "--workspace", workspace, *(v if v != "c,a,b" else "a,b,c" for v in said), code=1)
    if "not the expected ones" not in turned:
        return f"series in another order are told as: {turned}"
    print(f"{name}.pt: {len(theirs)} windows, {far:.2g}, worst of the import {done['worst']:.2g}", flush=True)
    return None


def check_export(folder, workspace, target):
    """A forecast that is trained here, exported for a service and imported again gives the same numbers, and needs no option."""
    recipe, package, files, out = folder / "r.yaml", folder / f"trained-{target[0]}{len(target)}", folder / "files", folder / "scored.csv"
    recipe.write_text(f"recipe: m\ndata: {{source: hours.csv}}\ntask: forecast\ntarget: {target}\nfeatures: {{include: [c]}}\ntime: {{column: time, step: 1h}}\nforecast: {{window: 8, horizon: 4}}\n"
                      "split: {after: '2024-05-04'}\ntransforms: [standard_scale]\nestimators: [lstm: {units: 6, epochs: 2}]\nexport: [w.pt]\nseed: 7\n", encoding="utf-8")
    run("train", recipe, "--out", package)
    run("registry", "export", package, files, "--overwrite")
    done = run("registry", "import", files / "w.pt", "--model", f"again{len(target)}", "--rows", folder / "hours.csv", "--workspace", workspace)
    tables = []
    for model in (package, done["package"]):
        run("score", model, "--data", folder / "hours.csv", "--out", out)
        tables.append(read(out))
    far = max(abs(float(a[k]) - float(b[k])) / max(1, abs(float(a[k]))) for a, b in zip(*tables, strict=True) for k in a if k != "time")
    if [a["time"] for a in tables[0]] != [b["time"] for b in tables[1]] or not far <= NEAR:
        return f"differs by {far:.3g}"
    print(f"trained, exported and imported again ({target}): {len(tables[0])} windows, {far:.2g}", flush=True)
    return None


def check_terminal(folder, workspace):
    """A name in a model file does not steer the terminal of who reads the error."""
    model = json.loads((folder / "number.json").read_text(encoding="utf-8"))
    model["learner"]["feature_names"][0] = "\x1b[2Ja"
    (folder / "steers.json").write_text(json.dumps(model), encoding="utf-8")
    said = run("registry", "import", folder / "steers.json", "--model", "steers", "--rows", folder / "number.csv", "--workspace", workspace, code=2)
    return None if "[2Ja" in said and "\x1b" not in said else f"an escape sequence in a name is told as: {said!r}"


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
        write_hours(folder / "hours.csv")
        forecasts = []
        make = folder / "make.py"  # a file: TorchScript is made of the source text, which -c does not keep
        make.write_text(NETWORKS + FORECASTS, encoding="utf-8")
        if len(sys.argv) < 2 or subprocess.run([sys.argv[1], "-c", "import torch"], capture_output=True).returncode:
            print("no PyTorch to make TorchScript with")
        elif (made := subprocess.run([sys.argv[1], str(make), name], capture_output=True, text=True)).returncode:
            wrong.append(f"PyTorch did not make the networks: {made.stderr}")
        else:
            forecasts = [("ws2m", ["a"]), ("both", ["b", "a"])]
            cases += [(folder / "net.pt", [], None), (folder / "classes.pt", ["low", "mid", "high"], "logits"), (folder / "place.pt", [], None)]
        for file, classes, answers in cases:
            if problem := check(folder, workspace, file, classes, answers, Model):
                wrong.append(f"{file.name}: {problem}")
        if problem := check_terminal(folder, workspace):
            wrong.append(problem)
        for forecast, targets in forecasts:
            if problem := check_forecast(folder, workspace, forecast, targets, Model):
                wrong.append(f"{forecast}.pt: {problem}")
        for target in ("a", "[b, a]"):
            if problem := check_export(folder, workspace, target):
                wrong.append(f"{target}, exported and imported again: {problem}")
    print("\n".join(wrong) or f"{len(cases) + len(forecasts)} imported models give Python's numbers, xgboost {xgboost.__version__}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if not (VENV / "requirements.txt").exists():
        print("skipped: XGBoost for Python is not installed; tests/run makes build/python-venv with it when its registry can be reached")
        sys.exit(SKIPPED)
    if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(VENV / "bin/python", [str(VENV / "bin/python"), *sys.argv])
    sys.exit(main())
