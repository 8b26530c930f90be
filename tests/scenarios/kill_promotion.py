#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_promotion.py [KILLS]: kill -9 at random times while a promotion is asked for, approved, sped up and undone. After each
round the journal verifies, what was acknowledged is there, no request is left in the midst, and alias and traffic agree."""
import random
import tempfile
import time

from loop_lib import champion, check, journal_holds, killed_or_done, pathlib, pilot, requests_of, run, stop_server, write_recipe, write_regression, write_workspace


def check_agreement(workspace, when):
    """Alias and traffic name the same version; gives it."""
    alias, traffic = champion(workspace), pilot("rollouts", "status", "m", workspace=workspace)[0]
    moving = traffic["phase"] in ("progressing", "paused")
    served = traffic["canary" if moving else "stable"]["version"]
    check(served == alias, f"{when}: the alias names v{alias}, the traffic goes to v{served} ({traffic['phase']}: {traffic['verdict']})")
    return alias


def timed(*arguments, workspace):
    """(object, seconds) of a verb that is let be: how long a kill may be put off to hit its midst."""
    begun = time.monotonic()
    answer, _ = pilot(*arguments, workspace=workspace)
    return answer, time.monotonic() - begun


def main(kills):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 1500)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        write_recipe(folder / "other.yaml", "d.csv", "  - ridge: {alpha: 2}")
        workspace = write_workspace(folder, steps="[100]", step_seconds=1)
        try:
            for recipe in ("recipe.yaml", "other.yaml"):
                pilot("train", folder / recipe, "--register", "m", workspace=workspace)
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            check(check_agreement(workspace, "at first") == 1, "the first promotion did not move the alias")
            asked, seconds = timed("promote", "m", 2, workspace=workspace)
            whole = {"promote": seconds, "approve": timed("approve", asked["request"]["id"], "--comment", "go", workspace=workspace)[1],
                     "rollouts": timed("rollouts", "promote", "m", "--full", workspace=workspace)[1], "undo": timed("undo", asked["request"]["id"], workspace=workspace)[1]}
            generator, killed, rounds, ended, promised = random.Random(11), {verb: 0 for verb in whole}, 0, 0, {}

            def killing():
                return sum(killed.values()) < kills

            def attempt(*arguments):
                if not killing():
                    return pilot(*arguments, workspace=workspace)[0]
                answer, dead = killed_or_done(generator, 1.3 * whole[arguments[0]], arguments, workspace)
                killed[arguments[0]] += dead
                return answer

            def check_promises(when):
                there = requests_of(workspace)
                for known, states in promised.items():
                    state = there.get(known, {}).get("state")
                    check(state in states, f"{when}: {known} was acknowledged as {states[0]}, and is {state}")
                stuck = [r for r in there.values() if r["state"] == "executing"]
                check(not stuck, f"{when}: left in the midst: {stuck}")
                journal_holds(workspace, when)
                check_agreement(workspace, when)
                return there

            while killing() or not ended:  # the last round is not killed, but brought to its end
                rounds += 1
                asked = attempt("promote", "m", 2) if generator.random() < 0.7 else pilot("promote", "m", 2, workspace=workspace)[0]
                if asked:
                    promised[asked["request"]["id"]] = ("pending",)
                waiting = [i for i, r in check_promises(f"round {rounds}, asking").items() if r["state"] == "pending"]
                check(len(waiting) <= 1, f"the same wish waits {len(waiting)} times")
                if not waiting:
                    continue
                request = waiting[0]
                approved = attempt("approve", request, "--comment", "go")
                promised[request] = ("done",) if approved else ("pending", "done")
                after = check_promises(f"round {rounds}, approving")[request]["state"]
                check((champion(workspace) == 2) == (after == "done"), f"{request} is {after}, and the alias names v{champion(workspace)}")
                while after == "pending":  # the kill came before anything was changed: approve once more, as it says
                    approved = attempt("approve", request, "--comment", "once more")
                    promised[request] = ("done",) if approved else ("pending", "done")
                    after = check_promises(f"round {rounds}, approving again")[request]["state"]
                promised[request] = ("done",)
                if generator.random() < 0.5 and pilot("rollouts", "status", "m", workspace=workspace)[0]["phase"] == "progressing":
                    attempt("rollouts", "promote", "m", "--full")
                    check_promises(f"round {rounds}, going to all traffic")
                while after != "undone":
                    undone = attempt("undo", request)
                    promised[request] = ("undone",) if undone else ("done", "undone")
                    after = check_promises(f"round {rounds}, undoing")[request]["state"]
                promised[request] = ("undone",)
                ended += 1
                check(champion(workspace) == 1, f"{request} is undone, and the alias names v{champion(workspace)}")
            entries = journal_holds(workspace, "at the end")
            where = ", ".join(f"{n} of {verb}" for verb, n in killed.items())
            return f"{sum(killed.values())} kills ({where}) in {rounds} rounds; {ended} promotions carried out and undone, each as it was acknowledged; alias and traffic always agreed; journal of {entries} lines verifies"
        finally:
            stop_server(folder)


run(main)
