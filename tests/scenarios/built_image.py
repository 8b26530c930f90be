#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""built_image.py BUILD [TAG]: the container image of pilot, built by packaging/image/build without a daemon and without a registry of images, and run. The pod
that `pilot train --on` asks a cluster for (a server of this file's takes the objects) is played with its own command, variables and mounts, as the image's
user; a registry gets the image, and `pilot images` reads it there; what was trained is served by the image's own command. TAG: an image of localhost
that is there already. Takes minutes, 4 GB of disk and, as debootstrap does, root and the distribution's mirror."""
import http.server
import os
import shutil
import signal
import socket
import tempfile
import threading
import urllib.error
import urllib.request

from loop_lib import Failed, PILOT, check, json, pathlib, subprocess, sys, time, write_recipe, write_regression

ROOT = pathlib.Path(__file__).resolve().parents[2]
USER, PASSWORD = "op", "registry-pw"  # tests/backends/registry.sh
KEY = "the-key-of-the-service"
ROW = {"x0": 0.5, "x1": 0.5, "x2": 0.5, "x3": 0.5}


def skip_without():
    """Why it cannot run here; None: it can."""
    if os.geteuid() != 0:
        return "debootstrap and chroot need root"
    missing = [tool for tool in ("buildah", "debootstrap", "cpack", "dpkg-shlibdeps", "file", "docker-registry", "htpasswd") if not shutil.which(tool)]
    if missing:
        return f"not installed: {' '.join(missing)} (apt-get install buildah debootstrap dpkg-dev file docker-registry apache2-utils)"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        return "this kernel lets nobody mount here"
    mirror = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)dists/$(RELEASE)/Release", "Created-By: Packages"], capture_output=True, text=True).stdout.split()
    try:
        urllib.request.urlopen(urllib.request.Request(mirror[0], method="HEAD"), timeout=20).close()
    except (IndexError, OSError) as error:
        return f"the distribution's mirror does not answer: {error}"
    return None


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def said(*command, expect=0, **more):
    """Standard output of a program that must end with `expect`."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=1500, **more)
    check(done.returncode == expect, f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}")
    return done.stdout


class Cluster(http.server.BaseHTTPRequestHandler):
    """As much of a Kubernetes API server as takes a dry run: it knows Jobs and gives back what it is sent."""
    posted = []

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        if self.path == "/apis/batch/v1":
            return self.answer(200, {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "batch/v1", "resources": [{"name": "jobs", "namespaced": True, "kind": "Job", "verbs": ["create", "get"]}]})
        return self.answer(404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "message": f"no {self.path}", "code": 404})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.posted.append((self.path, body))
        self.answer(201, body)

    def log_message(self, *_):
        pass


def workspace(folder, cluster_port, registry_port):
    (folder / "kubeconfig").write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "ml"}}],
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{cluster_port}"}}], "users": [{"name": "u", "user": {}}]}), encoding="utf-8")
    path = folder / "pilothouse.yaml"
    path.write_text("workspace: scenario\nrole: operator\nconnections:\n  local: {kind: local, root: state}\n  cluster: {kind: kubernetes, kubeconfig: kubeconfig, namespace: ml}\n"
                    f"  images: {{kind: images, url: \"http://127.0.0.1:{registry_port}\", user: {USER}, secret: images}}\n", encoding="utf-8")
    return path


def pod_of(folder, file, image):
    """(container, files of the ConfigMap, security of the pod) of the Job that the training would be."""
    out = json.loads(said(PILOT, "train", folder / "recipe.yaml", "--on", "cluster", "--image", image, "--volume", "rows:/rows:ro", "--volume", "models:/models", "--data", "/rows/train.csv",
                          "--out", "/models/m", "--plan", "--json", "--workspace", file))
    check(any(path.startswith("/apis/batch/v1/namespaces/ml/jobs") and "dryRun=All" in path for path, _ in Cluster.posted), f"no dry run of a Job: {Cluster.posted}")
    spec = out["object"]["spec"]["template"]["spec"]
    return spec["containers"][0], out["files"]["data"], spec.get("securityContext", {})


class Image:
    """A working container of the image: programs run in it as its own user."""

    def __init__(self, name):
        self.container = said("buildah", "from", "--pull-never", name).strip()
        self.config = json.loads(said("buildah", "inspect", "--type", "image", name))["Docker"]["config"]
        self.tree = pathlib.Path(said("buildah", "mount", self.container).strip())

    def words(self, command, mounts=(), variables=()):
        options = [word for source, place, mode in mounts for word in ("--volume", f"{source}:{place}:{mode}")] + [word for pair in variables for word in ("--env", pair)]
        return ["buildah", "run", "--isolation", "chroot", *options, self.container, "--", *command]

    def run(self, command, *arguments, **more):
        return said(*self.words(command, *arguments), **more)

    def close(self):
        subprocess.run(["buildah", "rm", self.container], capture_output=True)


def is_small(image):
    """No build tools, no window: what a program that runs needs."""
    packages = image.run(["dpkg-query", "-W", "-f", "${Package}\n"]).split()
    tools = [name for name in packages if name.endswith("-dev") or name.split("-")[0] in ("gcc", "g++", "cpp", "make", "cmake", "ninja", "binutils", "pilothouse") and not name.endswith("-base") and name != "pilothouse-pilot"]
    window = [name for name in packages if name.startswith(("libqt6gui", "libqt6widgets", "libqt6charts", "qt6-wayland"))]
    check("pilothouse-pilot" in packages and not tools and not window, f"build tools {tools}, of a window {window}")
    check("ca-certificates" in packages and list((image.tree / "etc/ssl/certs").glob("*.pem")), "no https address is trusted in it")
    kept = list((image.tree / "var/cache/apt/archives").glob("*.deb")) + list((image.tree / "var/lib/apt/lists").glob("*Packages*"))
    check(not kept, f"apt's own files are left: {kept[:3]}")
    user = image.run(["id", "-u"]).strip()
    check(user == image.config["User"].split(":")[0] and user != "0", f"it runs as {user}, the image says {image.config['User']}")
    return len(packages), int(said("du", "-xsm", image.tree).split()[0])


def train(image, container, files, folder, user):
    """The pod: the object's command, variables and mounts, with folders for its volumes."""
    for name in ("job", "rows", "models"):
        (folder / name).mkdir()
    for name, text in files.items():
        (folder / "job" / name).write_text(text, encoding="utf-8")
    shutil.copy(folder / "train.csv", folder / "rows/train.csv")
    os.chown(folder / "models", 0, user)  # as the kubelet gives a claim to the pod's fsGroup
    (folder / "models").chmod(0o2775)
    places = {"files": "job", "volume-0": "rows", "volume-1": "models"}
    mounts = [(folder / places[m["name"]], m["mountPath"], "ro" if m.get("readOnly") else "rw") for m in container["volumeMounts"]]
    variables = [f"{v['name']}={v['value']}" for v in container["env"]]
    events = [json.loads(line) for line in image.run(container["command"] + container["args"], mounts, variables).splitlines()]
    check(events[-1]["event"] == "result", f"its last event: {events[-1]}")
    made = folder / "models/m"
    check((made / "MLmodel").exists() and made.stat().st_uid == user, f"{made} is not the pod's: {list((folder / 'models').iterdir())}")
    said(PILOT, "train", folder / "recipe.yaml", "--out", folder / "here")
    digests = [json.loads(said(PILOT, "evaluate", place, "--data", folder / "train.csv", "--json"))["metrics"] for place in (folder / "here", made)]
    check(digests[0] == digests[1], f"trained here and in the image, two models: {digests}")
    return made


def pushed(name, folder, file, port, version):
    """What the registry has of it, as `pilot images` tells it."""
    there = f"127.0.0.1:{port}/team/pilot:{version}"
    authority = folder / "auth.json"
    said("buildah", "login", "--authfile", authority, "--tls-verify=false", "--username", USER, "--password-stdin", f"127.0.0.1:{port}", input=PASSWORD)
    said("buildah", "push", "--quiet", "--authfile", authority, "--tls-verify=false", "--digestfile", folder / "digest", name, f"docker://{there}")
    digest = (folder / "digest").read_text().strip()
    answer = lambda *words, **more: json.loads(said(PILOT, "images", *words, "--json", "--workspace", file, **more))
    check([t["tag"] for t in answer("list", f"127.0.0.1:{port}/team/pilot")["tags"]] == [version], "another list of tags")
    info = answer("show", there)
    check(info["digest"] == digest and info["bytes"] > 50e6, f"digest {digest}, `pilot images show` says {info['digest']}, {info['bytes']} bytes")
    check(info["version"] == version and info["labels"]["org.opencontainers.image.title"] == "pilot", f"labels: {info['labels']}")
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
    check(not commit or info["revision"].startswith(commit), f"revision {info['revision']} is not {commit}")
    check(answer("exists", there)["digest"] == digest, "exists gives another digest")
    said(PILOT, "images", "exists", f"127.0.0.1:{port}/team/pilot:none", "--workspace", file, expect=2)
    return info["bytes"]


def serves(image, package, folder, user):
    """The image's own command on what it trained."""
    (folder / "log").mkdir()
    os.chown(folder / "log", user, user)
    (folder / "api.key").write_text(KEY + "\n", encoding="utf-8")
    port = str(free_port())
    places = {"0.0.0.0": "127.0.0.1", "8000": port}
    command = [places.get(word, word) for word in image.config["Entrypoint"]] + ["--route", "/score=/predict", "--events"]
    mounts = [(package, "/model", "ro"), (folder / "log", "/data", "rw"), (folder / "api.key", "/run/secrets/api.key", "ro")]
    server = subprocess.Popen(image.words(command, mounts), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ready = None
    try:
        ready = next((e for e in map(json.loads, server.stdout) if e["event"] == "ready"), None)
        check(ready, f"{command} did not come up: {'' if ready else server.stderr.read()}")
        request = urllib.request.Request(f"http://127.0.0.1:{port}/score", json.dumps(ROW).encode(), {"X-API-Key": KEY, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            prediction = json.load(answer)["prediction"]
        prediction = prediction[0] if isinstance(prediction, list) else prediction
        (folder / "rows.json").write_text(json.dumps({"rows": [ROW]}), encoding="utf-8")
        here = json.loads(said(PILOT, "score", package, "--rows", folder / "rows.json", "--json"))["predictions"][0]
        here = here[0] if isinstance(here, list) else here
        check(abs(prediction - here) < 1e-6, f"the image answers {prediction}, the same package here {here}")
        health = [word.replace("/127.0.0.1/8000", f"/127.0.0.1/{port}") for word in image.config["Healthcheck"]["Test"][1:]]
        image.run(health)
    finally:
        os.kill(ready["pid"] if ready else server.pid, signal.SIGTERM)
        _, text = server.communicate(timeout=60)
    check(server.returncode == 0, f"SIGTERM ended it with {server.returncode}: {text}")


def main(build, tag):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as place:
        folder = pathlib.Path(place)
        folder.chmod(0o755)  # the image's user passes through
        os.environ["BUILDAH_ISOLATION"] = "chroot"
        if not tag:  # a storage of its own, which goes with the folder
            (folder / "storage.conf").write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/graph"\nrunroot = "{folder}/run"\n', encoding="utf-8")
            os.environ["CONTAINERS_STORAGE_CONF"] = str(folder / "storage.conf")
        os.environ["PILOTHOUSE_SECRET_IMAGES"] = PASSWORD
        os.environ["HOME"] = place
        cluster = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cluster)
        threading.Thread(target=cluster.serve_forever, daemon=True).start()
        port, image, version = free_port(), None, said(PILOT, "--version").strip()
        script = ["bash", ROOT / "tests/backends/registry.sh"]
        try:
            name = tag or "localhost/pilot:test"
            if not tag:
                began = time.monotonic()
                said(ROOT / "packaging/image/build", "--bootstrap", name, build)
                print(f"built in {time.monotonic() - began:.0f} s", flush=True)
            image = Image(name)
            packages, size = is_small(image)
            check(image.run(["pilot", "--version"]).strip() == version, "the image has another version")
            said(*script, "start", port, folder / "registry")
            file = workspace(folder, cluster.server_address[1], port)
            write_regression(folder / "train.csv", 500)
            write_recipe(folder / "recipe.yaml", "train.csv", "  - mlp: {hidden: [8], epochs: 10, patience: 0}")
            user = int(image.config["User"].split(":")[0])
            container, files, security = pod_of(folder, file, f"127.0.0.1:{port}/team/pilot:{version}")
            check(security.get("fsGroup") == user, f"a claim would not be the pod's to write: {security}")
            package = train(image, container, files, folder, user)
            transferred = pushed(name, folder, file, port, version)
            serves(image, package, folder, user)
            print(f"the image has {packages} packages in {size} MB, {transferred // 1000000} MB in the registry; `{' '.join(container['command'] + container['args'][:2])} …` trained in it what is trained here, and it serves it")
        finally:
            subprocess.run([*map(str, script), "stop", str(folder / "registry")], capture_output=True)
            cluster.shutdown()
            if image:
                image.close()


if __name__ == "__main__":
    reason = skip_without()
    if reason:
        print(f"SKIP: {reason}")
        sys.exit(77)
    try:
        main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else "")
    except Failed as failure:
        sys.exit(f"failed: {failure}")
