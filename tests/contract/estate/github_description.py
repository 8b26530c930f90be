#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""github_description.py: what the estate plays as GitHub, and what pilot sends it, is what GitHub's published description has (tests/backends/github.sh fetches it; tests/run names
it in PILOTHOUSE_GITHUB_DESCRIPTION). All goes through a proxy that notes it: each call that the stand-in knows, refusals too, and pilot's own on the same server."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
from descriptions import ESTATE, SKIPPED, Proxy, check, control, failures, pilot  # noqa: E402
from open_api import Description  # noqa: E402

REPO = "/repos/acme/damage-incidence"
DEPLOY = REPO + "/actions/workflows/deploy_app.yml"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def caller(proxy):
    opener = urllib.request.build_opener(Stay)

    def call(method, target, body=None, token="ghp_owner", status=None):
        request = urllib.request.Request(proxy.url + target, None if body is None else json.dumps(body).encode(), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}, method=method)
        try:
            reply = opener.open(request, timeout=60)
        except urllib.error.HTTPError as refused:
            reply = refused
        text = reply.read()
        check(reply.status == (status or 200), f"{method} {target}: {reply.status} {text[:200]}")
        return json.loads(text) if text and reply.headers.get_content_type() == "application/json" else text
    return call


def runs(call, urls):
    """A run from its start to the end of its second attempt; one that fails."""
    later = lambda seconds: control(urls, "/estate/clock", {"advance_seconds": seconds})  # noqa: E731
    control(urls, "/estate/github/protect", {"repository": "acme/damage-incidence", "environment": "production", "reviewers": ["rita"], "prevent_self_review": True, "wait_timer": 0})
    for target in ("/actions/workflows?per_page=100", "/actions/workflows/deploy_app.yml", "/actions/workflows/deploy_app.yml/runs?per_page=2&branch=main", "/actions/runs?per_page=100&status=completed&event=push"):
        call("GET", REPO + target)
    call("POST", DEPLOY + "/dispatches", {"ref": "main"}, status=204)
    call("POST", DEPLOY + "/dispatches", {"ref": "no-such-branch"}, status=422)
    run = f"{REPO}/actions/runs/{call('POST', DEPLOY + '/dispatches', {'ref': 'main', 'return_run_details': True})['workflow_run_id']}"
    for target in ("", "/jobs?per_page=100&filter=latest"):
        call("GET", run + target)
    later(300)
    call("GET", REPO + "/actions/runs?status=waiting")
    waiting = call("GET", run + "/pending_deployments")
    yes = {"environment_ids": [waiting[0]["environment"]["id"]], "state": "approved", "comment": "by the contract"}
    call("GET", run + "/approvals")
    call("POST", run + "/pending_deployments", yes, status=422)
    call("POST", run + "/pending_deployments", yes, "ghp_reviewer")
    call("GET", run + "/approvals")
    later(300)
    job = call("GET", run + "/jobs")["jobs"][0]["id"]
    call("GET", f"{REPO}/actions/jobs/{job}")
    for target in (f"{REPO}/actions/jobs/{job}/logs", run + "/logs"):
        call("GET", target, status=302)
    call("GET", run + "/artifacts")
    call("POST", run + "/rerun", status=201)
    call("POST", run + "/rerun", status=403)
    for target in ("/attempts/1", "/attempts/1/jobs", "/jobs?filter=all"):
        call("GET", run + target)
    call("GET", f"{REPO}/check-runs/{job}/annotations")  # of the attempt before
    call("POST", run + "/cancel", status=202)
    later(60)
    call("POST", run + "/cancel", status=409)
    call("POST", run + "/rerun-failed-jobs", status=201)
    call("POST", run + "/approve", status=403)
    call("POST", run + "/force-cancel", status=202)
    control(urls, "/estate/github/fail", {"repository": "acme/damage-incidence", "workflow": "deploy_app.yml", "job": "build", "step": "Log in to GHCR", "times": 1})
    failed = f"{REPO}/actions/runs/{call('POST', DEPLOY + '/dispatches', {'ref': 'main', 'return_run_details': True})['workflow_run_id']}"
    later(300)
    jobs = call("GET", failed + "/jobs")["jobs"]
    check(jobs[0]["conclusion"] == "failure", f"a failed job: {jobs[0]['conclusion']}")
    call("GET", failed)
    call("GET", f"{REPO}/check-runs/{jobs[0]['id']}/annotations")
    for verb in ("disable", "enable"):
        call("PUT", f"{DEPLOY}/{verb}", status=204)


def contents(call):
    """Deployments, commits, files, branches, pull requests, packages."""
    for target in ("/environments", "/environments/production", "/commits/main", "/commits/main/check-runs", "/compare/v1.0.0...main", "/branches", "/tags", "/git/ref/heads/main", "/git/ref/tags/v1.0.0", "/contents/k8s", "/events"):
        call("GET", REPO + target)
    call("GET", REPO + "/commits/0123456789", status=422)
    deployment = f"{REPO}/deployments/{call('GET', REPO + '/deployments?environment=production')[0]['id']}"
    call("GET", deployment)
    call("GET", deployment + "/statuses")
    call("POST", deployment + "/statuses", {"state": "success"}, status=201)
    branch = {"ref": "refs/heads/work", "sha": call("GET", REPO + "/commits?path=api&per_page=5")[0]["sha"]}
    call("POST", REPO + "/git/refs", branch, status=201)
    call("POST", REPO + "/git/refs", branch, status=422)
    file = REPO + "/contents/k8s/api-deployment.yml"
    change = {"message": "Another tag", "content": "eA==", "branch": "work", "sha": call("GET", file + "?ref=main")["sha"]}
    call("PUT", file, change)
    call("PUT", file, change, status=409)  # that is no more its blob
    call("PUT", REPO + "/contents/k8s/new.yml", {"message": "A file", "content": "eA==", "branch": "work"}, status=201)
    wish = {"title": "Another tag", "body": "", "head": "work", "base": "main"}
    pull = f"{REPO}/pulls/{call('POST', REPO + '/pulls', wish, status=201)['number']}"
    call("POST", REPO + "/pulls", wish, status=422)
    call("GET", REPO + "/pulls?state=open&head=acme:work")
    call("GET", pull)
    check(call("PATCH", pull, {"state": "closed"}).get("state") == "closed", "a pull request is not closed")
    check(call("GET", REPO + "/pulls?state=open") == [], "a closed pull request is listed as open")
    for target in ("/orgs/acme/packages?package_type=container", "/users/acme/packages?package_type=container", "/user/packages?package_type=container", "/orgs/acme/packages/container/mlops-api/versions", "/user", "/rate_limit", REPO):
        call("GET", target)
    call("GET", "/user", token="unknown", status=401)
    call("GET", REPO, token="github_pat_other", status=404)
    call("GET", REPO + "/deployments", token="github_pat_actions", status=403)


def adapter(folder, proxy, urls):
    """The same server by pilot."""
    os.environ.update({"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(folder), "PILOTHOUSE_SECRET_APP": "ghp_reviewer", "PILOTHOUSE_SECRET_JOURNAL_KEY_CONTRACT": "5c" * 32})
    (folder / "pilothouse.yaml").write_text(f'workspace: contract\nrole: approver\nconnections:\n  local: {{kind: local, root: local}}\n  github: {{kind: github, url: "{proxy.url}", secret: app, owner: acme, repo: damage-incidence}}\n', encoding="utf-8")
    control(urls, "/estate/github/protect", {"repository": "acme/damage-incidence", "environment": "production", "reviewers": ["rita"], "prevent_self_review": False, "wait_timer": 0})
    pilot(folder, "pipelines", "list")
    pilot(folder, "pipelines", "form", "github:train_model.yml")
    pilot(folder, "pipelines", "start", "github:train_model.yml", "--param", "experiment=contract")
    run = pilot(folder, "pipelines", "start", "github:deploy_app.yml").get("id", "")
    control(urls, "/estate/clock", {"advance_seconds": 300})
    gates = pilot(folder, "pipelines", "gates", run).get("gates", [])
    check(len(gates) == 1 and gates[0]["environments"] == ["production"], f"the gate: {gates}")
    pilot(folder, "pipelines", "answer", run, "--comment", "by the contract")
    control(urls, "/estate/clock", {"advance_seconds": 300})
    check(pilot(folder, "pipelines", "show", run).get("state") == "passed", "the run that was approved has not passed")
    check("GHCR" in pilot(folder, "pipelines", "log", run, "--stage", "build").get("log", ""), "the log of a job")
    for words in (("runs",), ("outputs", run), ("schedules",), ("notices",), ("retry", run), ("cancel", run)):
        pilot(folder, "pipelines", *words)


def compared(description, proxy, where):
    used = set()
    for method, target, body, status, reply, kind in proxy.seen:
        name, asked, answered = description.call(method, target.removeprefix("/api/v3"), body, status, kind, reply)
        used.add(name)
        for one in sorted(set(asked)):
            check(False, f"{method} {target}: {where} asks {one}")
        for one in sorted(set(answered)):
            check(False, f"{method} {target}: the estate gives {one}")
    proxy.seen.clear()
    return used


def main(file):
    description = Description(file)
    wrong = description.call("POST", DEPLOY + "/dispatches?invented=1", b'{"rf": 1}', 200, "application/json", b'{"workflow_run_id": "x"}')
    check(len(wrong[1]) >= 3 and len(wrong[2]) >= 3, f"what is wrong is not seen: nothing is compared: {wrong}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        ports = folder / "ports.json"
        estate = subprocess.Popen([ESTATE, "--folder", str(folder / "estate"), "--only", "github,blobs", "--speed", "0", "--port-file", str(ports)], stdout=subprocess.DEVNULL)
        try:
            for _ in range(600):
                if ports.exists() or estate.poll() is not None:
                    break
                time.sleep(0.05)
            urls = json.loads(ports.read_text())
            proxy = Proxy(urls["github"])
            call = caller(proxy)
            runs(call, urls)
            contents(call)
            used = compared(description, proxy, "this test")
            adapter(folder, proxy, urls)
            asked = compared(description, proxy, "pilot")
            for wanted in ("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", "POST /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments", "GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
                           "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun", "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel", "GET /repos/{owner}/{repo}/contents/{path}"):
                check(wanted in asked, f"pilot did not call {wanted}: nothing was compared")
            print(f"{len(used)} calls of the stand-in and {len(asked)} of pilot compared with the description, {len(failures)} differences")
        finally:
            estate.terminate()
            estate.wait(20)
    return 1 if failures else 0


if __name__ == "__main__":
    published = os.environ.get("PILOTHOUSE_GITHUB_DESCRIPTION", "")
    if not pathlib.Path(published).is_file():
        print("skipped: GitHub's description is not here; tests/run fetches it (npm, @octokit/openapi) and names it in PILOTHOUSE_GITHUB_DESCRIPTION")
        sys.exit(SKIPPED)
    if not pathlib.Path(ESTATE).exists():
        print("skipped: pilothouse-estate is not built here")
        sys.exit(SKIPPED)
    sys.exit(main(published))
