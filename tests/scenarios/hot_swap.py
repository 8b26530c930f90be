#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""hot_swap.py [SWAPS]: versions are exchanged under 64 connections that never pause: promoted to all traffic and undone again, in
turn. No request fails, no connection is dropped, and every answer is what the version that it names computes for that row."""
import asyncio
import csv
import random
import tempfile

from loop_lib import Failed, champion, check, journal_holds, json, pathlib, pilot, run, server_of, stop_server, write_recipe, write_regression, write_workspace

CONNECTIONS, ROWS = 64, 400


class Crowd:
    """64 kept-alive connections that ask for rows with known answers."""

    def __init__(self, url, key, rows, expected):
        self.host, self.port = url.removeprefix("http://").split(":")
        self.rows, self.expected = rows, expected
        self.payloads = [self.payload(key, row) for row in rows]
        self.answers, self.failures, self.stopping = {}, [], False

    def payload(self, key, row):
        body = '{"features": [' + ", ".join(row) + "]}"
        return (f"POST /predict HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\nX-API-Key: {key}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}").encode()

    def judge(self, number, status, body):
        if status != 200:
            raise ValueError(f"status {status}: {body[:200]}")
        answer = json.loads(body)
        version = int(answer["model_version"])
        wanted = self.expected[version][number]
        if abs(answer["prediction"] - wanted) > 1e-9 * max(1, abs(wanted)):
            raise ValueError(f"row {number}: the answer names v{version}, which computes {wanted}, and says {answer['prediction']}")
        self.answers[version] = self.answers.get(version, 0) + 1

    async def connection(self, seed):
        generator = random.Random(seed)
        try:
            reader, writer = await asyncio.open_connection(self.host, int(self.port))
            while not self.stopping:
                number = generator.randrange(len(self.rows))
                writer.write(self.payloads[number])
                head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).decode().lower()
                length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
                self.judge(number, int(head.split(" ", 2)[1]), await asyncio.wait_for(reader.readexactly(length), 30))
            writer.close()
        except Exception as failure:  # whatever it is, it is a request that failed
            self.failures.append(f"{type(failure).__name__}: {failure}")


async def verb(*arguments, workspace):
    """A verb beside the traffic."""
    return (await asyncio.to_thread(pilot, *arguments, workspace=workspace))[0]


async def swaps_under_load(crowd, workspace, swaps):
    tasks = [asyncio.create_task(crowd.connection(seed)) for seed in range(CONNECTIONS)]
    try:
        request, done = None, 0
        while done < swaps:
            before = dict(crowd.answers)
            if request is None:
                version = 2 + done // 2 % 2
                request = (await verb("promote", "m", version, "--comment", f"swap {done + 1}", workspace=workspace))["request"]["id"]
                await verb("rollouts", "promote", "m", "--full", workspace=workspace)
            else:
                version = 1
                await verb("undo", request, workspace=workspace)
                request = None
            done += 1
            status = await verb("rollouts", "status", "m", workspace=workspace)
            check(status["phase"] == "stable" and status["stable"]["version"] == version, f"swap {done} to v{version}: {status}")
            for _ in range(600):  # the new version answers, and it alone
                if crowd.failures or crowd.answers.get(version, 0) > before.get(version, 0) + CONNECTIONS:
                    break
                await asyncio.sleep(0.05)
            if crowd.failures:
                raise Failed(f"{len(crowd.failures)} connections failed by swap {done}: {crowd.failures[:3]}")
            check(crowd.answers.get(version, 0) > before.get(version, 0), f"v{version} did not answer after swap {done}")
    finally:
        crowd.stopping = True
        await asyncio.gather(*tasks)


def main(swaps):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_regression(folder / "rows.csv", ROWS, seed=9)
        workspace = write_workspace(folder, steps="[100]")
        expected = {}
        try:
            for version in (1, 2, 3):  # equally good, so that no gate blocks, and yet different for every row
                write_regression(folder / f"d{version}.csv", 1000, seed=version)
                write_recipe(folder / f"r{version}.yaml", f"d{version}.csv", "  - ridge: {alpha: 1}")
                pilot("train", folder / f"r{version}.yaml", "--out", folder / f"p{version}", "--register", "m", workspace=workspace)
                pilot("score", folder / f"p{version}", "--data", folder / "rows.csv", "--out", folder / f"s{version}.csv")
                with open(folder / f"s{version}.csv", newline="") as scored:
                    expected[version] = [float(row["prediction"]) for row in csv.DictReader(scored)]
            with open(folder / "rows.csv", newline="") as data:
                rows = [row[:4] for row in csv.reader(data)][1:]
            check(all(len(values) == len(rows) for values in expected.values()), "score left rows out")
            distinct = [i for i in range(ROWS) if min(abs(expected[a][i] - expected[b][i]) for a, b in ((1, 2), (1, 3), (2, 3))) > 1e-4]
            rows, expected = [rows[i] for i in distinct], {v: [values[i] for i in distinct] for v, values in expected.items()}
            check(len(rows) > ROWS / 2, "the versions compute too similar values to be told apart")
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            url, key, _ = server_of(folder)
            crowd = Crowd(url, key, rows, expected)
            asyncio.run(swaps_under_load(crowd, workspace, swaps))
            check(not crowd.failures, f"{len(crowd.failures)} of {CONNECTIONS} connections failed: {crowd.failures[:3]}")
            check(champion(workspace) == 1 or swaps % 2, "the alias is not where the last swap left it")
            journal_holds(workspace, f"after {swaps} swaps")
            shares = ", ".join(f"v{v} {n}" for v, n in sorted(crowd.answers.items()))
            return f"{swaps} swaps under {CONNECTIONS} connections; {sum(crowd.answers.values())} answers ({shares}), every one from the version it names, 0 failed; journal verifies"
        finally:
            stop_server(folder)


run(main)
