# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads a Pilothouse model package in Python; MLflow calls _load_pyfunc (flavour python_function in MLmodel).

predict(table): one row for each row of a pandas DataFrame (columns by name, others are ignored; also a dict of columns, or rows
that are dicts) or of a list of lists (inputs in the order of signature.json). A category may come as the number that
pandas.read_csv makes of its text. ValueError names the input that is absent or of another kind. Regression and forecast give numbers (a forecast of several steps a list in the order of signature.json's
"outputs": all steps of the first target, then those of the second), classification gives class labels; predict_proba gives
probabilities in the order of signature.json's "classes" (through MLflow: load_model(…).get_raw_model().predict_proba).
"""
import json
import math
import numbers
import os


class Model:
    def __init__(self, folder):
        def read(name):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                return json.load(f)

        self.signature, self.steps = read("signature.json"), read("preprocessing.json")
        self.classes = self.signature.get("classes")
        if os.path.exists(os.path.join(folder, "model.pt")):
            import torch

            module = torch.jit.load(os.path.join(folder, "model.pt"))
            module.eval()

            script = read("torchscript.json") if os.path.exists(os.path.join(folder, "torchscript.json")) else {"dtype": "float64"}
            kind, logits, windows = getattr(torch, script["dtype"]), script.get("answers") == "logits", script.get("forecast")
            if windows:  # rows hold series by series what the script takes as [windows, steps, series]
                names = [i["name"].rpartition("@")[0] for i in self.signature["inputs"]][:: windows["window"]]
                taken, steps, targets = [names.index(s) for s in windows["series"]], windows["horizon"], len(windows["targets"])

            def raw(rows):
                with torch.no_grad():
                    given = torch.tensor(rows, dtype=kind)
                    if windows:
                        given = given.reshape(len(rows), len(names), windows["window"])[:, taken].transpose(1, 2).contiguous()
                    out = module(given).double()
                    if windows:
                        out = out.reshape(len(rows), steps, targets).transpose(1, 2)
                    out = out.reshape(len(rows), -1)
                    if logits:
                        out = torch.sigmoid(out) if out.shape[1] == 1 else torch.softmax(out, 1)
                    return out.tolist()
        else:
            weights = read("model.json")
            if "coefficients" in weights:
                raw = self._linear(weights)
            elif "machines" in weights:
                raw = self._machines(weights)
            elif "neighbours" in weights:
                raw = self._neighbours(weights, folder)
            else:
                raw = self._trees(os.path.join(folder, "model.json"))
        self._raw, self._places = raw, {}

    @staticmethod
    def _linear(weights):
        def raw(rows):
            out = [[b + sum(c * v for c, v in zip(line, row)) for b, line in zip(weights["intercept"], weights["coefficients"])] for row in rows]
            if weights["link"] == "logistic":
                return [[1 / (1 + math.exp(-z[0])) if z[0] >= 0 else math.exp(z[0]) / (1 + math.exp(z[0]))] for z in out]
            if weights["link"] == "softmax":
                powers = [[math.exp(v - max(z)) for v in z] for z in out]
                return [[v / sum(p) for v in p] for p in powers]
            return out

        return raw

    @staticmethod
    def _trees(path):
        import numpy
        import xgboost

        booster = xgboost.Booster()
        booster.load_model(path)

        def raw(rows):
            out = booster.inplace_predict(numpy.asarray(rows, dtype=numpy.float32), validate_features=False)
            return numpy.asarray(out, dtype=float).reshape(len(rows), -1).tolist()

        return raw

    @staticmethod
    def _machines(weights):
        import numpy

        kernel, classes, width = weights["kernel"], weights["classes"], len(weights["names"])
        vectors = numpy.array(weights["support_vectors"], dtype=float).reshape(-1, width)
        machines = [(numpy.array(m["vectors"], dtype=int), numpy.array(m["coefficients"], dtype=float), m["rho"]) for m in weights["machines"]]
        slopes = numpy.array([m["slope"] for m in weights["machines"]])

        def decisions(x):
            if kernel["name"] == "rbf":
                values = numpy.exp(-kernel["gamma"] * ((x[:, None, :] - vectors) ** 2).sum(axis=2))
            else:
                values = x @ vectors.T
                if kernel["name"] == "poly":
                    values = (kernel["gamma"] * values + kernel["coef0"]) ** kernel["degree"]
            return numpy.stack([values[:, places] @ coefficients - rho for places, coefficients, rho in machines], axis=1)

        def coupled(pairs):  # Wu, Lin and Weng 2004, second approach
            q, pair = numpy.ones((classes, classes)), 0
            for i in range(classes):
                for j in range(i + 1, classes):
                    r = min(max(pairs[pair], 1e-7), 1 - 1e-7)
                    q[i, i] += (1 - r) ** 2
                    q[j, j] += r**2
                    q[i, j] -= r * (1 - r)
                    q[j, i] -= r * (1 - r)
                    pair += 1
            p = numpy.maximum(numpy.linalg.solve(q, numpy.ones(classes)), 0)
            return (p / p.sum()).tolist()

        def raw(rows):
            x = numpy.array(rows, dtype=float).reshape(-1, width)
            f = numpy.concatenate([decisions(x[i : i + 64]) for i in range(0, len(x), 64)]) if len(x) else numpy.empty((0, len(machines)))
            if not classes:
                return f.tolist()
            pairs = 1 / (1 + numpy.exp(-numpy.clip(slopes * f, -700, 700)))
            return [[p[0], 1 - p[0]] if classes == 2 else coupled(p) for p in pairs.tolist()]

        return raw

    @staticmethod
    def _neighbours(weights, folder):
        import numpy

        known, targets = (numpy.load(os.path.join(folder, name + ".npy")) for name in ("rows", "targets"))
        if weights["classes"]:
            targets = numpy.eye(weights["classes"])[targets[:, 0].astype(int)]

        def answer(row):
            squares = ((known - row) ** 2).sum(axis=1)
            nearest = numpy.argsort(squares, kind="stable")[: weights["neighbours"]]
            share = numpy.ones(len(nearest))
            if weights["weights"] == "distance":
                away = numpy.sqrt(squares[nearest])
                share = (away == 0).astype(float) if (away == 0).any() else 1 / away
            return (share @ targets[nearest] / share.sum()).tolist()

        return lambda rows: [answer(numpy.array(row, dtype=float)) for row in rows]

    def _category(self, step, value):
        """The place of a value among the categories, or None. Where pandas read the texts as numbers or truth values, 1 and 1.0 mean "1" (or "01")."""
        places = self._places.get(step["name"])
        if places is None:
            places = {category: i for i, category in enumerate(step["categories"])}
            for i, category in enumerate(step["categories"]):
                try:
                    number = float(category)
                except ValueError:
                    number = {"true": True, "false": False}.get(category.lower())
                if number is not None:
                    places[type(number), number] = None if (type(number), number) in places else i  # of "1" and "01" neither is meant
            self._places[step["name"]] = places
        value = value.item() if hasattr(value, "item") else value  # numpy's
        if str(value) in places:
            return places[str(value)]
        if isinstance(value, bool):
            return places.get((bool, value))
        return places.get((float, float(value))) if isinstance(value, numbers.Real) else None

    def _prepare(self, row):
        if len(row) != len(self.steps["inputs"]):
            raise ValueError(f"a row has {len(row)} values; the model takes {len(self.steps['inputs'])}")
        out = []
        for step, value in zip(self.steps["inputs"], row):
            missing = value is None or value != value
            categories = step.get("categories")
            if categories is None:
                try:
                    out.append(step["fill"] if missing and step["fill"] is not None else math.nan if missing else float(value))
                except (TypeError, ValueError):
                    raise ValueError(f"the input {step['name']} is a number, not {value!r}") from None
                continue
            index = None if missing else self._category(step, value)
            if missing and step["fill"] is not None:
                index = int(step["fill"])
            if index is None and not missing and step.get("unknown") == "error":
                raise ValueError(f"the category {value!r} of {step['name']} is unknown to the model, which refuses such rows")
            if table := step.get("table"):
                line = table["lines"][index] if index is not None else table["missing" if missing else "unknown"]
                out.extend(math.nan if v is None else v for v in line)
                continue
            out.extend(1.0 if i == index else 0.0 for i in range(len(categories)))
        return [(v - o["mean"]) / o["scale"] for v, o in zip(out, self.steps["outputs"])]

    def _rows(self, table):
        """Rows of Python values in the order of the inputs. Columns are taken one by one: together, pandas would make 1 of an integer column 1.0."""
        if isinstance(table, dict) or (not hasattr(table, "columns") and len(table) and isinstance(table[0], dict)):
            import pandas

            single = isinstance(table, dict) and all(isinstance(v, str) or not hasattr(v, "__len__") for v in table.values())
            table = pandas.DataFrame([table] if single else table)
        if not hasattr(table, "columns"):
            return table.tolist() if hasattr(table, "tolist") else table
        inputs = self.signature["inputs"]
        absent = [i["name"] for i in inputs if i["name"] not in table.columns and not i.get("optional")]
        if absent:
            raise ValueError(f"the table has no column {', '.join(absent)}, which the model takes")
        columns = []
        for i in inputs:
            column = table[i["name"]] if i["name"] in table.columns else None
            columns.append([None] * len(table) if column is None else [None if m else v for v, m in zip(column.tolist(), column.isna().tolist())])
        return [list(row) for row in zip(*columns)]

    def _outputs(self, table):
        return self._raw([self._prepare(row) for row in self._rows(table)])

    def predict_proba(self, table):
        out = []
        for row in self._outputs(table):
            row = [min(max(v, 0.0), 1.0) for v in row]
            row = [1 - row[0], row[0]] if len(row) == 1 else row
            out.append([v / sum(row) for v in row] if sum(row) > 0 else [1 / len(row)] * len(row))
        return out

    def get_raw_model(self):
        return self

    def predict(self, table, params=None):
        if self.classes:
            return [self.classes[p.index(max(p))] for p in self.predict_proba(table)]
        return [row[0] if len(row) == 1 else row for row in self._outputs(table)]


def _load_pyfunc(path):
    return Model(path)
