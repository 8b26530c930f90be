#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""score_large.py [MILLIONS]: `pilot score` and `pilot profile` of files that grow: peak memory does not. A small and a large file are scored;
the larger one takes no more memory but for what threads and buffers differ in, its predictions of the rows that both have are the same
bytes, and nothing but the finished file is ever there. What needs the whole table says so before memory runs out."""
import os
import subprocess
import tempfile

from loop_lib import PILOT, check, json, pathlib, run, write_recipe, write_regression

SLACK = 48 << 20  # bytes by which two runs of the same work may differ: stacks of threads, the allocator's arenas, blocks that wait on a busy machine


def measured(*arguments, expect=0):
    """(object, peak of resident memory in bytes, standard error) of a verb."""
    child = subprocess.Popen([PILOT, *map(str, arguments), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    stdout, stderr = child.stdout.read(), child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    check(child.returncode == expect, f"{arguments} ended with {child.returncode}, expected {expect}: {stdout[-800:]}{stderr[-800:]}")
    return json.loads(stdout), used.ru_maxrss * 1024, stderr


def repeated(path, rows, body, header):
    """A file of so many rows, and its size."""
    lines = body.splitlines(keepends=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(header)
        for _ in range(rows // len(lines)):
            out.write(body)
    return os.path.getsize(path)


def left_over(folder):
    return [p.name for p in folder.iterdir() if ".tmp-" in p.name]


def main(millions):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "train.csv", 2000)
        write_recipe(folder / "recipe.yaml", "train.csv", "  - random_forest: {n_estimators: 10, max_depth: 6}")
        measured("train", folder / "recipe.yaml", "--out", folder / "model")
        header, body = (folder / "train.csv").read_text().split("\n", 1)
        small, large = 100_000, millions * 1_000_000
        repeated(folder / "small.csv", small, body, header + "\n")
        size = repeated(folder / "large.csv", large, body, header + "\n")
        table = 8 * large * (header.count(",") + 1)
        check(table > 3 * SLACK, f"a table of {table >> 20} MiB proves nothing")
        few, few_peak, _ = measured("score", folder / "model", "--data", folder / "small.csv", "--out", folder / "small.out")
        many, many_peak, _ = measured("score", folder / "model", "--data", folder / "large.csv", "--out", folder / "large.out")
        check(few["rows"] == small and many["rows"] == large and many["streamed"], f"rows: {few['rows']}, {many['rows']}")
        check(many_peak < few_peak + SLACK, f"{large} rows took {many_peak >> 20} MiB, {small} rows {few_peak >> 20} MiB")
        with open(folder / "small.out", "rb") as a, open(folder / "large.out", "rb") as b:
            head = a.read()
            check(b.read(len(head)) == head, "the first rows of the larger file were scored otherwise")
        check(not left_over(folder), f"left over: {left_over(folder)}")

        # As if there were little memory: the table is refused, the profile is read in blocks.
        limit = few_peak + SLACK
        refused, _, stderr = measured("evaluate", folder / "model", "--data", folder / "large.csv", "--max-memory", limit, expect=1)
        check(refused["error"]["kind"] == "refused" and "A table of about" in stderr and "--max-memory" in stderr, f"evaluate: {stderr}")
        trained, _, stderr = measured("train", folder / "recipe.yaml", "--data", folder / "large.csv", "--out", folder / "never", "--max-memory", limit, expect=1)
        check(trained["error"]["kind"] == "refused" and "Training random_forest on about" in stderr and not (folder / "never").exists(), f"train: {stderr}")
        profile, profile_peak, _ = measured("profile", folder / "large.csv", "--max-memory", limit)
        check(profile["rows"] == large and "read in blocks" in " ".join(profile["report"]["notes"]), f"profile: {profile['report']['notes']}")
        check(profile_peak < limit, f"the profile in blocks took {profile_peak >> 20} MiB of {limit >> 20}")
        exact, exact_peak, _ = measured("profile", folder / "large.csv")
        for blocks, whole in zip(profile["columns"], exact["columns"]):
            check(blocks["min"] == whole["min"] and blocks["max"] == whole["max"] and abs(blocks["mean"] - whole["mean"]) < 1e-9 * abs(whole["mean"]) + 1e-12, f"{blocks} and {whole}")
            spread = whole["quantiles"]["q75"] - whole["quantiles"]["q25"]
            check(abs(blocks["quantiles"]["median"] - whole["quantiles"]["median"]) < 0.01 * spread, f"{blocks} and {whole}")
        check(profile["repeated_rows"] == exact["repeated_rows"], f"repeated rows: {profile['repeated_rows']} and {exact['repeated_rows']}")
        return (f"{large} rows ({size >> 20} MiB) scored with {many_peak >> 20} MiB, {small} rows with {few_peak >> 20} MiB; "
                f"profile in blocks {profile_peak >> 20} MiB, of the table {exact_peak >> 20} MiB")


run(main)
