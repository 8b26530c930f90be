# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands around the damage incidence system and is neither pilot nor a stand-in of the estate: the owners' Git repository (real, over http behind a login; its pushes reach the played GitHub as they reach
the real one), their training program (real, scikit-learn), what workflow 2 does on its runner (images pushed to a real registry), and the service in the pods (their pair of files, or a package, answering)."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

from system_lib import HERE, Failed, check

VENV = HERE.parents[1] / "build/python-venv/bin/python"
FEATURES = ["Air temperature [K]", "Process temperature [K]", "Rotational speed [rpm]", "Torque [Nm]", "Tool wear [min]"]
TARGET = "Machine failure"
GITHUB = "acme/damage-incidence"

# Preparation in the owners' order: shuffle, split, scale by the training rows, SMOTE on them alone, SVC.
TRAIN = '''
import argparse, json, joblib, numpy as np, pandas as pd, pathlib
from sklearn.metrics import balanced_accuracy_score, f1_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
words = argparse.ArgumentParser()
words.add_argument("--data_path"); words.add_argument("--model_output_path"); words.add_argument("--c", type=float, default=1.0)
a = words.parse_args()
features = %r
table = pd.read_csv(a.data_path)
x, y = table[features].to_numpy(float), table[%r].to_numpy(int)
x, held, y, truth = train_test_split(x, y, test_size=0.2, random_state=7, shuffle=True, stratify=y)
scaler = StandardScaler().fit(x)
x, held = scaler.transform(x), scaler.transform(held)
rare, draw = x[y == 1], np.random.default_rng(7)
near = NearestNeighbors(n_neighbors=6).fit(rare).kneighbors(rare, return_distance=False)[:, 1:]
begin = draw.integers(0, len(rare), (y == 0).sum() - len(rare))
end = near[begin, draw.integers(0, 5, len(begin))]
made = rare[begin] + draw.random((len(begin), 1)) * (rare[end] - rare[begin])
model = SVC(C=a.c, gamma="auto").fit(np.vstack([x, made]), np.concatenate([y, np.ones(len(made), int)]))
said = model.predict(held)
out = pathlib.Path(a.model_output_path)
out.mkdir(parents=True, exist_ok=True)
joblib.dump(model, out / "svc_model.joblib", compress=3); joblib.dump(scaler, out / "scaler.joblib")
print(json.dumps({"f1": round(f1_score(truth, said), 4), "recall": round(recall_score(truth, said), 4), "balanced_accuracy": round(balanced_accuracy_score(truth, said), 4)}))
''' % (FEATURES, TARGET)

# POST /predict in the owners' form; each line of standard input names a folder whose model answers from then on.
SERVICE = '''
import http.server, json, joblib, math, pathlib, sys, threading
features, now = %r, {}
def load(folder):
    folder = pathlib.Path(folder)
    if (folder / "svc_model.joblib").exists():
        model, scaler = joblib.load(folder / "svc_model.joblib"), joblib.load(folder / "scaler.joblib")
        return lambda row: 1 / (1 + math.exp(-float(model.decision_function(scaler.transform([row]))[0])))
    sys.path.insert(0, str(folder / "code")); sys.modules.pop("pilothouse_model", None)
    import pilothouse_model
    sys.path.pop(0)
    model = pilothouse_model.Model(str(folder))
    return lambda row: float(model.predict_proba([dict(zip(features, row))])[0][1])
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version, wbufsize, disable_nagle_algorithm = "HTTP/1.1", -1, True
    def say(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status); self.send_header("Content-Type", "application/json"); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def do_GET(self):
        self.say(200, {"status": "healthy"}) if self.path == "/health" else self.say(404, {"detail": "Not Found"})
    def do_POST(self):
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        missing = [f for f in features if not isinstance(given.get(f), (int, float))]
        if missing:
            return self.say(422, {"detail": [{"loc": ["body", f], "msg": "field required"} for f in missing]})
        p = now["model"]([given[f] for f in features])
        self.say(200, {"prediction": int(p >= 0.5), "probability": p})
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
for line in sys.stdin:
    now["model"] = load(line.strip())
    print("loaded", flush=True)
''' % FEATURES

# GitHub hears of each push, by the name of who made it.
HOOK = '''#!%s
import json, os, subprocess, sys, urllib.request
git = lambda *a: subprocess.run(["git", *a], capture_output=True, check=True).stdout
for line in sys.stdin:
    old, new, ref = line.split()
    if not ref.startswith("refs/heads/") or set(new) == {"0"}:
        continue
    since = [new] if set(old) == {"0"} else git("rev-list", "--reverse", old + ".." + new).decode().split()
    for commit in since:
        names = git("diff-tree", "--root", "--no-commit-id", "--name-only", "-r", "-z", commit).decode().split("\\0")[:-1]
        files = {}
        for name in names:
            try:
                files[name] = git("show", commit + ":" + name).decode()
            except (subprocess.CalledProcessError, UnicodeDecodeError):
                files[name] = "bytes of " + commit
        body = {"repository": "%s", "branch": ref[11:], "commit": commit, "message": git("log", "-1", "--format=%%B", commit).decode().strip(), "files": files,
                "by": git("log", "-1", "--format=%%an", commit).decode().strip(), "date": git("log", "-1", "--format=%%cI", commit).decode().strip(), "token": os.environ.get("PUSHED_WITH", "ghp_owner")}
        request = urllib.request.Request("%s/estate/github/push", json.dumps(body).encode(), {"Content-Type": "application/json"})
        said = json.load(urllib.request.urlopen(request, timeout=30))
        if "error" in said:
            sys.exit(said["error"])
'''


def program(folder, text, *arguments):
    """Runs a Python program of the owners; its last line, as JSON."""
    file = folder / "program.py"
    file.write_text(text)
    done = subprocess.run([VENV, file, *map(str, arguments)], capture_output=True, text=True, timeout=300)
    check(done.returncode == 0, done.stderr[-1500:])
    return json.loads(done.stdout.strip().splitlines()[-1])


class Repository:
    """A bare repository at an address, and a clone in which the owners and their workflow work."""

    def __init__(self, folder, control):
        self.folder, self.work, self.bare = folder, folder / "work", folder / "served/damage-incidence.git"
        self.control = control

    def git(self, *arguments, cwd=None, **environment):
        names = {"GIT_AUTHOR_NAME": "olga", "GIT_AUTHOR_EMAIL": "olga@localhost", "GIT_COMMITTER_NAME": "olga", "GIT_COMMITTER_EMAIL": "olga@localhost", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(["git", *map(str, arguments)], cwd=cwd or self.work, capture_output=True, text=True, env=os.environ | names | environment)
        if done.returncode:
            raise Failed(f"git {' '.join(map(str, arguments))}: {done.stderr[-1000:]}")
        return done.stdout.strip()

    def __enter__(self):
        self.work.mkdir(parents=True)
        self.bare.parent.mkdir()
        self.git("init", "-q", "--bare", "-b", "main", self.bare, cwd=self.folder)
        self.git("config", "http.receivepack", "true", cwd=self.bare)
        hook = self.bare / "hooks/post-receive"
        hook.write_text(HOOK % (sys.executable, GITHUB, self.control))
        hook.chmod(0o755)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", self.bare)
        self.server = subprocess.Popen([sys.executable, HERE.parent / "contract/registry/git_server.py", self.folder / "served", "git", "ghp_owner"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.server.stdout.readline().strip()}/damage-incidence.git"
        return self

    def __exit__(self, *_):
        self.server.stdin.close()
        self.server.wait(30)

    def commit(self, message, files, by="olga", token="ghp_owner", ago=0):
        """files: path → text or bytes; made `ago` seconds before; the commit's 40 digits."""
        if self.git("ls-remote", "origin", "refs/heads/main"):
            self.git("fetch", "-q", "origin")
            self.git("reset", "-q", "--hard", "origin/main")
        for name, content in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, GIT_AUTHOR_NAME=by, GIT_COMMITTER_NAME=by, GIT_COMMITTER_DATE=f"{int(time.time()) - ago} +0000")
        self.git("push", "-q", "origin", "HEAD:main", PUSHED_WITH=token)
        return self.git("rev-parse", "HEAD")

    def message(self, commit):
        return self.git("log", "-1", "--format=%B", commit, cwd=self.bare)

    def tip(self, branch="main"):
        return self.git("rev-parse", branch, cwd=self.bare)

    def checked_out(self, commit, what, into):
        """A folder of a commit, as it was."""
        into.mkdir(parents=True)
        tar = subprocess.run(["git", "archive", commit, what], cwd=self.bare, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", into], input=tar, check=True)
        return into / what


class Images:
    """What a runner pushes: an image of one platform, told apart by the commit that it was built from."""

    def __init__(self, port, user="op", password="registry-pw"):
        self.host = f"127.0.0.1:{port}"
        self.login = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def call(self, method, url, body=None, kind="application/octet-stream"):
        request = urllib.request.Request(url if url.startswith("http") else f"http://{self.host}{url}", body, {"Authorization": self.login, "Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers

    def blob(self, name, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        where = self.call("POST", f"/v2/{name}/blobs/uploads/", b"")["Location"]
        self.call("PUT", where + ("&" if "?" in where else "?") + "digest=" + digest, content)
        return {"digest": digest, "size": len(content)}

    def push(self, name, commit):
        """NAME:sha7; its full name."""
        layer = self.blob(name, f"{name} at {commit}".encode())
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": {"org.opencontainers.image.revision": commit}}, "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}).encode()
        kind = "application/vnd.oci.image.manifest.v1+json"
        manifest = {"schemaVersion": 2, "mediaType": kind, "config": {"mediaType": "application/vnd.oci.image.config.v1+json"} | self.blob(name, config), "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar"} | layer]}
        self.call("PUT", f"/v2/{name}/manifests/{commit[:7]}", json.dumps(manifest).encode(), kind)
        return f"{self.host}/{name}:{commit[:7]}"


class Service:
    """The FastAPI service of the pods, which kwok does not run: any port of any pod leads here."""

    def __init__(self, folder, forward):
        self.folder, self.forward = folder, forward

    def __enter__(self):
        file = self.folder / "service.py"
        file.write_text(SERVICE)
        self.process = subprocess.Popen([VENV, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()
        self.forward.mkdir(parents=True, exist_ok=True)
        (self.forward / "port").write_text(self.port)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)

    def serve(self, folder):
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        check(self.process.stdout.readline().strip() == "loaded", f"the service did not load {folder}")
