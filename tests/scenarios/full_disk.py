#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""full_disk.py: the disk that the prediction log lies on becomes full under requests. Every request is answered, the server says once that it cannot write, a label is refused rather than lost; when there is
room again that is said too, and every prediction is in the log. A server that ends on a full disk says how many are not, and what it acknowledged before is there. The disk is a file system in memory of 16 MB
in a mount namespace of this script."""
import http.client
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import threading

from loop_lib import PILOT, check, json, pilot, run, signal, until, write_recipe, write_regression

SKIPPED = 77
ROW = {"features": [0.1, 0.2, 0.3, 0.4]}


def in_namespace():
    """Starts this script again where a file system of its own may be mounted; the exit code 77 says that this machine allows none."""
    words = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    tried = subprocess.run([*words, "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, text=True)
    if tried.returncode != 0:
        print(f"skipped: no file system may be mounted here: {tried.stderr.strip()}")
        sys.exit(SKIPPED)
    os.execvp(words[0], [*words, sys.executable, os.path.abspath(__file__), "inside"])


def ask(url, key, path, body=None):
    """(status, answer)"""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        connection.request("POST" if body is not None else "GET", path, None if body is None else json.dumps(body), {"Content-Type": "application/json", "X-API-Key": key})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def main(_rounds):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "d.csv", 800)
        write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
        pilot("train", folder / "recipe.yaml", "--out", folder / "package")
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", disk], check=True)
        server = subprocess.Popen([PILOT, "serve", folder / "package", "--data", disk / "data"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        said = []
        reader = threading.Thread(target=lambda: said.extend(iter(server.stderr.readline, "")))
        reader.start()
        try:
            until("the server's start", 60, (disk / "data" / "server.json").exists)
            url, key = json.loads((disk / "data" / "server.json").read_text())["url"], (disk / "data" / "api.key").read_text().strip()
            answered, labelled = [], []

            def predict(times):
                for _ in range(times):
                    status, answer = ask(url, key, "/predict", ROW)
                    check(status == 200, f"a prediction was refused: {status} {answer}")
                    answered.append(answer["prediction_id"])

            def log():
                return ask(url, key, "/metrics")[1]["log"]

            def fill():
                with open(disk / "filler", "wb", buffering=0) as filler:
                    try:
                        while True:
                            filler.write(b"\0" * 4096)
                    except OSError:
                        pass  # full

            predict(50)
            status, answer = ask(url, key, "/labels", {"labels": [{"prediction_id": answered[0], "value": 1.0}]})
            check(status == 200, f"the first label: {status} {answer}")
            labelled.append(answered[0])

            fill()
            until("the log's failure", 60, lambda: predict(200) or log()["error"])
            until("the word about it", 10, lambda: any("The prediction log cannot be written" in line for line in said))
            check(sum("The prediction log cannot be written" in line for line in said) == 1 and any("disk is full" in line for line in said), f"it was said: {said}")
            status, answer = ask(url, key, "/labels", {"labels": [{"prediction_id": answered[1], "value": 1.0}]})
            check(status >= 500 and "disk is full" in json.dumps(answer), f"a label on a full disk: {status} {answer}")
            check(ask(url, key, "/health")[0] == 200, "the server is not well")

            during = len(answered)
            (disk / "filler").unlink()
            until("the log's return", 60, lambda: not log()["error"])
            until("the word that it is written again", 30, lambda: "The prediction log is written again; predictions that are not in it: 0.\n" in said)
            check(log()["dropped"] == 0, f"{log()['dropped']} predictions were dropped")
            status, answer = ask(url, key, "/labels", {"labels": [{"prediction_id": answered[1], "value": 1.0}, {"prediction_id": answered[-1], "value": 1.0}]})
            check(status == 200, f"labels after it: {status} {answer}")
            labelled += [answered[1], answered[-1]]

            fill()
            kept = len(answered)
            until("the second failure", 60, lambda: predict(50) or log()["error"])
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=30)
            reader.join()
            server.stderr.close()
            database = None
            try:
                database = sqlite3.connect(disk / "data" / "serving.db")
                rows = database.execute("SELECT count(*) FROM predictions").fetchone()[0] if code == 0 else -1
                labels = database.execute("SELECT count(*) FROM labels").fetchone()[0] if code == 0 else -1
            finally:
                if database:
                    database.close()
                subprocess.run(["umount", disk], check=True)
        check(code == 0, f"the server ended with {code}: {said}")
        check(kept <= rows < len(answered), f"{rows} predictions are in the log; {kept} were answered before the disk was full again, {len(answered)} in all")
        end = f"{len(answered) - rows} predictions are not in the log"
        check(any(end in line for line in said), f"“{end}” was not said: {said[-3:]}")
        check(labels == len(labelled), f"{labels} labels of {len(labelled)}")
        return f"{during} predictions answered, all in the log after the disk had been full; {labels} labels; ended on a full disk: {said[-1].strip()}"


if __name__ == "__main__":
    if sys.argv[1:] != ["inside"]:
        in_namespace()
    sys.argv[1:] = []
    run(main)
