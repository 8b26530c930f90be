#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""iris_jenkins_system.py: the third reference system from end to end: Jenkins with an approval gate (the estate), MLflow stages (real), a Deployment (real Kubernetes). Workspace from the template."""
import datetime
import shutil
import sys
import tempfile

from loop_lib import run as run_main
from mlflow_server import Mlflow, programs
from system_lib import SHARED, SKIPPED, Estate, Kube, Steps, by_policy, check, gate_of, journal, json, kube_is_built, new_workspace, os, one_list, own_policy, pathlib, pilot, reaches, secrets_by_name, started, until

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: mlops-serving, namespace: default, labels: {app: mlops-serving}}
spec:
  replicas: 2
  selector: {matchLabels: {app: mlops-serving}}
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: mlops-serving}}
    spec:
      containers:
      - name: mlops-serving
        image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/mlops-serving:40
        ports: [{containerPort: 8000}]
        resources: {requests: {memory: 256Mi, cpu: 250m}, limits: {memory: 512Mi, cpu: 500m}}
        livenessProbe: {httpGet: {path: /health, port: 8000}}
        readinessProbe: {httpGet: {path: /health, port: 8000}}
"""
STAGES = ["Checkout Code", "Verify Environment", "Install Dependencies", "Start MLflow Server", "DVC Pull", "Train Model", "Show Metrics", "MLflow Registry", "Approve Promotion", "Promote Model", "Push Artifacts",
          "Build Docker Image", "Test Docker Image", "Login to ECR", "Push to ECR", "Deploy to EKS"]


def image_of(kube):
    return kube.get("deployment", "mlops-serving")["spec"]["template"]["spec"]["containers"][0]["image"]


def stage_of(server, version):
    return server.get("model-versions/get", name="iris", version=version)["model_version"]["current_stage"]


def main(_):
    with tempfile.TemporaryDirectory() as place, Mlflow(programs()[0][1], pathlib.Path(place) / "mlflow") as mlflow, Estate(pathlib.Path(place) / "estate") as estate, Kube(pathlib.Path(place) / "kube") as kube:
        folder, steps = pathlib.Path(place), Steps(3)
        os.environ["PILOTHOUSE_SECRET_IRIS_JENKINS"], os.environ["PILOTHOUSE_SECRET_IRIS_AWS"] = "token-of-admin", "not-a-key"
        workspace = new_workspace("iris-jenkins", folder / "ws", {"jenkins.url": estate["jenkins"], "jenkins.user": "admin", "mlflow.url": mlflow.url, "cluster.kubeconfig": kube.config},
                                  [("jobs: [iris]", "jobs: [iris-pipeline]"), ("job: iris,", "job: iris-pipeline,"), ("context: mlops-cluster", "context: pilothouse"), ('artifacts: "s3://mlflow-artifacts-bucket/mlflow", ', "")])
        (workspace.parent / "data").mkdir()
        shutil.copy(SHARED / "data/iris.csv", workspace.parent / "data/iris.csv")
        kube.kubectl("apply", "-f", "-", given=MANIFEST)

        # Here, with the system's own recipe, logged to its registry.
        recipe = workspace.parent / "recipes/iris.yaml"
        trained = pilot("train", recipe, "--register", "iris", workspace=workspace)[0]
        check(trained["registered"]["version"] == 1, f"{trained}")
        there = mlflow.get("model-versions/get", name="iris", version=1)["model_version"]
        data = mlflow.get("runs/get", run_id=there["run_id"])["run"]["data"]
        check(any(m["key"].endswith("accuracy") for m in data["metrics"]) and any("n_estimators" in p["key"] for p in data["params"]), f"{data}")
        steps.ok("Retrain in one click here, with the system's own recipe, logged to its registry with its own tags", f"run {there['run_id'][:8]}")
        pilot("registry", "tag", "iris", "1", "build", "41", workspace=workspace)
        first = pilot("promote", "iris", "1", workspace=workspace)[0]
        check("TRANSITION" in json.dumps(first["plan"]), f"{first['plan']}")
        pilot("approve", first["request"]["id"], "--comment", "the first", workspace=workspace)
        check(stage_of(mlflow, 1) == "Production" and image_of(kube).endswith(":41"), f"{stage_of(mlflow, 1)} {image_of(kube)}")
        pilot("rollouts", "watch", "iris", workspace=workspace)
        steps.ok("Promote, and see what changes: stage", "Production, and build 41 on the cluster")

        # There: a build of Jenkins, followed stage by stage.
        second = workspace.parent / "recipes/second.yaml"
        second.write_text(recipe.read_text().replace("n_estimators: 100", "n_estimators: 120"))
        check(pilot("train", second, "--register", "iris", workspace=workspace)[0]["registered"]["version"] == 2, "the candidate of the gate")
        build = started(workspace, "jenkins:iris-pipeline", "N_ESTIMATORS=120")
        steps.ok("Retrain there: Jenkins build", build)
        waiting = reaches(workspace, build, "paused")
        names = [s["name"] for s in waiting["stages"]]
        check(names[:9] == STAGES[:9], f"{names}")
        check({s["name"]: s["state"] for s in waiting["stages"]}["Train Model"] == "passed", f"{waiting['stages']}")
        log = pilot("pipelines", "log", build, "--stage", "Train Model", workspace=workspace)[0]["log"]
        check(log.strip() and "Checkout" not in log.split("\n")[0], f"{log[:300]}")
        steps.ok("Follow a run stage by stage, read one stage's log", f"{len(names)} stages, waits at {names[8]}")

        # The gate, with the candidate's numbers before the click.
        gate = gate_of(workspace, build)
        check(gate["model"] == "iris" and str(gate["candidate"]) == "2" and [p["name"] for p in gate["parameters"]] == ["MODEL_VERSION", "STAGE"], f"{gate}")
        evidence = pilot("pipelines", "evidence", build, workspace=workspace)[0]
        check(evidence["candidate"]["version"] == 2 and any("accuracy >= 0.9" in g["rule"] for g in evidence["gates"]) and evidence["lineage"]["data"]["sha256"], f"{evidence['gates']}")
        pilot("pipelines", "answer", build, "--param", "MODEL_VERSION=2", "--param", "STAGE=Production", "--comment", "numbers are in view", workspace=workspace)
        ended = reaches(workspace, build, "passed", "failed")
        check(ended["state"] == "passed" and [s["name"] for s in ended["stages"]] == STAGES and all(s["state"] == "passed" for s in ended["stages"]), f"{ended}")
        check(any(e["kind"] == "gate-answer" and e["phase"] == "done" for e in journal(workspace)), "the journal has no answer")
        steps.ok("Answer “Approve Promotion” with the candidate's numbers, threshold, data version and commit in view, and see stages 10–16 go on", f"{evidence['sentence'][:80]}")

        # Images, and the workload by hand.
        pilot("registry", "tag", "iris", "2", "build", ended["number"], workspace=workspace)
        done = pilot("promote", "iris", "2", "--comment", "answered at the gate", workspace=workspace)[0]["request"]
        check(done["state"] == "done" and image_of(kube).endswith(":" + ended["number"]) and stage_of(mlflow, 1) == "Archived", f"{done} {image_of(kube)} {stage_of(mlflow, 1)}")
        steps.ok("Push, tag, find and compare images: build number", image_of(kube).rsplit("/", 1)[1])
        planned = pilot("rollouts", "set-image", "iris", "mlops-serving=123456789012.dkr.ecr.us-east-1.amazonaws.com/mlops-serving:77", "--plan", workspace=workspace)[0]
        check(":77" in json.dumps(planned) and image_of(kube).endswith(":" + ended["number"]), f"{planned}")
        pilot("rollouts", "set-env", "iris", "LOG_LEVEL=debug", workspace=workspace)
        pilot("rollouts", "scale", "iris", "3", workspace=workspace)
        pilot("rollouts", "restart", "iris", workspace=workspace)
        now = kube.get("deployment", "mlops-serving")["spec"]
        check(now["replicas"] == 3 and {"name": "LOG_LEVEL", "value": "debug"} in now["template"]["spec"]["containers"][0]["env"], f"{now}")
        steps.ok("Set image, environment variable, scale, restart")
        pulled = image_of(kube)
        broken = pilot("rollouts", "set-image", "iris", f"mlops-serving={pulled.rsplit(':', 1)[0]}:missing", workspace=workspace)[0]
        check(pilot("rollouts", "watch", "iris", "--timeout", "5", workspace=workspace, expect=None)[1] != 0, "an image that cannot be pulled is rolled out")
        pilot("undo", broken["operation"], workspace=workspace)
        until("the image of before", 60, lambda: image_of(kube) == pulled)
        steps.ok("Undo in the middle", "an image that cannot be pulled")
        undone = pilot("undo", done["id"], "--comment", "wrong day", workspace=workspace)[0]["request"]
        until("the image of before", 60, lambda: image_of(kube).endswith(":41"))
        check(undone["state"] == "undone" and stage_of(mlflow, 1) == "Production", f"{undone}")
        steps.ok("Undo each in one step", "stage and image of before")
        then = pilot("registry", "live", "iris", "--at", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), workspace=workspace)[0]
        check(then["version"] == 1, f"{then}")
        steps.ok("Say, for any past time, which version answered, who put it there")
        steps.ok("Switch automatic retraining off and on: own policy", own_policy(workspace, "iris"))
        by = by_policy(workspace, "iris", "jenkins", "paused")
        pilot("pipelines", "cancel", by.split()[0], workspace=workspace)
        steps.ok("Besides: the policy's own executor", by)
        # What the day after needs.
        estate.control("jenkins/fail", job="iris-pipeline", stage="Deploy to EKS")
        broken = started(workspace, "jenkins:iris-pipeline", "N_ESTIMATORS=130")
        reaches(workspace, broken, "paused")
        pilot("pipelines", "answer", broken, "--comment", "goes on", workspace=workspace)
        failed = reaches(workspace, broken, "failed", "passed")
        check(failed["state"] == "failed" and next(s for s in failed["stages"] if s["name"] == "Deploy to EKS")["state"] == "failed", f"{failed}")
        steps.ok("Be told: deployment failed", broken)
        steps.ok("Keep every secret in the keychain by name only", secrets_by_name(workspace, {"iris-jenkins", "iris-aws"}, {"token-of-admin", "not-a-key"}))
        steps.ok("See all models of the workspaces in one list: live version, metric against limit with source and age, newest model's age, drift, skew", one_list(workspace))
        steps.skip("Be warned when the undo target has been expired", "no ECR here: tests/unit/rollouts/tst_image_guard, tests/contract/cluster/tst_ecr_server")
        steps.skip("Latency, CPU, memory, predictions per day", "no container of this cluster runs; from Prometheus and pods: tests/contract/fleet/tst_workload_metrics, tests/contract/fleet/tst_rollout_load")
        steps.skip("Besides: data versions on S3", "no AWS here: tests/contract/sources/tst_s3_servers")
        return steps.said()


if __name__ == "__main__":
    missing = [what for what, there in (("MLflow (tests/run installs it)", programs()), ("Kubernetes (tests/backends/kube.sh build)", kube_is_built()), ("../shared/data", (SHARED / "data/iris.csv").exists())) if not there]
    if missing:
        print("skipped: there is no " + ", no ".join(missing))
        sys.exit(SKIPPED)
    run_main(main)
