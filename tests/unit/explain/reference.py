#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""reference.py > reference.json: the values that core/explain and core/learn's SHAP are compared with.

Made with shap 0.51.0, xgboost 3.2.0, scikit-learn 1.9.1, lime 0.2.0.1, numpy 2.4.6. Each entry says which call it comes from.
"""
import json
import sys

import lime.lime_tabular
import numpy as np
import shap
import xgboost
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import Ridge

rng = np.random.default_rng(5)
out = {}


def formula(x):
    """The model of the tests, also in explain_models.h."""
    return 2 * x[:, 0] + x[:, 1] * x[:, 2] - np.sin(x[:, 3]) + np.where(x[:, 4] > 0.5, x[:, 0], 0)


class Formula(RegressorMixin, BaseEstimator):
    def fit(self, x, y):
        self.fitted_ = True
        return self

    def predict(self, x):
        return formula(np.asarray(x))


def listed(a):
    return np.asarray(a, dtype=float).tolist()


background, rows = rng.normal(size=(12, 5)).round(3), rng.normal(size=(4, 5)).round(3)
rows[3, 1] = background[:, 1] = 0.5  # the second feature of the last row differs from no background row
explainer = shap.KernelExplainer(formula, background)
out["kernel"] = {"call": "shap.KernelExplainer(formula, background).shap_values(rows, l1_reg=False)", "background": listed(background), "rows": listed(rows),
                 "base": float(explainer.expected_value), "values": listed(explainer.shap_values(rows, l1_reg=False, silent=True))}

coefficients, intercept = np.array([1.5, -2.0, 0.25, 0.0, 4.0]), 3.0
linear = shap.LinearExplainer((coefficients, intercept), shap.maskers.Independent(background, max_samples=1000))
out["linear"] = {"call": "shap.LinearExplainer((coef, intercept), shap.maskers.Independent(background)).shap_values(rows)", "coefficients": listed(coefficients), "intercept": intercept,
                 "background": listed(background), "rows": listed(rows), "base": float(linear.expected_value), "values": listed(linear.shap_values(rows))}

x = rng.normal(size=(300, 4)).round(2).astype(np.float32)
x[::17, 2] = np.nan
score = np.nan_to_num(x[:, 2]) + x[:, 0] * x[:, 1] + 0.3 * x[:, 3]
labels = {"reg:squarederror": score, "binary:logistic": (score > 0).astype(int), "multi:softprob": np.digitize(score, [-0.5, 0.7])}
out["trees"] = []
for name, objective, extra in (("boosted numbers", "reg:squarederror", {}), ("boosted, two classes", "binary:logistic", {}), ("boosted, three classes", "multi:softprob", {"num_class": 3}),
                               ("a forest", "reg:squarederror", {"num_parallel_tree": 6, "eta": 1, "subsample": 0.6, "colsample_bynode": 0.6})):
    parameters = {"objective": objective, "base_score": 0.5 if objective == "binary:logistic" else 0, "max_depth": 3, "seed": 1, **extra}
    booster = xgboost.train(parameters, xgboost.DMatrix(x, labels[objective]), num_boost_round=1 if "num_parallel_tree" in extra else 3)
    asked = x[[0, 3, 17, 40, 99]]
    contributions = booster.predict(xgboost.DMatrix(asked), pred_contribs=True, strict_shape=True)  # [rows, groups, features + 1]
    out["trees"].append({"name": name, "call": "booster.predict(DMatrix(rows), pred_contribs=True)", "model": json.loads(booster.save_raw("json").decode()),
                         "rows": [[None if np.isnan(v) else float(v) for v in row] for row in asked], "contributions": listed(contributions)})
    if objective == "reg:squarederror":
        tree = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
        out["trees"][-1]["tree_explainer"] = listed(tree.shap_values(asked))

many = rng.normal(size=(120, 5)).round(3)
truth = formula(many) + 0.3 * rng.normal(size=120).round(3)
out["permutation"] = {"call": "permutation_importance(Formula().fit(x, y), x, y, scoring=s, n_repeats=400, random_state=1)", "rows": listed(many), "truth": listed(truth), "repeats": 400}
for metric, scoring in (("r2", "r2"), ("mae", "neg_mean_absolute_error")):
    result = permutation_importance(Formula().fit(many, truth), many, truth, scoring=scoring, n_repeats=400, random_state=1)
    out["permutation"][metric] = {"mean": listed(result.importances_mean), "std": listed(result.importances_std)}

few = many.copy()
few[:, 1] = np.repeat([-1.0, 0.0, 2.5], 40)
out["dependence"] = []
for feature, resolution in ((0, 7), (1, 7), (3, 12)):
    result = partial_dependence(Formula().fit(few, truth), few, [feature], kind="both", method="brute", grid_resolution=resolution)
    out["dependence"].append({"call": "partial_dependence(Formula().fit(x, y), x, [feature], kind='both', method='brute', grid_resolution=resolution)", "feature": feature, "resolution": resolution,
                              "rows": listed(few), "grid": listed(result["grid_values"][0]), "average": listed(result["average"][0]), "individual": listed(result["individual"][0][:10])})

design, answers, weights = rng.normal(size=(9, 3)).round(3), rng.normal(size=9).round(3), rng.uniform(0.1, 2, size=9).round(3)
out["ridge"] = []
for alpha, fit_intercept in ((1.0, True), (0.0, False), (2.5, False)):
    fit = Ridge(alpha=alpha, fit_intercept=fit_intercept, solver="cholesky").fit(design, answers, sample_weight=weights)
    out["ridge"].append({"call": "Ridge(alpha, fit_intercept).fit(x, y, sample_weight=w)", "alpha": alpha, "fit_intercept": fit_intercept, "x": listed(design.ravel()), "y": listed(answers),
                         "w": listed(weights), "coefficients": listed(fit.coef_), "intercept": float(fit.intercept_), "r2": float(fit.score(design, answers, sample_weight=weights))})

# A model of the quartiles alone: how values are drawn within one does not matter then.
train = np.column_stack([rng.normal(size=200).round(3), rng.uniform(size=200).round(3), rng.integers(0, 3, size=200)]).astype(float)
edges = np.percentile(train[:, 0], 50), np.percentile(train[:, 1], 25)


def stepped(x):
    return 3.0 * (x[:, 0] > edges[0]) + 1.0 * (x[:, 1] <= edges[1]) - 2.0 * (x[:, 2] == 1) * (x[:, 0] > edges[0])


row = np.array([train[:, 0].max(), train[:, 1].min(), 1.0])
local = lime.lime_tabular.LimeTabularExplainer(train, mode="regression", categorical_features=[2], random_state=1)
explained = local.explain_instance(row, stepped, num_features=3, num_samples=100000)
out["lime"] = {"call": "LimeTabularExplainer(train, mode='regression', categorical_features=[2]).explain_instance(row, f, num_features=3, num_samples=100000)", "train": listed(train), "row": listed(row),
               "edges": listed(edges), "weights": [dict(explained.as_map()[1])[i] for i in range(3)], "intercept": float(explained.intercept[1]), "local": float(explained.local_pred[0]), "r2": float(explained.score)}

json.dump(out, sys.stdout, separators=(",", ":"))
