#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""list_models.py: two workspaces in one list: what is live, how good by which source and how many rows, how old, what is skewed; and one that cannot be read beside them."""
import os
import pathlib
import subprocess
import tempfile

from loop_lib import PILOT, check, pilot, run, stop_server, until, write_recipe, write_regression, write_workspace


def made(folder, name, limit, age):
    """A workspace with one model in service."""
    folder.mkdir()
    os.environ[f"PILOTHOUSE_SECRET_JOURNAL_KEY_{name.upper()}"] = "5c" * 32
    write_regression(folder / "d.csv", 400)
    write_recipe(folder / "recipe.yaml", "d.csv", "  - linear_regression\n")
    path = write_workspace(folder, steps="[100]")
    path.write_text(path.read_text().replace("workspace: scenario", f"workspace: {name}").replace(
        "    promotion:", f"    watch:\n      - {{metric: mae, source: registry, max: {limit}}}\n      - {{staleness: {age}}}\n    promotion:"))
    pilot("train", folder / "recipe.yaml", "--register", "m", workspace=path)
    pilot("promote", "m", 1, "--comment", "the first", workspace=path)
    return path


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        try:
            green, red = made(folder / "green", "green", 1.5, "36h"), made(folder / "red", "red", 0.001, "36h")
            pilot("train", folder / "red/recipe.yaml", "--register", "m", workspace=red)  # a second version that is not live
            broken = folder / "broken.yaml"
            broken.write_text("workspace: broken\nmodells: {}\n")

            def both():
                listed = pilot("models", folder / "green", red)[0]["workspaces"]
                return listed if all(m["endpoint"]["serves"] == 1 for w in listed for m in w["models"]) else None
            listed = until("both endpoints serve", 30, both)
            check([w["workspace"] for w in listed] == ["green", "red"] and not any(w["error"] or w["problems"] for w in listed), f"{listed}")
            good, bad = (w["models"][0] for w in listed)
            check((good["champion"], good["latest"], bad["champion"], bad["latest"]) == (1, 1, 1, 2), f"versions: {good}, {bad}")
            for m in (good, bad):
                h = m["headline"]
                check(h["metric"] == "mae" and 0 < h["value"] < 1 and h["rows"] == 80 and h["source"] == "local" and h["time"], f"figure: {h}")
                check(0 <= m["age_s"] < 600 and not m["stale"] and m["stale_after"] == "36h", f"age: {m}")
                check(m["skew"]["state"] == "agrees" and m["endpoint"]["state"] == "stable", f"served: {m}")
                check(m["drift"]["verdict"] in ("not told", "too few rows"), f"drift: {m['drift']}")
            check(not good["headline"]["over"] and good["health"] == "ok", f"{good}")
            check(bad["headline"]["over"] and bad["headline"]["max"] == 0.001 and bad["health"] == "bad", f"{bad}")

            stop_server(folder / "red")
            told, code = pilot("models", broken, red, folder / "nowhere", workspace=green, expect=None)
            names = [(w["workspace"], bool(w["error"]), len(w["models"])) for w in told["workspaces"]]
            check(code != 0 and [n[1:] for n in names] == [(False, 1), (True, 0), (False, 1), (True, 0)] and names[0][0] == "green" and names[2][0] == "red", f"{code} {names}")
            check("modells" in str(told["workspaces"][1]["error"]), f"{told['workspaces'][1]}")
            down = told["workspaces"][2]["models"][0]
            check(down["endpoint"]["state"] == "unreachable" and any("does not answer" in a["title"] for a in down["alerts"]), f"{down}")
            text = subprocess.run([PILOT, "models", str(green), str(broken)], capture_output=True, text=True, timeout=60).stdout
            check("workspace" in text.splitlines()[0] and "local, 80 rows" in text and f"{broken} cannot be read" in text, text)
            return f"two in one list (mae {good['headline']['value']:.3f} on {good['headline']['rows']} rows), two that cannot be read beside them"
        finally:
            for name in ("green", "red"):
                stop_server(folder / name)


run(main)
