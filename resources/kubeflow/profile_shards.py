#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift profiles of many files, made by Kubeflow Pipelines: a ParallelFor with one shard an iteration, and a pod of each that runs `pilot profile`.

    pilot pipelines upload profile_shards.yaml
    pilot pipelines start profile-shards --param image=REGISTRY/pilot:1 --param shards='["s3://rows/a.csv", "s3://rows/b.csv"]' --wait
    pilot profile --run RUN --out DAY.json

Each profile is an artifact of its iteration, and stands in its pod's log, out of which the last line adds the profiles up.
The shards are https:// or s3:// addresses, or paths that the pods see: a volume is `kubernetes.mount_pvc(task, "rows", "/data")` below, and compiling anew.
profile_shards.yaml is this file compiled: python3 profile_shards.py (kfp and kfp-kubernetes 2.17).
"""
import pathlib
from typing import List

from kfp import compiler, dsl, kubernetes

# Of the Secret that a run names; what is not in it, or none at all, is no error: the shards may be open to all.
DATA_KEYS = {"access-key": "AWS_ACCESS_KEY_ID", "secret-key": "AWS_SECRET_ACCESS_KEY", "endpoint": "AWS_ENDPOINT_URL", "region": "AWS_REGION"}


@dsl.container_component
def profile(shard: str, bins: str, profile: dsl.Output[dsl.Artifact]):
    return dsl.ContainerSpec(image="pilot", command=["pilot", "profile"], args=["--out", profile.path, "--bins", bins, "--force", "--hand-back", "--events", "--", shard])


@dsl.pipeline(name="profile-shards")
def profile_shards(shards: List[str], image: str, bins: str = "", secret: str = "pilothouse-data"):
    """Drift profiles of many files, a pod each: add them up with pilot profile --run RUN --out DAY.json

    Args:
        shards: Data files, one an iteration, as JSON: ["s3://rows/a.csv", "https://data.example/b.csv"].
        image: A container image with pilot (packaging/image).
        bins: Address of the reference's profile (pilot profile REFERENCE --out), in whose bins numbers are counted; empty: sketches alone.
        secret: A Secret of the cluster with access-key, secret-key, endpoint and region of the shards' store; it may be missing.
    """
    with dsl.ParallelFor(items=shards, name="shards") as shard:
        task = profile(shard=shard, bins=bins)
        task.set_container_image(image)
        task.set_retry(2)
        task.set_caching_options(False)  # a file may have changed under its name
        kubernetes.use_secret_as_env(task, secret_name=secret, secret_key_to_env=DATA_KEYS, optional=True)


if __name__ == "__main__":
    compiler.Compiler().compile(profile_shards, str(pathlib.Path(__file__).with_suffix(".yaml")))
