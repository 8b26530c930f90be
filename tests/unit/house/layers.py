#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""layers.py ROOT: fails when a layer reaches up, a heavy header leaves its wall, or widgets/ does I/O.

The heights are those of the CMake files (pilothouse_area(... LAYER n)), so there is one list of them only. Before it
reads the tree it checks itself on lines that must be found, so that it cannot pass by being blind.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
WIDGETS_MAY_NOT = re.compile(
    r"^(curl/|yaml-cpp/|torch/|xgboost/|sqlite3\.h|qt6keychain/|keychain\.h|Q(NetworkAccessManager|TcpSocket|Process|File|SaveFile|"
    r"TemporaryFile|Dir|DirIterator|FileInfo|Sql\w*)$|fstream$|unistd\.h$|fcntl\.h$|sys/socket\.h$|core/net/|core/base/(file|database|child_process)\.h)")
CORE_MAY_NOT = re.compile(r"^(QtWidgets|QtGui|QtCharts|Q(Widget|Application|MainWindow|Dialog|Chart\w*|TableView|TreeView|ListView|"
                          r"AbstractItemView|GraphicsView|Painter|Pixmap|Image|Color|Font|Icon))(/|$)")
ONLY_IN = {  # header prefix -> folder whose .cpp files may include it
    "torch/": "core/learn/", "ATen/": "core/learn/", "c10/": "core/learn/",
    "xgboost/": "core/learn/",
    "curl/": "core/net/", "yaml-cpp/": ("core/workspace/", "core/artifact/"), "sqlite3.h": "core/base/",
    "qt6keychain/": "core/secrets/", "git2": "core/registry/", "vterm.h": "widgets/cluster/",
}


def heights():
    found = {}
    for path in list(ROOT.glob("core/**/CMakeLists.txt")) + list(ROOT.glob("widgets/**/CMakeLists.txt")):
        for folder, layer in re.findall(r"pilothouse_area\(\s*(\S+)\s+LAYER\s+(\d+)", path.read_text()):
            found[folder] = int(layer)
    return found


def area_of(name):
    parts = name.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 and parts[0] in ("core", "widgets") else parts[0]


def findings(name, text, layer):
    here = area_of(name)
    for kind, header in INCLUDE.findall(text):
        there = area_of(header)
        if header.split("/")[0] in ("core", "widgets", "app"):
            if there == "app" and not name.startswith(("app/", "tests/")):
                yield f"{name}: includes {header}: app is the top layer"
            elif here in layer and there in layer and there != here and layer[there] >= layer[here]:
                yield f"{name}: includes {header}: {there} ({layer[there]}) does not stand below {here} ({layer[here]})"
            elif name.startswith("core/") and header.startswith("widgets/"):
                yield f"{name}: core includes {header}"
        if name.startswith("widgets/") and WIDGETS_MAY_NOT.match(header):
            yield f"{name}: widgets/ does no I/O, but includes {header}"
        if name.startswith("core/") and CORE_MAY_NOT.match(header):
            yield f"{name}: core/ knows no windows, but includes {header}"
        for prefix, folders in ONLY_IN.items():
            folders = (folders,) if isinstance(folders, str) else folders
            if header.startswith(prefix):
                if not name.startswith(folders):
                    yield f"{name}: {header} belongs behind the wall of {' or '.join(folders)}"
                elif name.endswith(".h") and not name.endswith("_internal.h"):
                    yield f"{name}: {header} in a public header"


def self_check():
    layer = {"core/base": 0, "core/net": 10, "core/fleet": 80, "widgets/base": 100}
    must_find = [("core/base/a.h", '#include "core/net/http.h"'), ("widgets/base/a.cpp", "#include <QFile>"),
                 ("core/base/a.cpp", "#include <QWidget>"), ("core/net/a.cpp", "#include <torch/torch.h>"),
                 ("core/net/a.h", "#include <curl/curl.h>"), ("core/fleet/a.h", '#include "widgets/base/theme.h"')]
    must_pass = [("core/net/a.cpp", "#include <curl/curl.h>"), ("core/fleet/a.h", '#include "core/net/http.h"')]
    for name, text in must_find:
        assert list(findings(name, text, layer)), f"blind to: {name} {text}"
    for name, text in must_pass:
        assert not list(findings(name, text, layer)), f"false alarm: {name} {text}"


def main():
    self_check()
    layer = heights()
    assert len(layer) >= 3, "no areas found"
    bad, read = [], 0
    for top in ("core", "widgets", "app"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".cpp", ".h"):
                read += 1
                bad += findings(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"), layer)
    print("\n".join(bad) if bad else f"{read} files in {len(layer)} areas keep the layers")
    return 1 if bad else 0


sys.exit(main())
