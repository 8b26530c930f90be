#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_promotion.py [KILLS]: kill -9 at random times while a promotion is asked for, approved and undone. After each kill the
journal verifies, what was acknowledged is there, and alias and traffic agree once the next program has looked."""
import random
import subprocess
import tempfile

from loop_lib import PILOT, Failed, check, json, pathlib, pilot, run, stop_server, until, write_recipe, write_regression, write_workspace


def killed_or_done(generator, arguments, workspace, longest):
    """(object or None, killed): a verb that is killed after a random time unless it was faster."""
    command = [PILOT, *map(str, arguments), "--json", "--workspace", str(workspace)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        stdout, _ = child.communicate(timeout=generator.uniform(0.005, longest))
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return None, True
    return (json.loads(stdout) if child.returncode == 0 else None), False


def live(workspace):
    shown, code = pilot("registry", "show", "m", workspace=workspace, expect=None)
    aliases = {a["name"]: a["version"] for a in shown.get("aliases", [])}
    return aliases.get("champion")


def main(kills):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 1500)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder, steps="[100]", step_seconds=1)
        try:
            for _ in range(2):
                pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            first, _ = pilot("promote", "m", 1, workspace=workspace)
            pilot("approve", first["id"], "--comment", "first", workspace=workspace)
            check(live(workspace) == 1, "the first promotion did not move the alias")
            generator, killed, acknowledged = random.Random(11), 0, []
            rounds = 0
            while killed < kills and rounds < kills * 6:
                rounds += 1
                asked, dead = killed_or_done(generator, ["promote", "m", 2], workspace, 0.8)
                killed += dead
                requests = pilot("promote", "--list", "m", workspace=workspace)[0]["requests"]
                if asked:
                    check(any(r["id"] == asked["id"] for r in requests), f"request {asked['id']} was acknowledged and is gone")
                pending = [r for r in requests if r["state"] == "pending"]
                for request in pending[:1]:
                    approved, dead = killed_or_done(generator, ["approve", request["id"], "--comment", "go"], workspace, 0.6)
                    killed += dead
                    if approved:
                        acknowledged.append(request["id"])
                for request in pending[1:]:
                    pilot("reject", request["id"], "--comment", "one is enough", workspace=workspace, expect=None)
                verified, code = pilot("journal", "verify", workspace=workspace, expect=None)
                check(code == 0, f"the journal does not verify after kill {killed}: {verified}")
                after = {r["id"]: r["state"] for r in pilot("promote", "--list", "m", workspace=workspace)[0]["requests"]}
                check(not any(state == "executing" for state in after.values()), f"a request is left executing: {after}")
                for known in acknowledged:
                    check(after.get(known) in ("done", "undone"), f"{known} was acknowledged as done, but is {after.get(known)}")
                if live(workspace) == 2:
                    done = next(r for r in after if after[r] == "done" and r != first["id"])
                    _, dead = killed_or_done(generator, ["undo", done], workspace, 0.6)
                    killed += dead
                    until("the undo", 20, lambda: pilot("undo", done, workspace=workspace, expect=None)[1] in (0, 1) and live(workspace) == 1)
            return f"{killed} kills in {rounds} rounds: journal intact, {len(acknowledged)} acknowledged promotions all there"
        finally:
            stop_server(folder)


run(main)
