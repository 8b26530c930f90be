#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""spark-submit spark_profile.py [--format parquet|csv] [--bins PROFILE.json] [--pilot PILOT] SOURCE OUT.json

The drift profile of a table that Spark reads: each partition is profiled where it lies, by `pilot profile` on the executor's machine, and the driver adds the
profiles up (`pilot profile --merge`). Nothing but these small files leaves the executors. The result is what `pilot profile --out` would have made of all rows:
compare it with `pilot drift --reference … --current OUT.json`. `pilot` has to be on the executors (the console's container image has it, or --archives).
"""
import argparse
import csv
import os
import pathlib
import subprocess
import tempfile

BINS = "bins.json"


def pilot(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words[:3]))} ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")


def profile_of(rows, names, categories, program, bins):
    """The profile of one partition's rows, as its text; nothing for a partition without rows."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        data, out = pathlib.Path(folder) / "part.csv", pathlib.Path(folder) / "part.json"
        with open(data, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerow(["" if value is None else value for value in first])
            writer.writerows(["" if value is None else value for value in row] for row in rows)
        more = [word for name in categories for word in ("--categorical", name)]
        if bins is not None:
            (pathlib.Path(folder) / BINS).write_text(bins, encoding="utf-8")
            more += ["--bins", pathlib.Path(folder) / BINS]
        pilot(program, "profile", data, "--out", out, "--delimiter", ",", "--decimal", ".", *more)
        yield out.read_text(encoding="utf-8")


def merge(profiles, program, out):
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for i, text in enumerate(profiles):
            parts.append(pathlib.Path(folder) / f"part-{i}.json")
            parts[-1].write_text(text, encoding="utf-8")
        if not parts:
            raise SystemExit("The source has no rows.")
        pilot(program, "profile", "--merge", *parts, "--out", out, "--force")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("out")
    parser.add_argument("--format", default="parquet")
    parser.add_argument("--bins", help="count numbers in the bins of this profile")
    parser.add_argument("--pilot", default=os.environ.get("PILOT", "pilot"))
    asked = parser.parse_args()
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("pilot profile").getOrCreate()
    reader = spark.read.format(asked.format)
    frame = (reader.options(header=True, inferSchema=True, escape='"') if asked.format == "csv" else reader).load(asked.source)
    names = frame.columns
    categories = [name for name, kind in frame.dtypes if kind in ("string", "boolean")]
    program, bins = asked.pilot, pathlib.Path(asked.bins).read_text(encoding="utf-8") if asked.bins else None
    merge(frame.rdd.mapPartitions(lambda rows: profile_of(rows, names, categories, program, bins)).collect(), program, asked.out)
    spark.stop()


if __name__ == "__main__":
    main()
