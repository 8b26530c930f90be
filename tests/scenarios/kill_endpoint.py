#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_endpoint.py [KILLS]: kill -9 of the endpoint while a promotion is approved or undone. Whatever the verb answers, alias and
traffic name the same version once the endpoint is up again, and the journal verifies."""
import random
import tempfile
import threading

from loop_lib import champion, check, journal_holds, os, pathlib, pilot, requests_of, run, server_of, signal, stop_server, write_recipe, write_regression, write_workspace


def main(kills):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 1500)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder, steps="[100]")
        generator, killed = random.Random(5), 0

        def under_a_kill(*arguments):
            pid = server_of(folder)[2]
            timer = threading.Timer(generator.uniform(0, 0.12), os.kill, (pid, signal.SIGKILL))
            timer.start()
            pilot(*arguments, workspace=workspace, expect=None)
            timer.join()
            pilot("rollouts", "start", "m", workspace=workspace)
            status = pilot("rollouts", "status", "m", workspace=workspace)[0]
            served = status["canary" if status["phase"] in ("progressing", "paused") else "stable"]["version"]
            check(served == champion(workspace), f"{arguments}: the alias names v{champion(workspace)}, the traffic goes to v{served} ({status['phase']})")
            journal_holds(workspace, f"{arguments}")

        try:
            for _ in range(2):
                pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            while killed < kills:
                request = pilot("promote", "m", 2, workspace=workspace)[0]["request"]["id"]
                under_a_kill("approve", request, "--comment", "go")
                killed += 1
                if champion(workspace) == 2:
                    under_a_kill("undo", request)
                    killed += 1
                if champion(workspace) == 2:
                    pilot("undo", request, workspace=workspace)
                elif requests_of(workspace)[request]["state"] == "pending":
                    pilot("reject", request, "--comment", "once more", workspace=workspace)
            return f"{killed} kills of the endpoint under approvals and undos; alias and traffic always agreed; journal verifies"
        finally:
            stop_server(folder)


run(main)
