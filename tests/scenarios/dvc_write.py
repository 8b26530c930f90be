#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dvc_write.py: what a pipeline does with `dvc add`, `dvc push` and `dvc metrics`, done with `pilot`: data is tracked and sent, a candidate is
trained on it, its metrics go into a file, both are taken back by `pilot undo`, and an earlier revision becomes the data of a new candidate.
Where DVC itself is found (PILOTHOUSE_DVC, build/python-venv, PATH), it must find everything as if it had done it; a moto_server found the
same way (PILOTHOUSE_MOTO) is sent a file, takes it back, and gives an earlier version as data."""
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

from loop_lib import PILOT, check, json, pathlib, pilot, run, write_recipe, write_regression, write_workspace

VENV = pathlib.Path(__file__).resolve().parents[2] / "build/python-venv/bin"


def program(variable, name):
    return os.environ.get(variable) or shutil.which(name, path=VENV) or shutil.which(name)


def git(repo, *arguments):
    done = subprocess.run(["git", "-C", repo, "-c", "user.name=t", "-c", "user.email=t@t", *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def dvc(repo, *arguments):
    done = subprocess.run([program("PILOTHOUSE_DVC", "dvc"), *arguments], cwd=repo, capture_output=True, text=True, timeout=120, env={**os.environ, "DVC_NO_ANALYTICS": "1"})
    check(done.returncode == 0, f"dvc {arguments}: {done.stdout}{done.stderr}")
    return done.stdout


def objects(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()) if folder.exists() else []


def repository(folder):
    repo = folder / "repo"
    (repo / ".dvc").mkdir(parents=True)
    (repo / ".dvc/config").write_text("[core]\n    remote = store\n['remote \"store\"']\n    url = ../../remote\n")
    (repo / ".dvc/.gitignore").write_text("/config.local\n/tmp\n/cache\n")
    subprocess.run(["git", "init", "-q", "-b", "main", repo], check=True)
    (repo / "data/images").mkdir(parents=True)
    return repo


def tracked_and_sent(folder, repo, workspace):
    digests = []
    for revision, seed in (("v1", 1), ("v2", 2)):
        write_regression(repo / "data/d.csv", 3000, seed=seed)
        digests.append(hashlib.md5((repo / "data/d.csv").read_bytes()).hexdigest())
        for name in ("a b.csv", "ü.csv"):
            (repo / "data/images" / name).write_text(f"{name} {seed}\r\n")
        plan, _ = pilot("data", "add", repo / "data/d.csv", "--plan", workspace=workspace)
        check(plan["operation"] is None and plan["plan"][0]["verb"] == "ADD" and digests[-1] in plan["plan"][0]["effect"], f"plan: {plan}")
        added, _ = pilot("data", "add", repo / "data/d.csv", workspace=workspace)
        check(added["done"] and added["steps"][0]["after"]["md5"] == digests[-1], f"add: {added}")
        pilot("data", "add", repo / "data/images", workspace=workspace)
        git(repo, "add", "-A")
        git(repo, "commit", "-qm", revision)
        git(repo, "tag", revision)
        sent, _ = pilot("data", "push", repo / "data/d.csv.dvc", workspace=workspace)
        check(sent["steps"][0]["after"]["sent"] == 1, f"push: {sent}")
        pilot("data", "push", f"dvc:{repo}/data/images", workspace=workspace)
    check("data/d.csv" not in git(repo, "ls-files").split(), "Git took the data itself")
    again, _ = pilot("data", "push", f"dvc:{repo}/data/d.csv", workspace=workspace)
    check(again["operation"] is None and again["done"], f"a second push does something: {again}")
    unchanged, _ = pilot("data", "add", repo / "data/d.csv", workspace=workspace)
    check(unchanged["operation"] is None and unchanged["done"], f"a second add does something: {unchanged}")
    return digests


def read_by_dvc(folder, repo):
    if not program("PILOTHOUSE_DVC", "dvc"):
        print("no dvc here: what it says is not asked")
        return
    status = dvc(repo, "status")
    check("up to date" in status, f"dvc status: {status}")
    check("in sync" in dvc(repo, "status", "--cloud"), "dvc finds that the remote lacks something")
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", repo, clone], check=True)
    dvc(clone, "pull", "-q")
    for name in ("data/d.csv", "data/images/a b.csv", "data/images/ü.csv"):
        check((clone / name).read_bytes() == (repo / name).read_bytes(), f"dvc pull brought another {name}")
    before = (repo / "data/images.dvc").read_bytes(), (repo / "data/d.csv.dvc").read_bytes(), (repo / "data/.gitignore").read_bytes()
    dvc(repo, "add", "-q", "data/images", "data/d.csv")
    check(before == ((repo / "data/images.dvc").read_bytes(), (repo / "data/d.csv.dvc").read_bytes(), (repo / "data/.gitignore").read_bytes()), "dvc add writes other files")
    print("dvc", dvc(repo, "--version").strip(), "reads it")


def candidates(folder, repo, workspace, digests):
    """The newest data, then an earlier revision as data of a new candidate; the metrics of each."""
    write_recipe(repo / "recipe.yaml", "data/d.csv.dvc", "  - ridge: {alpha: 1}")
    newest, _ = pilot("train", repo / "recipe.yaml", "--register", "m", "--metrics-out", repo / "metrics.json", workspace=workspace)
    written = json.loads((repo / "metrics.json").read_text())
    check(written == {k: v for k, v in newest["metrics"]["test"].items() if v is not None} and written["r2"] > 0.9, f"metrics: {written}")
    check(list(written) == sorted(written) and not list(repo.glob("metrics.json?*")), "order, or a temporary file")
    earlier, _ = pilot("train", repo / "recipe.yaml", "--data-version", "v1", "--register", "m", workspace=workspace)
    check((newest["registered"]["version"], earlier["registered"]["version"]) == (1, 2), f"candidates: {newest['registered']} {earlier['registered']}")
    data = json.loads((pathlib.Path(earlier["package"]) / "data.json").read_text())
    check(data["md5"] == digests[0] and data["origin"]["revision"] == "v1", f"the earlier data: {data}")
    judged, _ = pilot("evaluate", newest["package"], "--data", repo / "data/d.csv", "--metrics-out", repo / "judged.json")
    check(json.loads((repo / "judged.json").read_text()) == {k: v for k, v in judged["metrics"].items() if v is not None}, "the metrics of evaluate")
    refused = subprocess.run([PILOT, "train", repo / "recipe.yaml", "--metrics-out", repo], capture_output=True, text=True, timeout=60)
    check(refused.returncode == 2 and "--metrics-out" in refused.stderr, f"a folder for a file: {refused.stderr}")
    if program("PILOTHOUSE_DVC", "dvc"):
        (repo / "dvc.yaml").write_text("metrics:\n- metrics.json\n")
        shown = json.loads(dvc(repo, "metrics", "show", "--json"))
        check(shown[""]["data"]["metrics.json"]["data"]["r2"] == written["r2"], f"dvc metrics: {shown}")
        (repo / "dvc.yaml").unlink()


def taken_back(folder, repo, workspace):
    kept = objects(folder / "remote")
    dvc_file, ignored = (repo / "data/d.csv.dvc").read_bytes(), (repo / "data/.gitignore").read_bytes()
    write_regression(repo / "data/d.csv", 3000, seed=3)
    (repo / "data/new.csv").write_text("1\n")
    changed, _ = pilot("data", "add", repo / "data/d.csv", workspace=workspace)
    new, _ = pilot("data", "add", repo / "data/new.csv", workspace=workspace)
    sent, _ = pilot("data", "push", f"dvc:{repo}/data/d.csv", workspace=workspace)
    check(len(objects(folder / "remote")) == len(kept) + 1, "the push made no object")
    shown, _ = pilot("undo", sent["operation"], "--plan", workspace=workspace)
    check(shown["plan"][0]["verb"] == "DELETE" and len(objects(folder / "remote")) == len(kept) + 1, f"undo --plan: {shown}")
    pilot("undo", sent["operation"], "--comment", "the wrong file", workspace=workspace)
    check(objects(folder / "remote") == kept, "the push was not taken back")
    pilot("undo", sent["operation"], workspace=workspace, expect=1)
    for operation in (new["operation"], changed["operation"]):
        pilot("undo", operation, workspace=workspace)
    check((repo / "data/d.csv.dvc").read_bytes() == dvc_file and (repo / "data/.gitignore").read_bytes() == ignored and not (repo / "data/new.csv.dvc").exists(), "the addition was not taken back")
    check((repo / "data/new.csv").read_text() == "1\n", "the data itself was touched")
    pilot("undo", new["operation"], workspace=workspace, expect=1)
    verified, _ = pilot("journal", "verify", workspace=workspace)
    check(verified["intact"], f"journal: {verified}")


def of_stages(repo, workspace):
    """Outputs of two stages, made by hand and not by `dvc repro`: the entry of each is updated, and taken back, by itself."""
    stages = repo / "stages"
    stages.mkdir()
    md5 = lambda path: hashlib.md5(path.read_bytes()).hexdigest()
    (stages / "dvc.yaml").write_text("stages:\n  make:\n    cmd: python make.py\n    outs:\n    - made.csv\n  cut:\n    cmd: python cut.py\n    deps:\n    - made.csv\n    outs:\n    - cut.csv\n")
    for name in ("made.csv", "cut.csv"):
        (stages / name).write_text(f"{name}\n")
    entry = lambda name: f"    - path: {name}\n      hash: md5\n      md5: {md5(stages / name)}\n      size: {(stages / name).stat().st_size}\n"
    locked = f"schema: '2.0'\nstages:\n  make:\n    cmd: python make.py\n    outs:\n{entry('made.csv')}  cut:\n    cmd: python cut.py\n    deps:\n{entry('made.csv')}    outs:\n{entry('cut.csv')}"
    lock = stages / "dvc.lock"
    lock.write_text(locked)
    old = {name: entry(name) for name in ("made.csv", "cut.csv")}
    for name in old:
        (stages / name).write_text(f"another {name}\n")
    plan, _ = pilot("data", "add", stages / "made.csv", "--plan", workspace=workspace)
    check(plan["plan"][0]["verb"] == "COMMIT" and plan["plan"][0]["object"] == "stages/dvc.lock" and lock.read_text() == locked, f"plan: {plan}")
    made, _ = pilot("data", "add", stages / "made.csv", workspace=workspace)
    cut, _ = pilot("data", "add", stages / "cut.csv", workspace=workspace)
    wanted = locked.replace(old["made.csv"], entry("made.csv"), 1).replace(old["cut.csv"], entry("cut.csv"))
    check(lock.read_text() == wanted, f"dvc.lock: {lock.read_text()}")
    check((stages / ".gitignore").read_text() == "/made.csv\n/cut.csv\n", ".gitignore of the stages")
    if program("PILOTHOUSE_DVC", "dvc"):
        status = json.loads(dvc(repo, "status", "--json", "stages/dvc.yaml"))
        check("changed outs" not in json.dumps(status) and "changed deps" in json.dumps(status), f"dvc status of the stages: {status}")
    pilot("data", "push", f"dvc:{lock}", workspace=workspace)
    pilot("undo", made["operation"], workspace=workspace)
    check(lock.read_text() == locked.replace(old["cut.csv"], entry("cut.csv")), "the first entry was not taken back by itself")
    pilot("undo", cut["operation"], workspace=workspace)
    check(lock.read_text() == locked, "the entries were not taken back")


def by_s3(folder):
    server = program("PILOTHOUSE_MOTO", "moto_server")
    if not server:
        print("no moto_server here: S3 is not asked")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = folder / "s3"
    place.mkdir()
    os.environ.update(AWS_ACCESS_KEY_ID="pilothouse", AWS_SECRET_ACCESS_KEY="pilothouse-secret", AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}", AWS_REGION="us-east-1")
    process = subprocess.Popen([server, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place)
    try:
        s3_steps(place, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def s3_steps(place, url):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url + "/moto-api/", timeout=5).read()
            break
        except OSError:
            time.sleep(0.1)
    workspace = write_workspace(place)
    write_regression(place / "d.csv", 3000, seed=1)
    first, _ = pilot("data", "push", place / "d.csv", "s3://candidates/d.csv", "--create-bucket", workspace=workspace)
    pilot("undo", first["operation"], workspace=workspace)
    gone, _ = pilot("data", "list", "s3://candidates/")
    check(gone["objects"] == [], f"the push was not taken back: {gone}")
    pilot("undo", first["operation"], workspace=workspace, expect=1)
    body = b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>'
    signed = "AWS4-HMAC-SHA256 Credential=pilothouse/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"  # moto verifies none
    enable = urllib.request.Request(f"{url}/candidates?versioning=", data=body, method="PUT", headers={"Authorization": signed, "Content-Type": "application/xml"})
    urllib.request.urlopen(enable, timeout=10).read()
    digests, pushes = [], []
    for seed in (1, 2):
        write_regression(place / "d.csv", 3000, seed=seed)
        digests.append(hashlib.md5((place / "d.csv").read_bytes()).hexdigest())
        pushes.append(pilot("data", "push", place / "d.csv", "s3://candidates/d.csv", workspace=workspace)[0])
    versions, _ = pilot("data", "versions", "s3://candidates/d.csv")
    check([v["etag"] for v in versions["versions"]] == digests[::-1], f"versions: {versions}")
    oldest = versions["versions"][1]["version"]
    write_recipe(place / "recipe.yaml", "'s3://candidates/d.csv'", "  - ridge: {alpha: 1}")
    pilot("train", place / "recipe.yaml", "--register", "m", workspace=workspace)
    earlier, _ = pilot("train", place / "recipe.yaml", "--data-version", oldest, "--register", "m", workspace=workspace)
    data = json.loads((pathlib.Path(earlier["package"]) / "data.json").read_text())
    check(earlier["registered"]["version"] == 2 and data["md5"] == digests[0] and data["origin"]["version"] == oldest, f"the earlier version as data: {data}")
    pilot("data", "get", "s3://candidates/d.csv", "--data-version", oldest, "--out", place / "old.csv")
    check(hashlib.md5((place / "old.csv").read_bytes()).hexdigest() == digests[0], "get of the earlier version")
    pilot("undo", pushes[0]["operation"], workspace=workspace, expect=1)  # another version lies above it
    pilot("undo", pushes[1]["operation"], workspace=workspace)
    back, _ = pilot("data", "versions", "s3://candidates/d.csv")
    check([v["version"] for v in back["versions"]] == [oldest], f"the newest version was not taken back: {back}")
    print("S3 took it back and gave the earlier version")


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        os.environ.update(PILOTHOUSE_CACHE=str(folder / "cache"), XDG_CONFIG_HOME=str(folder / "config"), GIT_CONFIG_GLOBAL="/dev/null")
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
            os.environ.pop(name, None)
        os.environ.update(AWS_SHARED_CREDENTIALS_FILE="/nonexistent", AWS_CONFIG_FILE="/nonexistent")
        os.chdir(folder)
        repo = repository(folder)
        workspace = write_workspace(folder)
        digests = tracked_and_sent(folder, repo, workspace)
        read_by_dvc(folder, repo)
        candidates(folder, repo, workspace, digests)
        taken_back(folder, repo, workspace)
        of_stages(repo, workspace)
        by_s3(folder)
        return "data was tracked, sent, trained on and taken back; an earlier revision made another candidate"


run(main)
