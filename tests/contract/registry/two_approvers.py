#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""two_approvers.py: two people approve one promotion from two machines, on a real MLflow server.

Each person is a user of his own (a user namespace, by bubblewrap) with a home, a copy of the workspace file, a local database and a keychain
(gnome-keyring in a D-Bus session) of his own; nothing but the MLflow server is shared. Both drive `pilot` as people do: keys, a request with
its evidence, two signed approvals, the outcome on both sides. Then what must be found: an approval that was edited in the server's tags, one
by a key that the workspace does not name, an alias that was moved.
On MLflow 2.x and 3.x: PILOTHOUSE_MLFLOW and PILOTHOUSE_MLFLOW2, else build/mlflow3-venv and build/mlflow2-venv. Exit 77: not here."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))
from loop_lib import Failed, check, write_recipe, write_regression  # noqa: E402
from mlflow_server import Mlflow, programs  # noqa: E402

PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(ROOT / "build/dev/bin/pilot")


class Server(Mlflow):
    """What the test asks the server itself."""

    def tags(self, version):
        found = self.get("model-versions/get", name="m", version=version)["model_version"]
        return {tag["key"]: tag["value"] for tag in found.get("tags", [])}

    def champion(self):
        return self.aliases("m").get("champion")


class Person:
    """A user with a machine of his own: what he runs runs in his namespace, beside his keychain."""

    def __init__(self, name, number, folder):
        self.name, self.folder = name, folder
        self.workspace = folder / "work" / "pilothouse.yaml"
        self.workspace.parent.mkdir(parents=True)
        users = folder / "passwd"
        users.write_text(f"{name}:x:{number}:{number}:{name}:{folder}:/bin/sh\n")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("DBUS_", "XDG_", "PILOTHOUSE_SECRET"))}
        environment.update(HOME=str(folder), PILOTHOUSE_PILOT=PILOT, PILOTHOUSE_WORKSPACE=str(self.workspace), QT_QPA_PLATFORM="offscreen")
        self.process = subprocess.Popen(
            ["bwrap", "--unshare-user", "--uid", str(number), "--gid", str(number), "--dev-bind", "/", "/", "--ro-bind", str(users), "/etc/passwd", "--die-with-parent",
             str(ROOT / "tests/support/keyring.sh"), sys.executable, __file__, "--person"],
            cwd=self.workspace.parent, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        if first.startswith("skipped") or not first:
            self.process.wait(20)
            raise SystemExit(skip(first.strip() or "a user namespace with a keychain could not be had"))
        check(json.loads(first)["user"] == name, f"this should be {name}: {first}")

    def pilot(self, *arguments, expect=0):
        """(object, standard error) of a verb; a code other than `expect` (None: any) fails."""
        self.process.stdin.write(json.dumps([*map(str, arguments), "--json"]) + "\n")
        self.process.stdin.flush()
        done = json.loads(self.process.stdout.readline())
        if expect is not None and done["code"] != expect:
            raise Failed(f"{self.name}: pilot {' '.join(map(str, arguments))} ended with {done['code']}, expected {expect}\n{done['stdout'][-2000:]}\n{done['stderr'][-2000:]}")
        try:
            return json.loads(done["stdout"]), done["stderr"]
        except json.JSONDecodeError:
            return {}, done["stderr"]

    def text(self, *arguments):
        """What a verb prints for people."""
        self.process.stdin.write(json.dumps([*map(str, arguments)]) + "\n")
        self.process.stdin.flush()
        done = json.loads(self.process.stdout.readline())
        check(done["code"] == 0, f"{self.name}: pilot {' '.join(map(str, arguments))}: {done['stderr'][-2000:]}")
        return done["stdout"]

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def person():
    """The loop in a person's session: a list of arguments a line in, {"code","stdout","stderr"} a line out."""
    import getpass
    import pwd
    print(json.dumps({"user": pwd.getpwuid(os.getuid()).pw_name, "login": getpass.getuser()}), flush=True)
    for line in sys.stdin:
        done = subprocess.run([os.environ["PILOTHOUSE_PILOT"], *json.loads(line)], capture_output=True, text=True, timeout=240)
        print(json.dumps({"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}), flush=True)
    return 0


def skip(why):
    print(f"skipped: {why}")
    return 77


def request_of(answer, what):
    check(answer.get("request"), f"{what}: no request came back: {json.dumps(answer)[:1500]}")
    return answer["request"]


def approvals_of(whom, promotion, expect=0):
    """Approvals of a promotion by actor, as `pilot approvals verify` judges them."""
    found, _ = whom.pilot("approvals", "verify", promotion, expect=expect)
    return {a["actor"]: a for a in found["promotions"][0]["approvals"]}


def scenario(server, ada, ben):
    # Both make a key; the workspace file with both public keys is what a team keeps in git.
    ada.workspace.write_text(
        f"workspace: team\nrole: approver\nconnections:\n  here: {{kind: local, root: state}}\n  team: {{kind: mlflow, url: '{server.url}'}}\nmodels:\n  m:\n"
        "    registry: {connection: team, name: m, champion: champion}\n    recipe: recipe.yaml\n    promotion: {approvals: 2, approval_expires: 2d}\n")
    shutil.copy(ada.workspace, ben.workspace)
    for who in (ada, ben):
        who.pilot("approvals", "key", expect=2)  # none yet
    keys = {who.name: who.pilot("approvals", "key", "--new")[0]["key"] for who in (ada, ben)}
    check(keys["ada"] != keys["ben"] and all(k.startswith("ed25519:") for k in keys.values()), f"keys: {keys}")
    for who in (ada, ben):
        check(who.pilot("approvals", "key")[0]["key"] == keys[who.name], f"{who.name}'s key was not kept")
        ada.pilot("approvals", "add", who.name, keys[who.name])
    check(ada.pilot("approvals", "key")[0]["named"], "the workspace does not name ada's key")
    shutil.copy(ada.workspace, ben.workspace)
    check(len(ben.pilot("approvals", "list")[0]["approvers"]) == 2, "ben's copy names two approvers")

    write_regression(ada.workspace.parent / "d.csv", 1500)
    for number, recipe in enumerate(("recipe.yaml", "other.yaml", "third.yaml"), 1):
        write_recipe(ada.workspace.parent / recipe, "d.csv", f"  - ridge: {{alpha: {number}}}")
        trained = ada.pilot("train", recipe, "--out", f"package{number}")[0]
        check(trained, "nothing was trained")
        made = ada.pilot("registry", "register", "m", f"package{number}", "--connection", "team")[0]
        check(made["version"] == number, f"registered as {made}")

    # ada asks and approves; ben, on his machine, sees both and gives the second voice.
    asked = request_of(ada.pilot("promote", "m", 1)[0], "asking")
    check(not asked.get("not_signed"), f"it says that nothing is signed: {asked}")
    first = request_of(ada.pilot("approve", asked["id"], "--comment", "error halves in gusts")[0], "the first approval")
    check(first["state"] == "pending" and server.champion() is None, "one voice of two was enough")
    waiting = [i for i in ben.pilot("inbox")[0]["items"] if i["id"] == asked["id"]]
    check(len(waiting) == 1 and "1 of 2" in waiting[0]["sentence"], f"ben's inbox: {waiting}")
    seen = approvals_of(ben, asked["id"])
    check(seen["ada"]["standing"] == "signed" and seen["ada"]["key"] == keys["ada"] and seen["ada"]["comment"] == "error halves in gusts", f"ben sees {seen}")
    done = request_of(ben.pilot("approve", asked["id"], "--comment", "looked at the slices")[0], "the second approval")
    check(done["state"] == "done" and server.champion() == 1, f"two voices did not carry it out: {done['state']}, champion {server.champion()}")
    there = {r["id"]: r for r in ada.pilot("promote", "--list")[0]["requests"]}
    check(there[asked["id"]]["state"] == "done", f"on ada's machine it is {there[asked['id']]['state']}")
    check(all(len(v) <= 5000 for v in server.tags(1).values()), "a tag is longer than MLflow 2 takes")
    shown, everything = ada.text("registry", "show", "m"), ada.text("registry", "show", "m", "--all")
    check("Kept by Pilothouse: approval" in shown and "pilothouse.approval" not in shown, f"registry show tells the tags that are kept: {shown}")
    check("pilothouse.approval" in everything, f"registry show --all does not: {everything}")

    # An approval that is edited on the server does not count, and is found.
    asked = request_of(ada.pilot("promote", "m", 2)[0], "asking again")
    ada.pilot("approve", asked["id"], "--comment", "better by a hair")
    key = f"pilothouse.approval.{asked['id']}.ada"
    statement = json.loads(server.tags(2)[key])
    for field, value in (("comment", "wonderful"), ("evidence", "0" * 64), ("expires", "2090-01-01T00:00:00.000Z"), ("signature", "AAAA")):
        server.post("model-versions/set-tag", name="m", version="2", key=key, value=json.dumps(dict(statement, **{field: value})))
        found = approvals_of(ben, asked["id"], expect=1)
        check(found["ada"]["standing"] == "void" and found["ada"]["reason"], f"{field} was edited, and it is {found}")
    one = request_of(ben.pilot("approve", asked["id"], "--comment", "mine")[0], "ben's voice")
    check(one["state"] == "pending" and server.champion() == 1, "an edited approval counted")
    server.post("model-versions/set-tag", name="m", version="2", key=key, value=json.dumps(statement))
    check(approvals_of(ben, asked["id"])["ada"]["standing"] == "signed", "the restored one does not hold")

    # A new key that the workspace does not name signs nothing.
    ben.pilot("approvals", "key", "--new")
    _, said = ben.pilot("approve", asked["id"], "--comment", "with another key", expect=1)
    check("another than the workspace names" in said, f"another key: {said}")

    # An alias that moves voids what was said.
    server.post("registered-models/alias", name="m", alias="champion", version="3")
    found = approvals_of(ada, asked["id"], expect=1)
    check(all(a["standing"] == "void" and "moved" in a["reason"] for a in found.values()), f"the alias moved, and it is {found}")
    ada.pilot("approve", asked["id"], "--comment", "still", expect=1)
    check(server.champion() == 3, "something was moved")

    for who in (ada, ben):
        check(who.pilot("journal", "verify")[0]["intact"], f"{who.name}'s journal does not verify")
        for path in [who.workspace, *(who.workspace.parent / "state").rglob("*.jsonl")]:
            check("ed25519-private" not in path.read_text(), f"a private key stands in {path}")


def main():
    if not shutil.which("bwrap"):
        return skip("bubblewrap is not installed")
    if not programs():
        return skip("there is no MLflow here")
    for name, program in programs():
        with tempfile.TemporaryDirectory() as place, Server(program, pathlib.Path(place) / "mlflow") as server:
            folder, people = pathlib.Path(place), []
            try:
                for number, who in enumerate(("ada", "ben")):
                    people.append(Person(who, 4711 + number, folder / who))
                scenario(server, *people)
                print(f"passed: two approvers on {name}")
            finally:
                for who in people:
                    who.end()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(person() if sys.argv[1:] == ["--person"] else main())
    except Failed as failure:
        print(f"failed: {failure}", file=sys.stderr)
        sys.exit(1)
