#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""round_trip.py: every kind of package opens in Python and gives our numbers: mlflow.pyfunc.load_model(package).predict(table) and
predict_proba against `pilot score`, and the weights alone in xgboost and torch; and every file that a recipe names for a service
(`export:`, `pilot registry export`), which takes plain units. The libraries are the real ones, from the virtual environment that tests/run
makes (build/python-venv)."""
import csv
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(ROOT / "build/dev/bin/pilot")
VENV = ROOT / "build/python-venv"
SKIPPED = 77
NEAR = 1e-5  # relative to the spread of the predictions; probabilities absolute

FOR_NUMBERS = ["linear_regression", "ridge", "lasso: {alpha: 0.01}", "elastic_net: {alpha: 0.01}", "decision_tree: {max_depth: 6}", "random_forest: {n_estimators: 10}",
               "gradient_boosting: {n_estimators: 15}", "mlp: {hidden: [8], epochs: 5}", "svr", "svr: {kernel: poly, degree: 2, coef0: 1}", "k_neighbors", "k_neighbors: {weights: distance}"]
FOR_CLASSES = ["logistic_regression", "decision_tree: {max_depth: 6}", "random_forest: {n_estimators: 10}", "gradient_boosting: {n_estimators: 15}", "mlp: {hidden: [8], epochs: 5}",
               "svc", "svc: {kernel: linear, class_weight: balanced, probability: false}", "k_neighbors: {n_neighbors: 4}"]
FOR_TWO = ["linear_regression", "gradient_boosting: {n_estimators: 10}", "lstm: {units: 6, epochs: 2}", "gru: {units: 6, epochs: 2}", "mlp: {hidden: [8], epochs: 2}", "k_neighbors"]
# What a service loads without us: task, target, estimator, transforms, files.
EXPORTED = [("forecast", "t", "lstm: {units: 6, epochs: 2}", "standard_scale", "w.pt"),
            ("forecast", "[t, u]", "gru: {units: 6, layers: 2, epochs: 2}", "standard_scale", "w.pt"),
            ("forecast", "[t, u]", "mlp: {hidden: [8], epochs: 2}", "min_max_scale", "w.pt"),
            ("classification", "three", "mlp: {hidden: [8], epochs: 5}", "impute: median, one_hot, standard_scale", "w.pt"),
            ("regression", "y", "mlp: {hidden: [8], epochs: 5}", "impute: {strategy: median, columns: [a, b, c]}, target_encode, standard_scale", "w.pt"),
            ("forecast", "[t, u]", "gradient_boosting: {n_estimators: 10}", "", "w.ubj, w.json"),
            ("regression", "y", "random_forest: {n_estimators: 10}", "impute: median", "w.ubj, w.json"),
            ("classification", "two", "gradient_boosting: {n_estimators: 15}", "impute: median", "w.ubj, w.json")]
FOR_SERIES = ["linear_regression", "gradient_boosting: {n_estimators: 10}", "lstm: {units: 6, epochs: 2}", "gru: {units: 6, layers: 2, epochs: 2}", "mlp: {hidden: [8], epochs: 2}", "svr", "k_neighbors"]


# What the transforms make of the same rows: recipe's transforms, task, target, estimator.
TRANSFORMS = [("impute: {strategy: constant, value: 0, columns: [a, b, c]}, impute: {strategy: constant, value: none, columns: [kind]}, one_hot: {unknown: error}, min_max_scale", "regression", "y", "ridge"),
              ("impute: mean, ordinal: {columns: [kind], order: [red, green, 'blue, or so']}, robust_scale", "regression", "y", "ridge"),
              ("impute: {strategy: median, columns: [a, b, c]}, target_encode, standard_scale", "regression", "y", "elastic_net: {alpha: 0.01}"),
              ("impute: {strategy: median, columns: [a, b, c]}, target_encode: {smooth: 2}, min_max_scale", "classification", "three", "logistic_regression"),
              ("impute: {strategy: time, limit: 3, columns: [a, b, c]}, one_hot, standard_scale", "regression", "y", "ridge"),
              ("impute: median, one_hot, standard_scale, smote: {k: 3}", "classification", "two", "logistic_regression")]


def write_rows(path, rows=500):
    """An hour, numbers, one in twenty missing, a category; a number, two classes and three classes to learn."""
    draw = random.Random(4)
    with open(path, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["hour", "a", "b", "c", "kind", "y", "two", "three"])
        for h in range(rows):
            a, b, c, kind = draw.random(), 100 * draw.random(), draw.gauss(0, 1), draw.choice(["red", "green", "blue, or so"])
            y = 50 + 10 * math.sin(3 * a) + 0.05 * b + 2 * c * (kind == "red") + draw.gauss(0, 0.2)
            table.writerow([f"2024-01-{1 + h // 24:02d}T{h % 24:02d}:00:00Z", f"{a:.6f}", f"{b:.4f}" if draw.random() > 0.05 else "", f"{c:.6f}", kind, f"{y:.5f}", "yes" if y > 60 else "no", "low" if y < 57 else "mid" if y < 61 else "high"])


def write_series(path, hours=400):
    draw = random.Random(5)
    with open(path, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["time", "t", "u"])
        for h in range(hours):
            t, u = 15 + 5 * math.sin(h * math.pi / 12) + draw.gauss(0, 0.3), 300 - 80 * math.cos(h * math.pi / 12) + draw.gauss(0, 4)
            table.writerow([f"2024-01-{1 + h // 24:02d}T{h % 24:02d}:00:00Z", f"{t:.4f}", f"{u:.3f}"])


def recipe(task, target, estimator, data, transforms="impute: median, one_hot, standard_scale"):
    text = f"recipe: m\ndata: {{source: {data}}}\ntask: {task}\ntarget: {target}\n"
    if task == "forecast":
        text += f"time: {{column: time, step: 1h}}\nforecast: {{window: 6, horizon: 3}}\nsplit: {{after: '2024-01-14'}}\ntransforms: [{transforms}]\n"
    else:
        others = [name for name in ("y", "two", "three") if name != target]
        if "strategy: time" in transforms:  # a row that comes alone has no neighbours: Python and the server fill in the same
            text += "time: {column: hour, step: 1h}\n"
        text += f"features: {{categorical: [kind], exclude: [{', '.join(others)}]}}\nsplit: {{every: 5}}\ntransforms: [{transforms}]\n"
    return text + f"estimators:\n  - {estimator}\nseed: 7\n"


def pilot(*arguments):
    done = subprocess.run([PILOT, *map(str, arguments), "--json"], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise SystemExit(f"pilot {' '.join(map(str, arguments))} ended with {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def far(ours, theirs, scale):
    """The largest difference, in parts of scale; infinite if the shapes differ."""
    if isinstance(ours, list) != isinstance(theirs, list) or (isinstance(ours, list) and len(ours) != len(theirs)):
        return math.inf
    if isinstance(ours, list):
        return max((far(a, b, scale) for a, b in zip(ours, theirs)), default=math.inf)
    return abs(ours - theirs) / scale if math.isfinite(theirs) else math.inf


def flat(prediction, signature):
    """A row's numbers in the order of the signature's outputs: of several targets one list after the other."""
    if isinstance(prediction, dict):
        return [v for target in signature["targets"] for v in prediction[target]]
    return prediction if isinstance(prediction, list) else [prediction]


def in_python(file, signature, table):
    """What a service's own Python makes of an exported file: rows in plain units, a category as its number."""
    import numpy
    import torch
    import xgboost

    rows = []
    for row in table.to_dict("records"):
        values = []
        for wanted in signature["inputs"]:
            value = row[wanted["name"]]
            missing = value is None or value != value
            values.append(math.nan if missing else float(wanted["categories"].index(value)) if "categories" in wanted else float(value))
        rows.append(values)
    if file.suffix == ".pt":
        module = torch.jit.load(str(file))
        x = torch.tensor(rows, dtype=torch.float64)
        card = json.loads(module.card)
        answers = module(x)
        if card["window"]:  # as PyTorch has windows: [n, window, series] -> [n, horizon] or [n, horizon, targets]
            windows = module(x.reshape(len(x), card["series"], card["window"]).transpose(1, 2))
            if windows.dim() == 3:
                windows = windows.transpose(1, 2).reshape(len(x), -1)
            assert torch.equal(windows, answers), "windows are answered otherwise than rows"
        return answers.tolist()
    booster = xgboost.Booster()
    booster.load_model(str(file))
    return numpy.asarray(booster.predict(xgboost.DMatrix(numpy.asarray(rows))), dtype=float).reshape(len(rows), -1).tolist()


def exported(folder, wrong):
    import pandas

    for number, (task, target, estimator, steps, files) in enumerate(EXPORTED):
        case = f"export of {files}: {task} of {target}, {estimator}, {steps or 'no transforms'}"
        file, package, out = folder / "export.yaml", folder / f"exported-{number}", folder / f"models-{number}"
        text = recipe(task, target, estimator, "series.csv" if task == "forecast" else "rows.csv", steps)
        if not any(coding in steps for coding in ("one_hot", "target_encode")):
            text = text.replace("categorical: [kind], exclude: [", "exclude: [kind, ")
        file.write_text(text + f"export: [{files}]\n", encoding="utf-8")
        pilot("train", file, "--out", package)
        answer = pilot("registry", "export", package, out)
        if sorted(os.listdir(out)) != sorted(files.split(", ")):
            wrong.append(f"{case}: wrote {os.listdir(out)}")
        signature = json.loads((package / "signature.json").read_text(encoding="utf-8"))
        table = pandas.read_csv(package / "sample.csv", keep_default_na=True)[[i["name"] for i in signature["inputs"]]]
        rows = [{k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()} for row in table.to_dict("records")]
        (folder / "body.json").write_text(json.dumps(rows), encoding="utf-8")
        ours = pilot("score", package, "--rows", folder / "body.json")
        expected = ours["probabilities"] if signature.get("classes") else [flat(p, signature) for p in ours["predictions"]]
        for name in files.split(", "):
            theirs = in_python(out / name, signature, table)
            if signature.get("classes") and len(theirs[0]) == 1:  # XGBoost gives the second class alone
                theirs = [[1 - p[0], p[0]] for p in theirs]
            columns = list(zip(*expected))
            distance = max(far(list(a), list(b), 1 if signature.get("classes") else max(a) - min(a)) for a, b in zip(columns, zip(*theirs)))
            if not distance <= NEAR or len(theirs) != len(rows) or len(theirs[0]) != len(columns):
                wrong.append(f"{case}: {name} differs by {distance:.3g}")
            print(f"{case}: {name}, {len(rows)} rows, {distance:.2g}, said {max(f['worst'] for f in answer['files']):.2g}", flush=True)
    return len(EXPORTED)


def as_pandas_reads(folder, wrong):
    """A table as pandas.read_csv makes it of the file that was trained on: whole numbers are int64 (or float64, if one is missing), so are categories
    that are written in digits, truth values are bool; other columns are there, too, and an input that may be missing is not."""
    import mlflow.pyfunc
    import pandas

    draw, file, package, data = random.Random(6), folder / "whole.yaml", folder / "whole", folder / "whole.csv"
    with open(data, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["id", "wear", "hours", "month", "zip", "open", "y"])
        for i in range(300):
            wear, hours, month, code, is_open = draw.randrange(200), draw.randrange(9), 1 + i % 12, draw.choice(["01", "07", "10"]), draw.choice(["true", "false"])
            y = wear + 30 * math.sin(month) + 50 * (code == "07") + 20 * (is_open == "true") + (hours or 4)
            table.writerow([i, wear, hours or "", month, code, is_open, f"{y:.4f}"])
    for steps, estimator in (("one_hot", "ridge"), ("target_encode", "ridge"), ("one_hot", "decision_tree: {max_depth: 9}")):
        file.write_text(f"recipe: m\ndata: {{source: whole.csv}}\ntask: regression\ntarget: y\nfeatures: {{categorical: [month, zip, open], exclude: [id]}}\nsplit: {{every: 5}}\n"
                        f"transforms: [impute: {{strategy: median, columns: [hours]}}, {steps}]\nestimators: [{estimator}]\nseed: 7\n", encoding="utf-8")
        case, each = f"whole numbers as pandas reads them, {steps}, {estimator}", folder / f"{package.name}-{steps}-{estimator[:5]}"
        pilot("train", file, "--out", each)
        pilot("score", each, "--data", data, "--out", folder / "whole-out.csv")
        expected = pandas.read_csv(folder / "whole-out.csv")["prediction"].tolist()
        table, loaded = pandas.read_csv(data), mlflow.pyfunc.load_model(str(each))
        kinds = [str(table[c].dtype) for c in ("wear", "hours", "month", "zip", "open")]
        assert kinds == ["int64", "float64", "int64", "int64", "bool"], kinds
        for how, given in (("a table", table), ("floats", table.astype({"month": float, "zip": float})), ("texts", pandas.read_csv(data, dtype={"month": str, "zip": str, "open": str})),
                           ("pandas' own types", table.convert_dtypes()), ("dicts", table.to_dict("records"))):
            distance = far(expected, list(loaded.predict(given)), max(expected) - min(expected))
            if not distance <= NEAR:
                wrong.append(f"{case}: {how} differs by {distance:.3g}")
        few = table[table["hours"].isna()].drop(columns="hours")
        distance = far([expected[i] for i in few.index], list(loaded.predict(few)), max(expected) - min(expected))
        if not distance <= NEAR or not len(few):
            wrong.append(f"{case}: without an optional column it differs by {distance:.3g}")
        plain = loaded.get_raw_model()
        distance = far(expected, plain.predict(table.drop(columns=["id", "y"]).values.tolist()), max(expected) - min(expected))
        if not distance <= NEAR:
            wrong.append(f"{case}: rows differ by {distance:.3g}")
        for given, says in ((table.drop(columns="wear"), "no column wear"), (table.assign(wear="old"), "wear"), ([[1, 2, 3]], "3 values")):
            try:
                plain.predict(given)
                wrong.append(f"{case}: a table without a usable {says} is taken")
            except ValueError as error:
                if says not in str(error):
                    wrong.append(f"{case}: {error} does not say {says}")
        print(f"{case}: {len(table)} rows", flush=True)


def main():
    import mlflow.pyfunc
    import pandas
    import torch
    import xgboost

    wrong = []
    cases = [("regression", "y", e, {}) for e in FOR_NUMBERS] + [("classification", t, e, {}) for t in ("two", "three") for e in FOR_CLASSES]
    cases += [("forecast", "t", e, {"transforms": "standard_scale"}) for e in FOR_SERIES] + [("forecast", "[t, u]", e, {"transforms": "standard_scale"}) for e in FOR_TWO]
    cases += [(task, target, e, {"transforms": steps}) for steps, task, target, e in TRANSFORMS]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_rows(folder / "rows.csv")
        write_series(folder / "series.csv")
        for task, target, estimator, changed in cases:
            case = ", ".join([f"{task} of {target}", estimator, *changed.values()])
            file, package = folder / "recipe.yaml", folder / f"package-{len(os.listdir(folder))}"
            file.write_text(recipe(task, target, estimator, "series.csv" if task == "forecast" else "rows.csv", **changed), encoding="utf-8")
            pilot("train", file, "--out", package)
            signature = json.loads((package / "signature.json").read_text(encoding="utf-8"))
            names = [i["name"] for i in signature["inputs"]]
            table = pandas.read_csv(package / "sample.csv", keep_default_na=True)[names]
            rows = [{k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()} for row in table.to_dict("records")]
            (folder / "body.json").write_text(json.dumps(rows), encoding="utf-8")
            ours = pilot("score", package, "--rows", folder / "body.json")
            loaded = mlflow.pyfunc.load_model(str(package))
            theirs = list(loaded.predict(table))
            if signature.get("classes"):
                distance = far(ours["probabilities"], loaded.get_raw_model().predict_proba(table), 1)
                same = [a == b for a, b in zip(ours["predictions"], theirs)]
                if len(same) != len(rows) or not all(same):
                    wrong.append(f"{case}: {same.count(False)} of {len(rows)} rows get another class in Python")
            else:
                if signature.get("targets") and [list(p) for p in ours["predictions"]] != [sorted(signature["targets"])] * len(rows):
                    wrong.append(f"{case}: pilot score does not answer by target")
                expected = [flat(p, signature) for p in ours["predictions"]]
                answered = [[p] if isinstance(p, float) else list(p) for p in theirs]
                distance = max(far(list(a), list(b), max(a) - min(a)) for a, b in zip(zip(*expected), zip(*answered)))  # each output in its own unit
                if len(answered) != len(rows) or {len(p) for p in answered} != {len(signature["outputs"])}:
                    distance = math.inf
                if [column["name"] for column in json.loads(loaded.metadata.signature.outputs.to_json())] != signature["outputs"]:
                    wrong.append(f"{case}: MLflow sees other outputs than signature.json")
            if not distance <= NEAR:
                wrong.append(f"{case}: Python differs by {distance:.3g}")
            if (package / "model.pt").exists():
                torch.jit.load(str(package / "model.pt"))
                weights = "TorchScript"
            elif "learner" not in json.loads(text := (package / "model.json").read_text(encoding="utf-8")):
                weights = "JSON"
            else:
                booster = xgboost.Booster()
                booster.load_model(str(package / "model.json"))
                weights = f"XGBoost, {booster.num_boosted_rounds()} rounds"
                if len(booster.get_dump()) != text.count('"left_children"'):
                    wrong.append(f"{case}: xgboost sees {len(booster.get_dump())} trees")
            print(f"{case}: {len(rows)} rows, {distance:.2g} ({weights})", flush=True)
        as_pandas_reads(folder, wrong)
        files = exported(folder, wrong)
    print("\n".join(wrong) or f"{len(cases)} packages and {files} exports give our numbers in mlflow {mlflow.__version__}, xgboost {xgboost.__version__}, torch {torch.__version__}")
    return 1 if wrong else 0


if __name__ == "__main__":
    interpreter = VENV / "bin/python"
    if not (VENV / "requirements.txt").exists():
        print("skipped: MLflow and XGBoost for Python are not installed; tests/run makes build/python-venv with them when their registry can be reached")
        sys.exit(SKIPPED)
    if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(interpreter, [str(interpreter), *sys.argv])
    sys.exit(main())
