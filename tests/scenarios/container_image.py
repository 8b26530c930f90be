#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""container_image.py CMAKE BUILD: packaging/image/Containerfile without a container engine. What it starts is what the .deb installs; base image,
user, ports, paths and key fit each other; and its command and its health check are run as they stand there, on loopback, with a service's own
path (--route) in front of /predict. Where bubblewrap works here the root file system is read-only meanwhile, as in the container."""
import re
import shutil
import signal
import socket
import tempfile
import urllib.error
import urllib.request

from loop_lib import Failed, check, json, os, pathlib, pilot, subprocess, sys, time, write_recipe, write_regression

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "packaging/image/Containerfile"
KEY = "the-key-of-the-service"


def instructions(text):
    """[(instruction, rest)] with continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    return [(word.upper(), rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in whole.splitlines() if line.strip())]


def only(found, name):
    values = [rest for word, rest in found if word == name]
    check(len(values) == 1, f"{len(values)} instructions {name}")
    return values[0]


def lint(found, cmake, build, folder):
    """(command, health check, variables) of the image, after what can be said of them without running."""
    known = {"ARG", "FROM", "RUN", "ENV", "USER", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT"}
    check({word for word, _ in found} == known, f"instructions: {sorted({word for word, _ in found} ^ known)}")
    base, release = only(found, "FROM"), only(found, "ARG").partition("=")[2]
    check(base == "debian:${RELEASE}-slim" and release in (ROOT / "packaging/try-packages").read_text(), f"base image {base} of {release}")

    script = only(found, "RUN")
    check(not re.search(r"curl|wget|https?:|pip |chmod 777", script), f"RUN brings something from elsewhere: {script}")
    packages = re.search(r"--no-install-recommends (.*?)&&", script)[1].split()
    own = [p for p in packages if p.startswith("/packages/")]
    listed = (ROOT / "packaging/dependencies").read_text().split()
    check(len(own) == 1 and all(p in listed for p in packages if p not in own), f"packages: {packages}")
    made = re.search(r'set\(CPACK_DEBIAN_PILOT_PACKAGE_NAME "([^"]+)"\)', (build / "CPackConfig.cmake").read_text())[1]
    check(pathlib.PurePath(f"/packages/{made}_0.1.0_amd64.deb").match(own[0]), f"{own[0]} is not how CPack names {made}")

    command, health = json.loads(only(found, "ENTRYPOINT")), json.loads(only(found, "HEALTHCHECK").partition("CMD ")[2])
    subprocess.run([cmake, "--install", build, "--component", "pilot", "--prefix", folder / "usr"], stdout=subprocess.DEVNULL, check=True)
    check(command[0].startswith("/usr/") and os.access(str(folder) + command[0], os.X_OK), f"the package installs no {command[0]}")

    option = dict(zip(command[3::2], command[4::2]))
    check(command[1] == "serve" and set(option) == {"--address", "--port", "--data", "--api-key-secret"}, f"command: {command}")
    check(only(found, "EXPOSE") == option["--port"] and f"/127.0.0.1/{option['--port']} " in health[-1], "EXPOSE, --port and the health check name different ports")
    check(option["--address"] == "0.0.0.0", "the server would not be reached from outside the container")
    check(sorted(json.loads(only(found, "VOLUME"))) == sorted([command[2], option["--data"]]), "the volumes are not the package and --data")
    for place in json.loads(only(found, "VOLUME")):
        check(re.search(rf"install -d .*{place}( |$)", script), f"{place} is not made")
    user, group = only(found, "USER").split(":")
    check(user.isdigit() and int(user) > 0 and f"--uid {user} " in script and f"--gid {group} " in script, f"USER {user}:{group}")
    variables = dict(pair.split("=", 1) for pair in only(found, "ENV").split())
    name = "PILOTHOUSE_SECRET_" + re.sub("[^A-Z0-9]", "_", option["--api-key-secret"].upper()) + "_FILE"
    check(variables[name].startswith("/run/secrets/"), f"no variable {name} names the file with the key")
    check(only(found, "STOPSIGNAL") == "SIGTERM", "the server is not stopped politely")
    return command, health, {**variables, "KEY_FILE": name}


def read_only(folder):
    """What makes the root file system read-only but for the volume and /tmp; [] where bubblewrap cannot."""
    if not shutil.which("bwrap"):
        return []
    words = ["bwrap", "--die-with-parent", "--unshare-user", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--ro-bind", folder, folder, "--bind", folder / "data", folder / "data"]
    return words if subprocess.run([*words, "true"], capture_output=True).returncode == 0 else []


def ask(url, path, body=None, key=KEY):
    """(status, answer)"""
    request = urllib.request.Request(url + path, json.dumps(body).encode() if body else None, {"X-API-Key": key, "Content-Type": "application/json"} if key else {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


class Container:
    """The image's command as it stands, with this machine's paths, address and port in place of the container's."""

    def __init__(self, command, health, variables, folder):
        self.folder, self.port, self.prefix = folder, free_port(), read_only(folder)
        places = {command[0]: str(folder) + command[0], command[2]: str(folder / "package"), "0.0.0.0": "127.0.0.1", "8000": self.port, "/data": str(folder / "data")}
        self.command = [*self.prefix, *(places.get(word, word) for word in command)]
        self.health = [word.replace("/127.0.0.1/8000", f"/127.0.0.1/{self.port}") for word in health]
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "data"), "LC_ALL": variables["LC_ALL"], variables["KEY_FILE"]: str(folder / "api.key")}

    def start(self, *more):
        return subprocess.Popen([*map(str, self.command), *more, "--events"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)

    def healthy(self):
        return subprocess.run(self.health, capture_output=True, timeout=10).returncode == 0


def serve(container):
    server, ready = container.start("--route", "/score=/predict", "--route", "/ping=/health"), None
    try:
        ready = next((e for e in map(json.loads, server.stdout) if e["event"] == "ready"), None)
        check(ready, f"{container.command} did not come up: {'' if ready else server.stderr.read()}")
        check(container.healthy(), "the health check does not see the server")
        url, row = f"http://127.0.0.1:{container.port}", {"x0": 0.5, "x1": 0.5, "x2": 0.5, "x3": 0.5}
        status, own = ask(url, "/predict", row)
        other, alias = ask(url, "/score", row)
        check((status, other) == (200, 200) and own["prediction"] == alias["prediction"], f"/predict {status} {own}, /score {other} {alias}")
        check(ask(url, "/score", row, key=None)[0] == 401, "the service's own path answers without a key")
        check(ask(url, "/ping", key=None)[1]["status"] == "healthy", "/ping is not /health")
        check({"/score", "/ping"} <= set(ask(url, "/openapi.json")[1]["paths"]), "/openapi.json does not list the service's own paths")
        check((container.folder / "data/serving.db").exists(), "the log is not on the volume")
    finally:
        os.kill(ready["pid"] if ready else server.pid, signal.SIGTERM)  # the server itself, not bwrap around it
        _, said = server.communicate(timeout=30)
    check(server.returncode == 0, f"SIGTERM ended it with {server.returncode}: {said}")
    deadline = time.monotonic() + 20
    while container.healthy() and time.monotonic() < deadline:
        time.sleep(0.1)
    check(not container.healthy(), "the health check is content without a server")


def refuses(container):
    """What must not come up. With --events the error is an event of standard output."""
    for options, wanted in [(["--route", "/health=/predict"], "a route already"), (["--route", "/score=/nothing"], "no route /nothing"), (["--route", "score"], "PATH=ROUTE")]:
        server = container.start(*options)
        said, _ = server.communicate(timeout=30)
        check(server.returncode == 2 and wanted in said, f"{options}: {server.returncode}, {said}")
    (container.folder / "api.key").write_text("\n", encoding="utf-8")
    server = container.start()
    said, _ = server.communicate(timeout=30)
    check(server.returncode == 2 and "is empty" in said and container.folder.name not in said, f"an empty key: {server.returncode}, {said}")


def main(cmake, build):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        command, health, variables = lint(instructions(FILE.read_text(encoding="utf-8")), cmake, build, folder)
        write_regression(folder / "train.csv", 500)
        write_recipe(folder / "recipe.yaml", "train.csv", "  - linear_regression")
        pilot("train", folder / "recipe.yaml", "--out", folder / "package")
        (folder / "data").mkdir()
        (folder / "api.key").write_text(KEY + "\n", encoding="utf-8")
        container = Container(command, health, variables, folder)
        check(not container.healthy(), "something answers on a free port")
        serve(container)
        refuses(container)
        print(f"the image's command serves and stops, its health check tells both; {'on a read-only root' if container.prefix else 'bubblewrap cannot make a read-only root here'}")


if __name__ == "__main__":
    try:
        main(sys.argv[1], pathlib.Path(sys.argv[2]))
    except Failed as failure:
        sys.exit(f"failed: {failure}")
