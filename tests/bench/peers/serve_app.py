# SPDX-License-Identifier: GPL-3.0-or-later
"""serve_app.py KIND PORT: FastAPI + uvicorn (uvloop, httptools), one worker, pydantic-checked /predict and /batch.
KIND: forest (scikit-learn, 100 trees depth 8, 8 features) | linear | mlp (PyTorch 8-64-64-1)."""
import sys
import numpy as np
from typing import List
from fastapi import FastAPI
from pydantic import BaseModel, Field
import uvicorn

kind, port = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(1)
X = rng.random((20000, 8))
y = X[:, 0] * 2 + np.sin(X[:, 1] * 6) + rng.normal(0, .1, 20000)
if kind == "mlp":
    import torch
    torch.set_num_threads(1)
    m = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1)).eval()

    def predict(a):
        with torch.no_grad():
            return m(torch.tensor(a, dtype=torch.float32))[:, 0].tolist()
else:
    if kind == "forest":
        from sklearn.ensemble import RandomForestRegressor
        m = RandomForestRegressor(100, max_depth=8, n_jobs=1, random_state=0).fit(X[:4000], y[:4000])
    else:
        from sklearn.linear_model import LinearRegression
        m = LinearRegression().fit(X, y)
    predict = lambda a: m.predict(np.asarray(a)).tolist()


class Row(BaseModel):
    MedInc: float = Field(ge=0, le=100)
    HouseAge: float = Field(ge=0, le=100)
    AveRooms: float = Field(ge=0, le=1000)
    AveBedrms: float = Field(ge=0, le=1000)
    Population: float = Field(ge=0)
    AveOccup: float = Field(ge=0)
    Latitude: float
    Longitude: float


class Out(BaseModel):
    prediction: float


class Batch(BaseModel):
    rows: List[Row]


app = FastAPI()
vals = lambda r: [r.MedInc, r.HouseAge, r.AveRooms, r.AveBedrms, r.Population, r.AveOccup, r.Latitude, r.Longitude]


@app.post("/predict", response_model=Out)
async def one(r: Row):
    return Out(prediction=predict([vals(r)])[0])


@app.post("/batch")
async def many(b: Batch):
    return {"predictions": predict([vals(r) for r in b.rows])}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
