#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make.py [xgboost|torch|forecast]: writes the files of this folder by the real libraries (XGBoost 3.2, PyTorch 1.13); the tests only read them.
Each model has NAME.json or NAME.pt, and its rows with the predictions made here in NAME.csv."""
import csv
import pathlib
import sys
import typing

HERE = pathlib.Path(__file__).parent


def rows(count=60):
    """a, b, c by a rule: no library's random numbers."""
    return [[((i * 37) % 101) / 50 - 1, ((i * 53) % 97) / 9 - 5, ((i * 71) % 89) * 3.0] for i in range(count)]


def write(name, header, table):
    with open(HERE / f"{name}.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(table)


def number(row):
    return 200 + 10 * row[0] - 3 * row[1] * (row[0] > 0) + 0.1 * row[2]


def with_xgboost():
    import numpy
    import xgboost

    x = numpy.array(rows(), dtype=numpy.float32)
    y = numpy.array([number(r) for r in rows()])
    three = numpy.digitize(y, [205, 220])
    cases = {"number": ({"objective": "reg:squarederror"}, y), "absolute": ({"objective": "reg:absoluteerror"}, y), "two": ({"objective": "binary:logistic"}, (y > 215).astype(int)),
             "three": ({"objective": "multi:softprob", "num_class": 3}, three), "dart": ({"booster": "dart", "objective": "reg:squarederror"}, y),
             "poisson": ({"objective": "count:poisson"}, numpy.round(y)), "targets": ({"objective": "reg:squarederror"}, numpy.stack([y, y / 2], axis=1))}
    for name, (parameters, target) in cases.items():
        data = xgboost.DMatrix(x, target, feature_names=["a", "b", "c"])
        model = xgboost.train({**parameters, "max_depth": 3, "seed": 1}, data, 6)
        model.save_model(HERE / f"{name}.json")
        out = model.predict(data).astype(float)
        out = out.reshape(len(out), -1)
        columns = [f"p{i}" for i in range(out.shape[1])]
        if name in ("number", "absolute", "two", "three"):
            write(name, ["a", "b", "c", "y", *columns], [[*map(float, r), *([float(t)] if name in ("number", "absolute") else [int(t)]), *map(float, p)] for r, t, p in zip(x, target, out)])
        if name in ("number", "three"):
            model.save_model(HERE / f"{name}.ubj")
    data = xgboost.DMatrix(x, y, feature_names=["a", "b", "c"])
    halfway = xgboost.DMatrix(x, (y + y.mean()) / 2, feature_names=["a", "b", "c"])  # reached before the training ends
    model = xgboost.train({"objective": "reg:squarederror", "max_depth": 3, "eta": 0.2}, data, 12, evals=[(halfway, "e")], early_stopping_rounds=3, verbose_eval=False)
    model.save_model(HERE / "early.json")
    best = model.predict(data, iteration_range=(0, model.best_iteration + 1)).astype(float)
    every = model.predict(data).astype(float)
    write("early", ["a", "b", "c", "best", "all"], [[*map(float, r), float(p), float(q)] for r, p, q in zip(x, best, every)])
    print(model.best_iteration + 1, "of", model.num_boosted_rounds())


def with_torch():
    import torch

    torch.manual_seed(3)
    x = torch.tensor(rows(), dtype=torch.float32)
    layers = lambda outputs: [torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, outputs)]
    for name, module, columns in [("net", torch.nn.Sequential(*layers(1)), ["p"]), ("net64", torch.nn.Sequential(*layers(1)).double(), ["p"]), ("logits", torch.nn.Sequential(*layers(3)), ["low", "mid", "high"]),
                                  ("shares", torch.nn.Sequential(*layers(2), torch.nn.Softmax(1)), ["no", "yes"]), ("sigmoid", torch.nn.Sequential(*layers(1), torch.nn.Sigmoid()), ["yes"])]:
        given = x.double() if name == "net64" else x
        with torch.no_grad():
            module(given)  # statistics of the batch norm
            module.eval()
            torch.jit.script(module).save(str(HERE / f"{name}.pt"))
            out = module(given)
            out = torch.softmax(out, 1) if name == "logits" else out
        write(name, ["a", "b", "c", *columns], [[*map(float, r), *map(float, p)] for r, p in zip(x, out)])

    class Writes(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            torch.save(x, "written-by-a-model")
            return x.sum(1)

    class WritesWhenLoaded(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.sum(1)

        @torch.jit.export
        def __getstate__(self):
            return torch.zeros(1), self.training

        @torch.jit.export
        def __setstate__(self, state: typing.Tuple[torch.Tensor, bool]):
            self.training = state[1]
            torch.save(state[0], "written-by-a-model")

    torch.jit.script(WritesWhenLoaded()).save(str(HERE / "writes_when_loaded.pt"))

    class TakesTwo(torch.nn.Module):
        def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return x + y

    write("takes_abc", ["a", "b", "c"], [list(map(float, r)) for r in x])
    torch.jit.script(Writes()).save(str(HERE / "writes.pt"))
    torch.jit.script(TakesTwo()).save(str(HERE / "takes_two.pt"))
    torch.save(torch.nn.Linear(3, 1), HERE / "pickled.pt")


def hours(count=90):
    """Time, wind, t2m, rh2m by a rule; hour 40 is missing."""
    for i in range(count):
        if i != 40:
            t2m = 15 + 6 * ((i * 37) % 101) / 101 - 4 * (i % 24 > 18)
            yield i, [((i * 53) % 97) / 20.0, t2m, 100 - 2.5 * t2m + ((i * 71) % 89) / 30]


def with_forecast():
    """Windows [n, 6, series] -> [n, 3] or [n, 3, targets], as PyTorch has them; and scripts that have no gradient."""
    import torch

    torch.manual_seed(8)

    class Network(torch.nn.Module):
        """The series in the order wind, t2m, rh2m; predicts t2m."""

        def __init__(self):
            super().__init__()
            self.lstm, self.head = torch.nn.LSTM(3, 4, batch_first=True), torch.nn.Linear(4, 3)
            self.register_buffer("middle", torch.tensor([2.0, 17.0, 60.0]))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            steps, _ = self.lstm((x - self.middle) / 5)
            return 17 + 4 * self.head(steps[:, -1])

    class Both(torch.nn.Module):
        """The series in the order rh2m, t2m, wind; predicts t2m and rh2m."""

        def __init__(self, turned: bool):
            super().__init__()
            self.head, self.turned = torch.nn.Linear(18, 6).double(), turned

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.head(torch.tanh((x.reshape(-1, 18) - 30) / 20)) * 5 + 30
            return y.reshape(-1, 2, 3) if self.turned else y.reshape(-1, 3, 2)

    class Argmax(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.argmax(x, 1).double()

    class Steps(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.round(10 * x[:, 0] + x[:, 1])

    network, both = Network().eval(), Both(False).eval()
    for name, module in (("forecast", network), ("both", both), ("turned", Both(True).eval()), ("argmax", Argmax()), ("steps", Steps())):
        torch.jit.script(module).save(str(HERE / f"{name}.pt"))
    at = dict(hours())
    table = []
    for hour, values in at.items():
        window = [at.get(h) for h in range(hour - 5, hour + 1)]
        said = [""] * 9
        if all(window):
            x = torch.tensor([window], dtype=torch.float64)
            with torch.no_grad():
                said = network(x.float())[0].double().tolist() + both(x[:, :, [2, 1, 0]])[0].T.reshape(-1).tolist()
        table.append([f"2024-03-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z", *values, *said])
    write("hours", ["time", "wind", "t2m", "rh2m", *(f"{p}@+{h}" for p in ("lstm", "t", "rh") for h in (1, 2, 3))], table)


{"xgboost": with_xgboost, "torch": with_torch, "forecast": with_forecast}[sys.argv[1]]()
