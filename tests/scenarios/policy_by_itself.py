#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""policy_by_itself.py: a served model whose rule fires is retrained by its own server, once in the time that at_most_every allows; each
look is a decision with its numbers; switched off, it is only SKIPPED."""
import subprocess
import tempfile

from loop_lib import PILOT, check, journal_holds, json, pathlib, pilot, run, stop_server, until, write_recipe, write_regression, write_workspace


def decisions(workspace):
    return pilot("retrain", "log", "m", workspace=workspace)[0]["decisions"]


def tag_of(workspace):
    versions = pilot("registry", "show", "m", workspace=workspace)[0]["versions"]
    return next(v for v in versions if v["version"] == 1)["tags"].get("retrain_decision")


def main(_):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 1500)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        workspace = write_workspace(folder)
        workspace.write_text(workspace.read_text() + "    retrain: {when: [age > 1s], at_most_every: 6h, tag: retrain_decision}\n")
        pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
        pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
        stop_server(folder)
        server = subprocess.Popen([PILOT, "serve", "m", "--policy-seconds", "1", "--workspace", str(workspace)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            def attempted():
                return [d for d in decisions(workspace) if d["decision"] == "RETRAIN_ATTEMPTED"]

            until("the server retrains by its policy", 60, lambda: attempted())
            until("the next look says why it does not retrain again", 60, lambda: any(d["decision"] == "SKIPPED" and d["trigger"] == "policy" for d in decisions(workspace)))
            first = attempted()[0]
            check(first["run"], f"the decision names its run: {first}")
            until("the decision stands on the champion", 60, lambda: tag_of(workspace) == "SKIPPED")
            kinds = [(e["kind"], e["details"].get("undo", {}).get("to")) for e in pilot("journal", "list", "--limit", 200, workspace=workspace)[0]["entries"] if e["kind"] == "set-tag"]
            check(("set-tag", "RETRAIN_ATTEMPTED") in kinds, f"each change of the tag is an operation: {kinds}")
            check(any(r["fired"] for r in first["rules"]), f"the decision names the rule that fired: {first}")
            until("the run registers version 2", 60, lambda: any(v["version"] == 2 for v in pilot("registry", "show", "m", workspace=workspace)[0]["versions"]))
            pilot("retrain", "disable", "m", workspace=workspace)
            seen = len(decisions(workspace))
            until("it goes on looking", 60, lambda: len(decisions(workspace)) > seen + 1)
            newest = decisions(workspace)[0]
            check(newest["decision"] == "SKIPPED" and "off" in newest["reason"], f"switched off it skips and says so: {newest}")
            check(len(attempted()) == 1, "it retrained once")
            journal_holds(workspace, "at the end")
        finally:
            server.terminate()
            server.communicate(timeout=30)
        return f"retrained once by itself, {len(decisions(workspace))} decisions, the last: {decisions(workspace)[0]['reason']}"


run(main)
