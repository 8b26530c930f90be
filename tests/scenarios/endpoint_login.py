#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""endpoint_login.py: a service of somebody else, behind a login that hands out tokens which run out, is asked like our own: its
/openapi.json proposes the request, a champion's signature gives the order of the inputs."""
import http.server
import os
import tempfile
import threading

from loop_lib import check, journal_holds, json, pathlib, pilot, run, write_recipe, write_regression, write_workspace

os.environ["PILOTHOUSE_SECRET_ENDPOINT_LOGIN"] = "open sesame"


def schema(properties):
    return {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}


OPENAPI = {"openapi": "3.1.0", "paths": {
    "/health": {"get": {}},
    "/login": {"post": {"requestBody": schema({"username": {}, "password": {}}), "responses": {"200": schema({"access_token": {}})}}},
    "/predict": {"post": {"requestBody": schema({"features": {"type": "array", "items": {"type": "number"}}}), "responses": {"200": schema({"prediction": {}, "model_version": {}})}}}}}


class Service(http.server.BaseHTTPRequestHandler):
    logins, token, bodies = 0, None, []

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        self.answer(200, OPENAPI) if self.path == "/openapi.json" else self.answer(404, {})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        if self.path == "/login":
            Service.logins += 1
            if body != {"username": "ops", "password": "open sesame"}:
                return self.answer(401, {"detail": "who are you?"})
            Service.token = f"t{Service.logins}"
            return self.answer(200, {"access_token": Service.token})
        if self.headers.get("Authorization") != f"Bearer {Service.token}":
            return self.answer(401, {"detail": "the token ran out"})
        Service.bodies.append(body)
        if len(Service.bodies) % 2 == 0:
            Service.token = None  # good for two calls
        self.answer(200, {"prediction": sum(body["features"]), "model_version": "Production"})


def main(_):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            write_regression(folder / "d.csv", 300)
            write_recipe(folder / "recipe.yaml", "d.csv", "  - ridge: {alpha: 1}")
            workspace = write_workspace(folder)
            workspace.write_text("".join(line for line in workspace.read_text().splitlines(True) if "deployment:" not in line))  # nothing is served from here
            before = workspace.read_bytes()
            pilot("train", folder / "recipe.yaml", "--register", "m", workspace=workspace)
            pilot("promote", "m", 1, "--comment", "the first", workspace=workspace)
            rows = folder / "rows.json"
            rows.write_text(json.dumps({"rows": [{"x3": 4, "x2": 3, "x1": 2, "x0": 1}, {"x0": 5, "x1": 5, "x2": 5, "x3": 5}, {"x0": 0, "x1": 0, "x2": 0, "x3": 1}]}))

            check(pilot("score", "m", "--endpoint", "--rows", rows, workspace=workspace, expect=2)[0]["error"]["kind"] == "not_found", "nothing serves it yet")
            proposed = pilot("connect", "endpoint", "m", url, "--propose", workspace=workspace)[0]["profile"]
            check(proposed["path"] == "/predict" and proposed["input"] == {"features": "{{values}}"} and proposed["login"]["path"] == "/login", f"proposed: {proposed}")
            check(workspace.read_bytes() == before, "a proposal changes nothing")
            proposed["login"]["body"]["username"] = "ops"
            profile = folder / "mine.json"
            profile.write_text(json.dumps(proposed))
            operation = pilot("connect", "endpoint", "m", url, "--profile", profile, workspace=workspace)[0]["operation"]
            check((folder / "endpoints" / "m.json").exists() and url in workspace.read_text(), "the profile stands beside the workspace")

            answer = pilot("score", "m", "--endpoint", "--rows", rows, workspace=workspace)[0]
            check(answer["predictions"] == [10, 20, 1] and answer["version"] == "Production", f"answered: {answer}")
            check(Service.bodies[0] == {"features": [1, 2, 3, 4]}, f"in the order of the signature: {Service.bodies[0]}")
            check(Service.logins == 2, f"one login, and one when the token had run out: {Service.logins}")

            os.environ["PILOTHOUSE_SECRET_ENDPOINT_LOGIN"] = "wrong"
            Service.token = None
            refused, code = pilot("score", "m", "--endpoint", "--rows", rows, workspace=workspace, expect=None)
            check(code == 1 and refused["error"]["kind"] == "denied" and "/login" in refused["error"]["where"], f"a wrong password is denied: {code} {refused}")
            check("wrong" not in json.dumps(refused), "and not shown")

            pilot("connect", "endpoint", "m", url + "/predict", "--protocol", "rest", workspace=workspace)
            pilot("connect", "endpoint", "m", url, "--protocol", "soap", workspace=workspace, expect=2)
            server.shutdown()
            server.server_close()
            gone, code = pilot("score", "m", "--endpoint", "--rows", rows, workspace=workspace, expect=None)
            check(gone["error"]["kind"] in ("unreachable", "timed_out"), f"a service that is gone: {code} {gone}")
            journal_holds(workspace, "at the end")
            told = json.dumps(pilot("journal", workspace=workspace)[0])
            check(operation in told and "open sesame" not in told, "the journal tells of it, without the secret")
        return f"{len(Service.bodies)} rows asked, {Service.logins} logins"
    finally:
        server.server_close()


run(main)
