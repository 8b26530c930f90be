# SPDX-License-Identifier: GPL-3.0-or-later
"""What MLflow's own web page has to fetch for a list: its ajax calls with its page sizes, one after the other as it gets each next token, each
reply parsed. mlflow_page.py URL models|versions|runs [NAME|EXPERIMENT-ID] prints {"first_s","complete_s","items"}. The page draws them, too: that is not counted.
Page sizes: runs 100 (the page's "Load more"), models 25, versions the server's own default, as the pages of MLflow 3.17 ask."""
import json
import sys
import time
import urllib.parse
import urllib.request


def ask(path, body=None):
    request = urllib.request.Request(url + "/ajax-api/2.0/mlflow/" + path, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return json.loads(reply.read())


def page(token):
    more = {"page_token": token} if token else {}
    if what == "runs":
        return ask("runs/search", {"experiment_ids": [name], "max_results": 100, "run_view_type": "ACTIVE_ONLY", "order_by": ["attributes.start_time DESC"], **more})
    if what == "versions":
        return ask("model-versions/search?" + urllib.parse.urlencode({"filter": f"name='{name}'", **more}))
    return ask("registered-models/search?" + urllib.parse.urlencode({"max_results": 25, "order_by": "name ASC", **more}))


url, what, name = sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""
key = {"runs": "runs", "versions": "model_versions", "models": "registered_models"}[what]
begun, first, items, token = time.perf_counter(), None, 0, ""
while True:
    reply = page(token)
    items += len(reply.get(key, []))
    first = first or time.perf_counter() - begun
    token = reply.get("next_page_token", "")
    if not token:
        break
print(json.dumps({"first_s": round(first, 4), "complete_s": round(time.perf_counter() - begun, 4), "items": items}))
