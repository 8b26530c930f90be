#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""data_sources.py: data by HTTP and from a DVC repository, through the verbs that take data. A model is trained on an address, judged and
scored on it, its package says where the rows came from; a second training uses the copy; an earlier Git revision of DVC's data makes
another candidate; a changed or missing object is an error with its name."""
import functools
import hashlib
import http.server
import os
import subprocess
import tempfile
import threading

from loop_lib import PILOT, check, json, pathlib, pilot, run, stop_server, write_recipe, write_regression, write_workspace


class Quiet(http.server.SimpleHTTPRequestHandler):
    sent = 0

    def log_message(self, *_):
        pass

    def log_request(self, code="-", size="-"):
        if str(int(code)) == "200":
            Quiet.sent += 1


def package_of(folder):
    return json.loads((folder / "data.json").read_text()), (folder / "MODEL_CARD.md").read_text()


def fails(word, code, *arguments):
    """The verb ends with `code`, and its error says `word`."""
    done = subprocess.run([PILOT, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    check(done.returncode == code, f"{arguments} ended with {done.returncode}, expected {code}: {done.stderr}")
    check(word in done.stderr, f"{arguments} does not say “{word}”: {done.stderr}")


def by_http(folder, url):
    write_recipe(folder / "http.yaml", f"'{url}/d.csv'", "  - ridge: {alpha: 1}")
    first, _ = pilot("train", folder / "http.yaml", "--out", folder / "one")
    data, card = package_of(folder / "one")
    check(data["source"] == f"{url}/d.csv" and data["origin"]["kind"] == "http" and data["origin"]["url"] == f"{url}/d.csv", f"origin: {data}")
    check(f"Data fetched from: url {url}/d.csv" in card, "the model card does not say where the rows came from")
    check(data["sha256"] == hashlib.sha256((folder / "served/d.csv").read_bytes()).hexdigest() == data["origin"]["sha256"], "digest")
    sent = Quiet.sent
    second, _ = pilot("train", folder / "http.yaml", "--out", folder / "two")
    check(Quiet.sent == sent, "the unchanged file was sent again")
    check(package_of(folder / "two")[0]["origin"]["from_cache"], "the copy was not used")
    local, _ = pilot("train", folder / "http.yaml", "--data", folder / "served/d.csv", "--out", folder / "local")
    check(first["metrics"]["test"] == second["metrics"]["test"] == local["metrics"]["test"], "a copy trains another model than the file")
    judged, _ = pilot("evaluate", folder / "one", "--data", f"{url}/d.csv")
    check(judged["rows"] == 600 and judged["origin"]["sha256"] == data["sha256"], f"evaluate: {judged}")
    scored, _ = pilot("score", folder / "one", "--data", f"{url}/d.csv", "--out", folder / "out.csv")
    check(scored["rows"] == 3000, f"score: {scored}")
    explained, _ = pilot("explain", folder / "one", "--data", f"{url}/d.csv", "--row", 3)
    at_home, _ = pilot("explain", folder / "one", "--data", folder / "served/d.csv", "--row", 3)
    check(explained["data"] == f"{url}/d.csv" and explained["origin"]["sha256"] == data["sha256"], f"explain: {explained}")
    check(explained["features"] == at_home["features"] and "origin" not in at_home, "a copy is explained otherwise than the file")
    profile, _ = pilot("profile", f"{url}/d.csv", "--recipe", folder / "proposed.yaml")
    check(profile["sha256"] == data["sha256"] and f"{url}/d.csv" in (folder / "proposed.yaml").read_text(), "profile")
    drift, _ = pilot("drift", "--reference", folder / "one", "--current", f"{url}/d.csv")
    check(not drift["drifted"], "drift")
    copy = pathlib.Path(pilot("data", "get", f"{url}/d.csv")[0]["path"])
    copy.chmod(0o600)
    copy.write_bytes(copy.read_bytes()[:-2] + b"9\n")  # as long as it was
    fails("changed after it was verified", 1, "data", "get", f"{url}/d.csv", "--out", folder / "changed.csv")
    check(not (folder / "changed.csv").exists(), "what is not what was fetched was given out")
    fails("changed after it was verified", 1, "profile", f"{url}/d.csv")
    fails("changed after it was verified", 1, "evaluate", folder / "one", "--data", f"{url}/d.csv")
    fails("changed after it was verified", 1, "score", folder / "one", "--data", f"{url}/d.csv", "--out", folder / "changed.csv")
    check(not (folder / "changed.csv").exists(), "what is not what was fetched was scored")
    fails("changed after it was verified", 1, "explain", folder / "one", "--data", f"{url}/d.csv")
    copy.unlink()
    again, _ = pilot("data", "get", f"{url}/d.csv", "--out", folder / "again.csv")
    check((folder / "again.csv").read_bytes() == (folder / "served/d.csv").read_bytes(), "a removed copy is not fetched anew")
    fails("There is no such object", 2, "profile", f"{url}/none.csv")
    fails("kind of address", 2, "profile", "ftp://127.0.0.1/d.csv")


def git(repo, *arguments):
    subprocess.run(["git", "-C", repo, "-c", "user.name=t", "-c", "user.email=t@t", *arguments], check=True, capture_output=True)


def dvc_add(repo, remote, path):
    """What `dvc add` and `dvc push` of DVC 3 leave behind."""
    content = (repo / path).read_bytes()
    md5 = hashlib.md5(content).hexdigest()
    target = remote / "files/md5" / md5[:2] / md5[2:]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    (repo / (path + ".dvc")).write_text(f"outs:\n- md5: {md5}\n  size: {len(content)}\n  hash: md5\n  path: {pathlib.Path(path).name}\n")
    (repo / path).unlink()
    return md5


def by_dvc(folder):
    repo, remote = folder / "repo", folder / "remote"
    (repo / ".dvc").mkdir(parents=True)
    (repo / "data").mkdir()
    (repo / ".dvc/config").write_text("[core]\n    remote = store\n['remote \"store\"']\n    url = ../../remote\n")
    subprocess.run(["git", "init", "-q", "-b", "main", repo], check=True)
    write_recipe(repo / "recipe.yaml", "data/d.csv.dvc", "  - ridge: {alpha: 1}")
    digests = []
    for revision, seed in (("v1", 1), ("v2", 2)):
        write_regression(repo / "data/d.csv", 3000, seed=seed)
        digests.append(dvc_add(repo, remote, "data/d.csv"))
        git(repo, "add", "-A")
        git(repo, "commit", "-qm", revision)
        git(repo, "tag", revision)
    pilot("train", repo / "recipe.yaml", "--out", folder / "new")
    pilot("train", repo / "recipe.yaml", "--data-version", "v1", "--out", folder / "old")
    now, before = package_of(folder / "new")[0], package_of(folder / "old")[0]
    check(now["md5"] == digests[1] and before["md5"] == digests[0], "the revisions' data")
    check(before["origin"]["revision"] == "v1" and len(before["origin"]["commit"]) == 40 and before["origin"]["remote"] == "store", f"origin: {before['origin']}")
    listed, _ = pilot("data", "list", repo)
    check([entry["path"] for entry in listed["objects"]] == ["data/d.csv"], f"list: {listed}")
    pilot("data", "get", repo / "data/d.csv.dvc", "--data-version", "v1", "--out", folder / "old.csv")
    check(hashlib.md5((folder / "old.csv").read_bytes()).hexdigest() == digests[0], "get")
    explained, _ = pilot("explain", folder / "old", "--data", repo / "data/d.csv.dvc", "--data-version", "v1", "--row", 0)
    at_home, _ = pilot("explain", folder / "old", "--data", folder / "old.csv", "--row", 0)
    check(explained["features"] == at_home["features"] and explained["origin"]["revision"] == "v1", f"explain of a .dvc file: {explained}")
    fails("there already", 1, "data", "get", repo / "data/d.csv.dvc", "--out", folder / "old.csv")
    fails("no revision", 2, "train", repo / "recipe.yaml", "--data-version", "v9", "--out", folder / "none")
    fails("does not track", 2, "profile", f"dvc:{repo}/data/x.csv")


def register(folder):
    workspace = write_workspace(folder, recipe="http.yaml")
    for _ in range(2):
        pilot("train", folder / "http.yaml", "--register", "m", workspace=workspace)
    return workspace


def evidence_from_the_copy(workspace, url):
    """A promotion scores candidate and champion on the copy that the candidate was trained on: the server is gone by now."""
    pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
    sheet, _ = pilot("promote", "m", 2, "--plan", workspace=workspace, expect=None)
    check(f"test rows of {url}/d.csv" in json.dumps(sheet, ensure_ascii=False), f"the sheet does not name the rows: {json.dumps(sheet)[:1500]}")


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        os.environ["PILOTHOUSE_CACHE"] = str(folder / "cache")
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        os.chdir(folder)
        (folder / "served").mkdir()
        write_regression(folder / "served/d.csv", 3000)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder / "served"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            by_http(folder, url)
            by_dvc(folder)
            workspace = register(folder)
        finally:
            server.shutdown()
            server.server_close()
        try:
            evidence_from_the_copy(workspace, url)
        finally:
            stop_server(folder)  # the first promotion began to serve
        cache, _ = pilot("data", "cache")
        check(cache["folder"] == str(folder / "cache") and cache["bytes"] > 0, f"cache: {cache}")
        return "data came by HTTP and from DVC, was known again, an earlier revision made another candidate, evidence came from the copy"


run(main)
