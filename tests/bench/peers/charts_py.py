# SPDX-License-Identifier: GPL-3.0-or-later
"""charts_py.py pyqtgraph|pyqtgraph-ds|matplotlib|matplotlib-fast N [RUNS]: new data to a finished 1200x700 frame (ms)."""
import os, sys, statistics, time, json
import peer as c
import numpy as np
kind, n = sys.argv[1], int(sys.argv[2])
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
x = np.arange(n, dtype=float)
mk = lambda i: np.sin((x + i) / n * 20) + np.random.default_rng(i).random(n) - .5
if kind.startswith("matplotlib"):
    import matplotlib; matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    if kind.endswith("fast"):
        import matplotlib.style as st; st.use("fast")
    f, ax = plt.subplots(figsize=(12, 7), dpi=100)
    l, = ax.plot(x, mk(0), lw=1); ax.set_xlim(0, n); ax.set_ylim(-3, 3)
    def frame(y):
        l.set_ydata(y); f.canvas.draw()
else:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph as pg
    app = pg.mkQApp(); w = pg.PlotWidget(); w.resize(1200, 700)
    cv = w.plot(x, mk(0), pen="b"); w.setXRange(0, n, padding=0); w.setYRange(-3, 3, padding=0)
    if kind.endswith("ds"):
        cv.setDownsampling(auto=True, method="peak"); cv.setClipToView(True)
    w.show(); app.processEvents()
    def frame(y):
        cv.setData(x, y); w.viewport().repaint(); app.processEvents()
ts, cp = [], []
for i in range(runs + 1):
    y = mk(i); a, b = time.perf_counter(), time.process_time(); frame(y)
    if i:
        ts.append(time.perf_counter() - a); cp.append(time.process_time() - b)
c.emit(f"chart/{kind}", ts, points=n, frame_ms=round(statistics.median(ts) * 1e3, 2), cpu_ms=round(statistics.median(cp) * 1e3, 2))
