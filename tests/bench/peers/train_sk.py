# SPDX-License-Identifier: GPL-3.0-or-later
"""train_sk.py MODEL ROWS COLS [RUNS]: fit time and hold-out quality of a scikit-learn / XGBoost / LIBSVM model.
MODEL: linreg dtree forest hist xgb svc ; forest = 100 trees, forest10 = 10. Data: Friedman-like regression (svc: two-class)."""
import sys
import peer as c
import numpy as np

kind, n, p = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
runs = int(sys.argv[4]) if len(sys.argv) > 4 else 5
rng = np.random.default_rng(11)
X = rng.random((n + n // 10, p), dtype=np.float32)
y = (10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - .5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
     + rng.normal(0, 1, len(X))).astype(np.float32)
from sklearn.metrics import r2_score, accuracy_score
score, T = r2_score, c.THREADS
if kind == "svc":
    y = (y > np.median(y)).astype(np.int32)
    score = accuracy_score
Xt, yt, Xv, yv = X[:n], y[:n], X[n:], y[n:]


def make():
    if kind == "linreg":
        from sklearn.linear_model import LinearRegression
        return LinearRegression()
    if kind == "dtree":
        from sklearn.tree import DecisionTreeRegressor
        return DecisionTreeRegressor(random_state=0, max_depth=10)
    if kind == "forest":
        from sklearn.ensemble import RandomForestRegressor
        return RandomForestRegressor(100, n_jobs=T, random_state=0, max_depth=10)
    if kind == "forest10":
        from sklearn.ensemble import RandomForestRegressor
        return RandomForestRegressor(10, n_jobs=T, random_state=0, max_depth=10)
    if kind == "hist":
        from sklearn.ensemble import HistGradientBoostingRegressor
        return HistGradientBoostingRegressor(max_iter=100, random_state=0, early_stopping=False)
    if kind == "xgb":
        import xgboost as xgb
        return xgb.XGBRegressor(n_estimators=100, max_depth=6, tree_method="hist", n_jobs=T, learning_rate=.1)
    if kind == "svc":
        from sklearn.svm import SVC
        return SVC(kernel="rbf", C=1.0, gamma="scale", cache_size=200)
    raise SystemExit(kind)


make().fit(Xt[:1000], yt[:1000])  # imports and lazy initialisation outside the timing
ts, m = c.timed(lambda: make().fit(Xt, yt), runs)
cpu = list(c.CPU)
ps, pred = c.timed(lambda: m.predict(Xv), 3)
c.CPU[:] = cpu
import statistics
more = {"support": int(m.n_support_.sum())} if kind == "svc" else {}
c.emit(f"train/{kind}", ts, rows=n, cols=p, quality=round(float(score(yv, pred)), 5), quality_kind=score.__name__,
       predict_rows_per_s=round(len(yv) / statistics.median(ps)), **more)
