#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make.py: writes the pickles of this folder by the real scikit-learn and joblib; the tests only read them."""
import os
import pathlib
import pickle

import joblib
import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeRegressor

HERE = pathlib.Path(__file__).parent
x = numpy.arange(40, dtype=float).reshape(20, 2)
model = LogisticRegression().fit(x, x[:, 0] > 20)
(HERE / "logistic.pkl").write_bytes(pickle.dumps(model, protocol=4))
joblib.dump(model, HERE / "logistic.joblib")
joblib.dump(model, HERE / "logistic_zlib.joblib", compress=("zlib", 3))
joblib.dump(model, HERE / "logistic_gzip.joblib", compress=("gzip", 3))
joblib.dump(model, HERE / "logistic_xz.joblib", compress=("xz", 3))
joblib.dump({"words": numpy.array(["a", None], dtype=object), "model": DecisionTreeRegressor(max_depth=2).fit(x, x[:, 1])}, HERE / "objects.joblib")
(HERE / "old.pkl").write_bytes(pickle.dumps(LogisticRegression(C=2), protocol=0))


class Evil:
    def __reduce__(self):
        return os.system, ("touch run-by-a-pickle",)


(HERE / "evil.pkl").write_bytes(pickle.dumps(Evil(), protocol=4))
