# SPDX-License-Identifier: GPL-3.0-or-later
"""1,000 curves of 10,000 points in the comparison of runs: what each event of a gesture (wheel, drag, keys) costs the GUI thread by its own CPU
clock while the cached picture is moved and scaled, and how long after the gesture the exact picture stands. No peer: the limits are a frame and 300 ms."""
import json
import os
import subprocess

from table import Row

FRAME_MS, EXACT_MS = 16, 300


def measure(options):
    env = dict(os.environ, LC_ALL="C.UTF-8")
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run([options.program("tests/bench_curves"), "1000", "10000", "6"], capture_output=True, text=True, env=env, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"bench_curves ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    gesture, hover = told["frames"], told["hover"]
    what = f"{told['curves']} curves × {told['points']} points"
    return [
        Row(f"{what}, gesture", f"max {gesture['max_cpu_ms']:.1f} ms CPU", quality=f"p99.9 {gesture['p999_cpu_ms']:.1f} ms, max wall {gesture['max_wall_ms']:.0f} ms, {told['gesture_events']} events, {told['cores']} cores",
            gate=f"≤ {FRAME_MS} ms", met=gesture["max_cpu_ms"] <= FRAME_MS, note="; ".join(f"{d['cpu_ms']:.1f} ms {d['event']}" for d in gesture["dear"][:3])),
        Row(f"{what}, exact picture after a gesture", f"median {told['exact_after_ms_median']:.0f} ms, max {told['exact_after_ms_max']:.0f} ms", quality=f"{told['picture_cpu_ms']:.0f} ms CPU of all threads, first picture {told['first_picture_ms']:.0f} ms, smoothing {told['smoothing_ms']:.0f} ms",
            gate=f"≤ {EXACT_MS} ms", met=told["exact_after_ms_max"] <= EXACT_MS),
        Row(f"{what}, hover", f"max {hover['max_cpu_ms']:.1f} ms CPU", quality=f"max wall {hover['max_wall_ms']:.0f} ms", gate=f"≤ {FRAME_MS} ms", met=hover["max_cpu_ms"] <= FRAME_MS),
    ]
