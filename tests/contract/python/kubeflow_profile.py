#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kubeflow_profile.py: the compiled pipeline that is shipped (resources/kubeflow/profile_shards.yaml) is played as Kubeflow plays it: its loop over the shards, the inputs from where
the file says that they come, the executor's command with its placeholders filled in. The real pilot runs it, once a shard, and the profiles added up are that of all rows. Where
kfp is (build/kfp-venv with kfp and kfp-kubernetes 2.17), the file is what its source compiles to, and a PipelineSpec field by field."""
import base64
import csv
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
SOURCE = ROOT / "resources/kubeflow/profile_shards.py"
COMPILED = SOURCE.with_suffix(".yaml")
PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(ROOT / "build/dev/bin/pilot")
KFP = ROOT / "build/kfp-venv/bin/python"
sys.path += map(str, (ROOT / "build/python-venv").glob("lib/python*/site-packages"))
try:
    import yaml
except ImportError:
    yaml = None

COMPILE = """
import json, runpy, sys, yaml
from google.protobuf import json_format
from kfp import compiler
from kfp.pipeline_spec import pipeline_spec_pb2
source, compiled, out = sys.argv[1:]
module = runpy.run_path(source)
compiler.Compiler().compile(module["profile_shards"], out)
with open(compiled) as ours, open(out) as theirs:
    ours, theirs = list(yaml.safe_load_all(ours)), list(yaml.safe_load_all(theirs))
for one in ours + theirs:
    one.pop("sdkVersion", None)
assert ours == theirs, "the file is not what its source compiles to"
json_format.ParseDict(ours[0], pipeline_spec_pb2.PipelineSpec())
json_format.ParseDict(ours[1], pipeline_spec_pb2.PlatformSpec())
"""


class Played:
    """What Kubeflow makes of a spec: a list of (words, artifacts, where in the pipeline), one an iteration."""

    def __init__(self, spec, given, folder):
        self.spec, self.folder, self.images = spec, folder, []
        known = spec["root"]["inputDefinitions"]["parameters"]
        assert set(given) <= set(known), set(given) - set(known)
        values = {}
        for name, definition in known.items():
            assert name in given or "defaultValue" in definition, f"{name} is missing"
            values[name] = given.get(name, definition.get("defaultValue"))
        self.commands = list(self.dag(spec["root"]["dag"], values, "root"))

    def dag(self, dag, values, where):
        for name, task in dag["tasks"].items():
            component = self.spec["components"][task["componentRef"]["name"]]
            inputs = {}
            for key, source in task.get("inputs", {}).get("parameters", {}).items():
                inputs[key] = source["runtimeValue"]["constant"] if "runtimeValue" in source else values.get(source["componentInputParameter"])
            iterator = task.get("parameterIterator")
            rounds = [inputs] if iterator is None else [dict(inputs, **{iterator["itemInput"]: item}) for item in inputs[iterator["items"]["inputParameter"]]]
            for index, one in enumerate(rounds):
                self.check(component, one, name)
                here = f"{where}/{name}-{index}"
                if "dag" in component:
                    yield from self.dag(component["dag"], {key: value for key, value in one.items() if value is not None}, here)
                else:
                    yield self.command(component, one, here)

    def check(self, component, inputs, name):
        kinds = {"STRING": str, "LIST": list}
        for key, definition in component.get("inputDefinitions", {}).get("parameters", {}).items():
            if key in inputs:
                assert isinstance(inputs[key], kinds[definition["parameterType"]]), (name, key, inputs[key])

    def command(self, component, inputs, where):
        container = self.spec["deploymentSpec"]["executors"][component["executorLabel"]]["container"]
        artifacts = {name: self.folder / where / name for name in component["outputDefinitions"]["artifacts"]}
        for path in artifacts.values():
            path.parent.mkdir(parents=True, exist_ok=True)  # as the launcher does

        def filled(text):
            text = re.sub(r"\{\{\$\.inputs\.parameters\['([^']+)'\]\}\}", lambda m: str(inputs[m[1]]), text)
            text = re.sub(r"\{\{\$\.outputs\.artifacts\['([^']+)'\]\.path\}\}", lambda m: str(artifacts[m[1]]), text)
            assert "{{" not in text, text
            return text

        self.images.append(filled(container["image"]))
        return [filled(word) for word in container["command"] + container["args"]], artifacts, where


def rows():
    draw = random.Random(5)
    return [[draw.gauss(0, 1), "" if i % 11 == 0 else draw.randrange(40), draw.choice(["x", "y, z", "-7"])] for i in range(6000)]


def pilot(*words):
    done = subprocess.run([PILOT, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


def read(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def same(merged, whole):
    assert merged["rows"] == whole["rows"] and len(merged["columns"]) == len(whole["columns"])
    for column in whole["columns"]:
        other = next(c for c in merged["columns"] if c["name"] == column["name"])
        keys = ["kind", "present", "missing", "min", "max"] if column["kind"] == "number" else ["kind", "present", "missing", "categories", "counts", "other"]
        for key in keys:
            assert other.get(key) == column.get(key), (column["name"], key, other.get(key), column.get(key))
        if column["kind"] == "number":
            assert abs(other["mean"] - column["mean"]) < 1e-9, column["name"]


def shards_made(spec, folder, files, **more):
    """The profiles of all iterations, each run as its pod runs it."""
    played = Played(spec, {"shards": [str(file) for file in files], "image": "registry.example/pilot:1", **more}, folder)
    assert len(played.commands) == len(files), played.commands
    assert set(played.images) == {"registry.example/pilot:1"}, played.images
    made = []
    for (words, artifacts, _), file in zip(played.commands, files):
        assert words[0] == "pilot", words
        events = [json.loads(line) for line in pilot(*words[1:]).splitlines()]
        answer = next(event["result"] for event in events if event["event"] == "result")
        assert answer["files"] == [str(file)], answer["files"]
        path = artifacts["profile"]
        packed = json.loads(zlib.decompress(base64.b64decode(answer["profile"])[4:]))  # behind its length, as the console unpacks it
        assert packed == read(path), file
        made.append(path)
    return made


def main():
    if not pathlib.Path(PILOT).exists():
        print("pilot is not built")
        return 77
    if yaml is None:
        print("Python has no yaml: build/python-venv is missing")
        return 77
    with open(COMPILED, encoding="utf-8") as file:
        spec, platform = yaml.safe_load_all(file)
    assert [bool(task.get("parameterIterator")) for task in spec["root"]["dag"]["tasks"].values()] == [True]
    secret = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]["exec-profile"]["secretAsEnv"][0]
    loop = spec["components"][next(iter(spec["root"]["dag"]["tasks"].values()))["componentRef"]["name"]]
    assert secret["optional"] and secret["secretNameParameter"]["componentInputParameter"] in loop["inputDefinitions"]["parameters"]

    data = rows()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        files = [folder / name for name in ("a.csv", "b.csv", "c d.csv")]
        parts = [data[:900], data[900:3500], data[3500:]]
        for file, part in list(zip(files, parts)) + [(folder / "rows.csv", data)]:
            with open(file, "w", newline="", encoding="utf-8") as out:
                csv.writer(out).writerows([["a", "b", "kind"]] + part)
        pilot("profile", folder / "rows.csv", "--out", folder / "whole.json")
        whole = read(folder / "whole.json")
        pilot("profile", "--merge", *shards_made(spec, folder / "plain", files), "--out", folder / "merged.json")
        same(read(folder / "merged.json"), whole)

        pilot("profile", "--merge", *shards_made(spec, folder / "binned", files, bins=str(folder / "whole.json")), "--out", folder / "binned.json")
        same(read(folder / "binned.json"), whole)
        report = json.loads(pilot("drift", "--reference", folder / "whole.json", "--current", folder / "binned.json", "--json"))
        assert not report["drifted"] and max(c["psi"] for c in report["columns"]) < 1e-4, report

        if not KFP.exists():
            print("ok; its source was not compiled: build/kfp-venv with kfp 2.17 is not there")
            return 0
        done = subprocess.run([KFP, "-c", COMPILE, SOURCE, COMPILED, folder / "again.yaml"], capture_output=True, text=True, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
        assert done.returncode == 0, done.stderr[-2000:]
        print("ok, with kfp")
    return 0


if __name__ == "__main__":
    sys.exit(main())
