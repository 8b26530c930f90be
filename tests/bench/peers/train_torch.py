# SPDX-License-Identifier: GPL-3.0-or-later
"""train_torch.py mlp|lstm ROWS EPOCHS [RUNS]: PyTorch loop as a user writes it; run it with the same LibTorch as the C++ program.
mlp: 8->64->64->1, batch 256, Adam. lstm: hourly series, window 24, LSTM(64) -> 3 targets, batch 256."""
import sys
import peer as c
import numpy as np
import torch
from torch import nn

kind, n, ep = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
runs = int(sys.argv[4]) if len(sys.argv) > 4 else 5
torch.set_num_threads(c.THREADS)
rng = np.random.default_rng(11)
if kind == "mlp":
    X = rng.random((n + n // 10, 8), dtype=np.float32)
    y = (10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - .5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
         + rng.normal(0, 1, len(X))).astype(np.float32)[:, None]
    y = (y - y.mean()) / y.std()
else:
    t = np.arange(n + n // 10 + 24)
    s = np.stack([np.sin(2 * np.pi * t / 24 + k) + .5 * np.sin(2 * np.pi * t / 8760 + k) + .1 * rng.normal(size=len(t)) for k in range(3)], 1).astype(np.float32)
    X = np.lib.stride_tricks.sliding_window_view(s, 24, axis=0).transpose(0, 2, 1)[:-1].copy()
    y = s[24:]
X, y = torch.from_numpy(X), torch.from_numpy(y)
Xt, yt, Xv, yv = X[:n], y[:n], X[n:], y[n:]


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.l, self.o = nn.LSTM(3, 64, batch_first=True), nn.Linear(64, 3)

    def forward(self, x):
        return self.o(self.l(x)[0][:, -1])


def run():
    torch.manual_seed(0)
    m = Lstm() if kind == "lstm" else nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    opt, loss = torch.optim.Adam(m.parameters(), 1e-3), nn.MSELoss()
    dl = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(Xt, yt), batch_size=256, shuffle=True)
    for _ in range(ep):
        for xb, yb in dl:
            opt.zero_grad()
            loss(m(xb), yb).backward()
            opt.step()
    return m


ts, m = c.timed(run, runs)
with torch.no_grad():
    p = m(Xv)
r2 = 1 - float(((p - yv) ** 2).sum() / ((yv - yv.mean(0)) ** 2).sum())
import os
c.emit(f"train/torch_{kind}", ts, rows=n, epochs=ep, quality=round(r2, 5), quality_kind="r2", torch=torch.__version__,
       coretype=os.environ.get("OPENBLAS_CORETYPE", "default"))
