#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""spark_profile.py: resources/python/spark_profile.py over several partitions gives the profile that pilot makes of all rows at once. The partitions are profiled and added up by
the real pilot; where a Python with pyspark 3.5 is (build/spark-venv, and a Java), by real Spark executors, too."""
import csv
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "resources/python/spark_profile.py"
PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(ROOT / "build/dev/bin/pilot")
SPARK = ROOT / "build/spark-venv/bin/python"
NAMES, CATEGORIES = ["a", "b", "kind"], ["kind"]
sys.path.insert(0, str(SCRIPT.parent))
import spark_profile  # noqa: E402


def rows():
    draw = random.Random(3)
    return [[draw.gauss(0, 1), None if i % 13 == 0 else draw.randrange(50), draw.choice(["x", "y, z", 'w "q"', "7"])] for i in range(9000)]


def same(merged, whole, what):
    assert merged["rows"] == whole["rows"], (what, merged["rows"], whole["rows"])
    for column in whole["columns"]:
        other = next(c for c in merged["columns"] if c["name"] == column["name"])
        keys = ["kind", "present", "missing", "min", "max"] if column["kind"] == "number" else ["kind", "present", "missing", "categories", "counts", "other"]
        for key in keys:
            assert other.get(key) == column.get(key), (what, column["name"], key, other.get(key), column.get(key))
        if column["kind"] == "number":
            assert abs(other["mean"] - column["mean"]) < 1e-9, (what, column["name"])


def read(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def main():
    if not pathlib.Path(PILOT).exists():
        print("pilot is not built")
        return 77
    data = rows()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with open(folder / "rows.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([NAMES] + [["" if v is None else v for v in row] for row in data])
        spark_profile.pilot(PILOT, "profile", folder / "rows.csv", "--out", folder / "whole.json", "--categorical", "kind")
        whole = read(folder / "whole.json")

        parts = [data[:1000], [], data[1000:4500], data[4500:]]
        texts = [text for part in parts for text in spark_profile.profile_of(part, NAMES, CATEGORIES, PILOT, None)]
        assert len(texts) == 3, len(texts)
        spark_profile.merge(texts, PILOT, folder / "merged.json")
        same(read(folder / "merged.json"), whole, "partitions")

        bins = (folder / "whole.json").read_text(encoding="utf-8")
        spark_profile.merge([text for part in parts for text in spark_profile.profile_of(part, NAMES, CATEGORIES, PILOT, bins)], PILOT, folder / "binned.json")
        report = json.loads(subprocess.run([PILOT, "drift", "--reference", folder / "whole.json", "--current", folder / "binned.json", "--json"], capture_output=True, text=True, check=True).stdout)
        assert not report["drifted"] and max(c["psi"] for c in report["columns"]) < 1e-4, report

        try:
            spark_profile.merge(["{}"], PILOT, folder / "bad.json")
            raise AssertionError("no profile was taken for one")
        except RuntimeError as said:
            assert "profile" in str(said)
        if not SPARK.exists():
            print("ok; Spark itself was not tried: build/spark-venv with pyspark 3.5 is not there")
            return 0
        env = dict(os.environ, PYSPARK_PYTHON=str(SPARK), PYSPARK_SUBMIT_ARGS="--conf spark.sql.files.maxPartitionBytes=100000 --conf spark.ui.enabled=false pyspark-shell", SPARK_LOCAL_IP="127.0.0.1")
        done = subprocess.run([SPARK, SCRIPT, "--format", "csv", "--pilot", PILOT, folder / "rows.csv", folder / "spark.json"], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        same(read(folder / "spark.json"), whole, "Spark")
        print("ok, with Spark")
    return 0


if __name__ == "__main__":
    sys.exit(main())
