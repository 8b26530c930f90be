# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of tst_multivariate.cpp and tst_multivariate_drift.cpp, by numpy, scipy and scikit-learn on the same rows: python3 multivariate_values.py"""
import numpy as np
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

state = 0


def uniform():
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 11) / 2**53


def normal():
    return sum(uniform() for _ in range(12)) - 6


def rows(n, together, shift, seed):
    global state
    state = seed
    out = []
    for _ in range(n):
        a, e, c, d = normal(), normal(), normal(), normal()
        out.append([a + shift, together * a + (1 - together**2) ** .5 * e, c, d])
    return np.array(out)


def delong(down, up):
    above = np.array([((down < v).sum() + (down == v).sum() / 2) / len(down) for v in up])
    below = np.array([((up > v).sum() + (up == v).sum() / 2) / len(up) for v in down])
    return above.mean(), np.sqrt(above.var(ddof=1) / len(up) + below.var(ddof=1) / len(down))


for name, together, shift in (("same", .9, 0.), ("apart", 0., 0.), ("moved", .9, .8)):
    r, c = rows(800, .9, 0., 1), rows(700, together, shift, 2)
    mean, std = r.mean(0), r.std(0)
    r, c = (r - mean) / std, (c - mean) / std
    pca = PCA(svd_solver="full").fit(r)
    k = int(np.searchsorted(np.cumsum(pca.explained_variance_ratio_), .95) + 1)
    pca = PCA(n_components=k, svd_solver="full").fit(r)
    error = lambda x: ((x - pca.inverse_transform(pca.transform(x))) ** 2).mean(1)
    er, ec = error(r), error(c)
    xx, yy, xy = cdist(r[:700], r[:700]), cdist(c, c), cdist(r[:700], c)
    energy = 2 * xy.mean() - (xx.sum() + yy.sum()) / (700 * 699)
    x, y = np.vstack([r, c]), np.r_[np.zeros(len(r)), np.ones(len(c))]
    scores = cross_val_predict(GradientBoostingClassifier(n_estimators=60, max_depth=4, learning_rate=.1, random_state=0), x, y, cv=StratifiedKFold(5, shuffle=True, random_state=0), method="predict_proba")[:, 1]
    print(name, "k", k, "pca", repr(er.mean()), repr(ec.mean()), repr((ec.mean() - er.mean()) / er.std()), "energy 700 first", repr(energy), "auc", round(roc_auc_score(y, scores), 4))
    mine, his = np.round(r[:, 0], 1), np.round(c[:, 0], 1)
    print("  of the first column, rounded:", *map(repr, delong(mine, his)), repr(roc_auc_score(y, np.r_[mine, his])))
