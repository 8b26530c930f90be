#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pickles.py: `pilot score --pickle` gives what the models themselves predict in Python (labels exactly, numbers but for the
last bits, which BLAS leaves open: its kernels differ by processor and by how many rows come at once), says clearly what is wrong, and lets nothing
out that a malicious pickle tries. scikit-learn is the real one, from the virtual environment that tests/run makes (build/python-venv).

Every malice is run twice: confined, where it must end in an error with nothing done; and with bubblewrap replaced by a program that confines
nothing (or with the limit raised), where the harm must happen: so each of these tests fails when the confinement does not hold."""
import contextlib
import csv
import functools
import json
import math
import os
import pathlib
import pickle
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import timeit

ROOT = pathlib.Path(__file__).resolve().parents[3]
PILOT = os.environ.get("PILOTHOUSE_PILOT") or str(ROOT / "build/dev/bin/pilot")
VENV = ROOT / "build/python-venv"
SKIPPED = 77
SECRET = "the-secret-that-must-not-come-out"

# Takes bwrap's place: runs the command with no confinement at all. Files that it should show elsewhere are read where they are.
NO_CONFINEMENT = """#!{python} -I
import os, sys
arguments, files, script = sys.argv[1:], {{}}, ""
while arguments[0] != "--":
    option = arguments.pop(0)
    if option == "--ro-bind":
        files[arguments[1]] = arguments[0]
    elif option == "--ro-bind-data":
        script = os.fdopen(int(arguments[0]), "rb").read().decode()
for line, instead in (("forbid_programs(body)", "pass"), ('read(file["path"])', "read(FILES[file['path']])")):
    assert script.count(line) == 1, line
    script = script.replace(line, instead)
program = arguments[1]
os.execv(program, [program, "-I", "-B", "-c", f"FILES = {{files!r}}\\n" + script])
"""


class Runs:
    """A pickle that runs code when it is loaded, by a name that no list of dangerous ones has."""

    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return timeit.timeit, (self.code, "pass", timeit.default_timer, 1)


class CallsSystem:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


class OfThisScript:
    """What another process does not have."""

    def predict(self, rows):
        return rows


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(header)
        table.writerows([["" if v != v else repr(v) if isinstance(v, float) else v for v in row] for row in rows])
    return path


def dump(thing, path):
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as out:
        pickle.dump(thing, out)
    return path


class Bench:
    """A folder with a home, and `pilot` run in it."""

    def __init__(self, folder):
        self.folder, self.home = folder, folder / "home"
        self.home.mkdir()
        (self.home / "secret.txt").write_text(SECRET, encoding="utf-8")
        self.out = folder / "out.csv"
        self.loose = folder / "loose"
        self.loose.mkdir()
        (self.loose / "bwrap").write_text(NO_CONFINEMENT.format(python=sys.executable), encoding="utf-8")
        (self.loose / "bwrap").chmod(0o755)
        self.rows = write(folder / "few.csv", ["a", "b"], [[0.5, 1.5], [2.5, 3.5]])

    def start(self, files, *options, data=None, confined=True, path=None, python=VENV):
        self.out.unlink(missing_ok=True)
        path = path or (os.environ["PATH"] if confined else f"{self.loose}:{os.environ['PATH']}")
        command = [PILOT, "score", *map(str, files), "--pickle", "--data", str(data or self.rows), "--out", str(self.out), "--python", str(python), *map(str, options), "--json"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(self.home), "PATH": path, "PILOTHOUSE_SECRET_CONTRACT": SECRET})

    def score(self, files, *options, **how):
        """(exit code, the object of --json, standard error)"""
        job = self.start(files, *options, **how)
        out, errors = job.communicate(timeout=200)
        try:
            return job.returncode, json.loads(out), errors
        except json.JSONDecodeError:
            raise SystemExit(f"pilot score {files} {options} ended with {job.returncode} and no JSON\n{out}{errors}")

    def predictions(self):
        with open(self.out, newline="", encoding="utf-8") as file:
            return list(csv.reader(file))


def near(ours, theirs):
    return len(ours) == len(theirs) and all(float(a) == float(b) or math.isclose(float(a), float(b), rel_tol=1e-11) or (math.isnan(float(a)) and math.isnan(float(b))) for a, b in zip(ours, theirs))


def unlike(ours, theirs, chances, labels):
    """What differs between the file of `pilot score` and predict() and predict_proba(), or None."""
    if len(ours) != len(theirs) + 1:
        return f"{len(ours) - 1} rows, not {len(theirs)}"
    for row, (line, value) in enumerate(zip(ours[1:], theirs)):
        values = value if isinstance(value, list) else [value]
        if line[0] != str(row):
            return f"row {row} is numbered {line[0]}"
        said, shares = line[1:1 + len(values)], line[1 + len(values):]
        if said != [str(v) for v in values] if labels else not near(said, values):
            return f"row {row}: {said}, not {values}"
        if not near(shares, chances[row] if chances is not None else []):
            return f"row {row}: probabilities {shares}, not {chances[row] if chances is not None else []}"
    return None


def models(folder):
    """(name, steps, files, table, columns of the table or None for its array): every kind of thing that is pickled."""
    import joblib
    import numpy
    import pandas
    from sklearn import cluster, compose, ensemble, impute, linear_model, naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree

    draw = numpy.random.default_rng(11)
    table = pandas.DataFrame(draw.normal(size=(1500, 4)), columns=["a", "b", "c", "d"])
    y = 3 * table["a"] + table["b"] ** 2 + draw.normal(size=len(table)) / 10
    mixed = table.assign(kind=draw.choice(["red", "green", "blue, or so"], len(table)), day=draw.choice(["2024-01-01", "2024-06-01"], len(table)), seen=draw.random(len(table)) > 0.5)
    holes = table.mask(draw.random(table.shape) < 0.1)
    two, three, numbered = numpy.where(y > 1, "yes", "no"), numpy.array(["low", "mid", "high, very"])[numpy.digitize(y, [0, 2])], (y > 1).astype(int)
    scaler = preprocessing.StandardScaler().fit(table.to_numpy())
    scaled = scaler.transform(table.to_numpy())
    categories = compose.make_column_transformer((preprocessing.OneHotEncoder(), ["kind", "day", "seen"]), (impute.SimpleImputer(), ["a", "b"]))

    def named(model, target, rows=table):
        return [model.fit(rows, target)], rows

    def plain(model, target):
        return [model.fit(table.to_numpy(), target)], table

    cases = {
        "damage": ([scaler, svm.SVC(probability=True, random_state=1).fit(scaled, two)], table),
        "iris": named(linear_model.LogisticRegression(), three),
        "numbers for classes": plain(svm.SVC(kernel="linear"), numbered),
        "forest": named(ensemble.RandomForestClassifier(30, n_jobs=-1, random_state=1), three),
        "mixed": named(pipeline.make_pipeline(categories, linear_model.Ridge()), y, mixed),
        "holes": named(ensemble.HistGradientBoostingRegressor(max_iter=20), y, holes),
        "two targets": plain(linear_model.LinearRegression(), numpy.column_stack([y, 2 * y])),
        "a column of targets": plain(linear_model.LinearRegression(), numpy.asarray(y)[:, None]),
        "svr": plain(svm.SVR(), y),
        "neighbours": named(neighbors.KNeighborsRegressor(3), y),
        "network": plain(neural_network.MLPClassifier((8,), max_iter=30, random_state=1), two),
        "bayes": plain(naive_bayes.GaussianNB(), numbered > 0),
        "tree": named(tree.DecisionTreeRegressor(max_depth=5), y),
        "clusters": plain(cluster.KMeans(3, n_init=1, random_state=1), None),
    }
    for number, (name, (steps, rows)) in enumerate(cases.items()):
        place = folder / f"model{number}"
        place.mkdir()
        files = [place / f"{i}.{'pkl' if number % 3 == 1 else 'joblib'}" for i in range(len(steps))]
        for step, file in zip(steps, files):
            if file.suffix == ".pkl":
                dump(step, file)
            else:
                joblib.dump(step, file, compress=number % 2 and ("gzip", 3))
        yield name, steps, files, rows


def predict(steps, rows):
    """(predictions, probabilities or None, whether they are labels) of the models themselves. The layout of an array decides about the last bit
    where BLAS multiplies; rows lie as numpy.array makes them."""
    table = rows if hasattr(steps[0], "feature_names_in_") else rows.to_numpy().copy("C")
    for step in steps[:-1]:
        table = step.transform(table)
    predicted = steps[-1].predict(table)
    predicted = predicted[:, 0] if predicted.ndim == 2 and predicted.shape[1] == 1 else predicted
    chances = steps[-1].predict_proba(table).tolist() if hasattr(steps[-1], "predict_proba") else None
    return predicted.tolist(), chances, hasattr(steps[-1], "classes_")


def check_equality(bench):
    """Bit for bit, for every kind of model; what is told of it is true."""
    import pandas
    import sklearn

    for name, steps, files, rows in models(bench.folder):
        data = bench.folder / "rows.csv"
        rows.to_csv(data, index=False)
        read = pandas.read_csv(data, float_precision="round_trip")
        code, answer, errors = bench.score(files, data=data)
        if code:
            yield f"{name}: {errors}"
            continue
        if problem := unlike(bench.predictions(), *predict(steps, read)):
            yield f"{name}: {problem}"
        if answer["rows"] != len(rows) or answer["versions_fit"] is not True or not any(v["package"] == "scikit-learn" and v["found"] == sklearn.__version__ for v in answer["versions"]):
            yield f"{name}: {answer}"
        print(f"{name}: {answer['rows']} rows by {', then '.join(m['type'].rsplit('.', 1)[1] for m in answer['models'])}, probabilities: {answer['probabilities']}", flush=True)


def check_blocks(bench):
    """More rows than a block: the same predictions, and the child's memory stays where it was after the first."""
    import cloudpickle
    import joblib
    import numpy
    import pandas
    from sklearn import linear_model, tree

    class Peak:
        def predict(self, rows):
            import resource

            return [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss] * len(rows)

    draw = numpy.random.default_rng(3)
    table = pandas.DataFrame(draw.normal(size=(300_000, 6)), columns=list("abcdef"))
    data = bench.folder / "long.csv"
    table.to_csv(data, index=False)
    read = pandas.read_csv(data, float_precision="round_trip")
    for model in (tree.DecisionTreeClassifier(max_depth=6), linear_model.LogisticRegression()):
        model.fit(table[:2000], numpy.where(table["a"][:2000] > table["b"][:2000], "yes", "no"))
        joblib.dump(model, bench.folder / "long.joblib")
        code, _, errors = bench.score([bench.folder / "long.joblib"], data=data)
        problem = errors if code else unlike(bench.predictions(), *predict([model], read))
        if problem:
            yield f"300000 rows by {type(model).__name__}: {problem}"
    yield from check_texts_in_blocks(bench, draw)
    yield from check_memory(bench, model)
    file = bench.folder / "peak.pkl"
    file.write_bytes(cloudpickle.dumps(Peak()))
    code, _, errors = bench.score([file], data=data)
    if code:
        yield f"memory: {errors}"
        return
    peaks = [float(line[1]) for line in bench.predictions()[1:]]
    grown = (peaks[-1] - peaks[0]) / 1024
    print(f"memory of the child after {len(peaks)} rows: {grown:.1f} MiB more than after the first block", flush=True)
    if not grown < 8 or len(peaks) != len(table):
        yield f"memory: {grown} MiB more after {len(peaks)} rows"


def check_texts_in_blocks(bench, draw):
    """What a text means is a matter of the whole column: 'True' is one among words of which the first 'maybe' stands in the last block, and a truth
    value where there are no others; a column may be empty for blocks; times are texts."""
    import pandas
    from sklearn import compose, linear_model, pipeline, preprocessing

    count = 30_000
    table = pandas.DataFrame({"a": draw.normal(size=count), "flag": draw.choice(["True", "False"], count), "sure": draw.choice(["True", "False"], count),
                              "late": [""] * 20_000 + list(draw.choice(["x", "y, or so"], count - 20_000)), "day": draw.choice(["2024-01-01", "2024-06-01"], count)})
    table.loc[count - 5:, "flag"] = "maybe"
    data = bench.folder / "texts.csv"
    table.to_csv(data, index=False)
    read = pandas.read_csv(data, float_precision="round_trip", low_memory=False)  # else pandas itself takes a part of `flag` for truth values
    codes = compose.make_column_transformer((preprocessing.OneHotEncoder(handle_unknown="ignore"), ["flag", "late", "day"]), ("passthrough", ["a", "sure"]))
    model = pipeline.make_pipeline(codes, linear_model.Ridge()).fit(read, read["a"] + 3 * (read["flag"] == "maybe") + (read["late"] == "x") + 2 * read["sure"])
    code, answer, errors = bench.score([dump(model, bench.folder / "texts.pkl")], data=data)
    problem = errors if code else unlike(bench.predictions(), *predict([model], read))
    if problem or answer["columns"] != list(table.columns):
        yield f"texts in blocks: {problem or answer}"


def check_memory(bench, model):
    """The memory of pilot itself does not grow with the file: what it takes most, seen until it ends."""
    import joblib
    import numpy
    import pandas

    joblib.dump(model, bench.folder / "wide.joblib")
    most = {}
    for rows in (200_000, 800_000):
        data = bench.folder / "wide.csv"
        pandas.DataFrame(numpy.round(numpy.random.default_rng(5).normal(size=(rows, 6)), 6), columns=list("abcdef")).to_csv(data, index=False)
        job, peak = bench.start([bench.folder / "wide.joblib"], data=data), 0
        while job.poll() is None:
            with contextlib.suppress(OSError):
                lines = pathlib.Path(f"/proc/{job.pid}/status").read_text(encoding="utf-8").splitlines()
                peak = max([peak, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))])
            time.sleep(0.01)
        out, errors = job.communicate(timeout=10)
        if job.returncode or json.loads(out)["rows"] != rows:
            yield f"memory of pilot with {rows} rows: {errors}"
            return
        most[rows] = peak / 1024
    grown = most[800_000] - most[200_000]
    print(f"memory of pilot: {most[200_000]:.0f} MiB for 200000 rows, {most[800_000]:.0f} MiB for 800000", flush=True)
    if not grown < 24:  # buffers are fuller where other programs have the cores (16 seen); the table alone would be 28 MiB more, its file 33 MiB
        yield f"memory of pilot: {grown:.0f} MiB more for 800000 rows than for 200000, which fill every buffer"


def check_errors(bench):
    """Each mistake: its exit code, and the words that must be told."""
    import joblib
    import sklearn.base
    from sklearn import linear_model, preprocessing

    folder, version = bench.folder, sklearn.__version__
    rows = [[float(i), float(i * i % 7)] for i in range(20)]
    plain = folder / "plain.joblib"
    joblib.dump(linear_model.LinearRegression().fit(rows, [r[0] for r in rows]), plain)
    import pandas

    named = dump(linear_model.LinearRegression().fit(pandas.DataFrame(rows, columns=["a", "bee"]), [r[0] for r in rows]), folder / "named.pkl")
    strict = dump(preprocessing.OneHotEncoder().fit([["x"], ["y"]]), folder / "encoder.pkl")
    predictor = dump(linear_model.LinearRegression().fit([[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0]), folder / "codes.pkl")
    right, sklearn.base.__version__ = sklearn.base.__version__, "1.2.1"
    old = dump(preprocessing.StandardScaler().fit(rows), folder / "old.pkl")
    packed = folder / "old.xz.joblib"
    joblib.dump(preprocessing.StandardScaler().fit(rows), packed, compress=("xz", 3))
    packed_new = folder / "new.xz.joblib"
    sklearn.base.__version__ = right
    joblib.dump(linear_model.LinearRegression().fit(rows, [r[0] for r in rows]), packed_new, compress=("xz", 3))
    for name, text in (("pip", "# pinned\nscikit-learn == 0.24.2\nnumpy>=1.0\nmlflow==99\n"), ("conda", "dependencies:\n- python=2.7\n- pip:\n  - scikit-learn==0.24.2\n")):
        (folder / name).mkdir()
        shutil.copy(plain, folder / name)
        (folder / name / ("requirements.txt" if name == "pip" else "conda.yaml")).write_text(text, encoding="utf-8")
    three = write(folder / "three.csv", ["a", "b", "c"], [[1.0, 2.0, 3.0]])
    nowhere = folder / "nowhere.pkl"
    nowhere.write_bytes(b"\x80\x04cno_such_module_here.part\nThing\n)R.")
    hidden = folder / "hidden.pkl"
    hidden.write_bytes(b"\x80\x04csklearn.no_such_part\nThing\n)R.")
    cut = folder / "cut.joblib"
    cut.write_bytes(plain.read_bytes()[:-40])
    words = write(folder / "words.csv", ["a"], [["z"]])
    cases = [
        ("a plain model", [plain], [], {}, 0, []),
        ("without --pickle", None, [], {}, 1, ["pickled Python object", "--pickle"]),
        ("the version that the second pickle says", [plain, old], [], {}, 1, ["scikit-learn ==1.2.1 by old.pkl", version]),
        ("a model that cannot transform as the first", [plain, named], [], {}, 2, ["LinearRegression", "no transform()"]),
        ("a scaler alone", [strict], [], {}, 2, ["OneHotEncoder", "no predict()"]),
        ("versions of requirements.txt", [folder / "pip/plain.joblib"], [], {}, 1, ["scikit-learn == 0.24.2", "requirements.txt:2", version, "--any-version", "pip install"]),
        ("versions of conda.yaml", [folder / "conda/plain.joblib"], [], {}, 1, ["python ==2.7.*", "scikit-learn ==0.24.2", "conda.yaml"]),
        ("the version that the pickle says", [old], [], {}, 1, ["scikit-learn ==1.2.1", "old.pkl"]),
        ("the version that only Python finds", [packed, plain], [], {}, 1, ["scikit-learn ==1.2.1", version]),
        ("the same, when asked", [packed, plain], ["--any-version"], {}, 0, ["OTHER VERSION", "1.2.1"]),
        ("a compression that is not walked", [packed_new], [], {}, 0, ["not looked at to its end (its xz", "none were compared"]),
        ("a file of requirements", [plain], ["--requirements", folder / "pip/requirements.txt"], {}, 1, ["0.24.2"]),
        ("other versions, when asked", [folder / "pip/plain.joblib"], ["--any-version"], {}, 0, ["OTHER VERSION", "0.24.2"]),
        ("a module that is not there", [nowhere], [], {}, 2, ["no_such_module_here", str(VENV)]),
        ("a part of a module that is not there", [hidden], [], {}, 2, ["sklearn.no_such_part", "ModuleNotFoundError"]),
        ("a class of a script", [dump(OfThisScript(), folder / "own.pkl")], [], {}, 2, ["OfThisScript", "notebook or script"]),
        ("a dict of models", [dump({"scaler": 1, "model": 2}, folder / "dict.pkl")], [], {}, 2, ["builtins.dict", "scaler, model", "file of its own"]),
        ("a pickle that is cut", [cut], [], {}, 2, ["while it was loading"]),
        ("no pickle", [three], [], {}, 2, ["no pickle"]),
        ("a column that is not there", [named], [], {}, 2, ["“bee”", "The data has: a, b"]),
        ("columns by order", [named], ["--columns", "a,b"], {}, 0, []),
        ("too many columns", [plain], [], {"data": three}, 2, ["takes 2 columns, and 3", "--columns"]),
        ("the columns that are meant", [plain], ["--columns", "c,a"], {"data": three}, 0, []),
        ("a column that is named wrongly", [plain], ["--columns", "c,aa"], {"data": three}, 2, ["“aa”", "Did you mean “a”"]),
        ("a category never seen", [strict, predictor], [], {"data": words}, 2, ["ValueError", "unknown categories", "rows 0 to 0"]),
        ("a Python without the packages", [plain], [], {"python": "/usr/bin/python3"}, None, []),
        ("a Python that is none", [plain], [], {"python": "/bin/true"}, 2, ["/bin/true"]),
        ("a Python that is not there", [plain], [], {"python": folder / "nothing"}, 2, ["no such Python"]),
        ("no bubblewrap", [plain], [], {"path": str(folder)}, 3, ["bubblewrap", "apt-get install bubblewrap"]),
    ]
    for name, files, options, how, wanted, texts in cases:
        if files is None:
            bench.out.unlink(missing_ok=True)
            done = subprocess.run([PILOT, "score", plain, "--data", bench.rows, "--out", bench.out], capture_output=True, text=True, timeout=60)
            code, said = done.returncode, done.stderr
        else:
            code, answer, said = bench.score(files, *options, **how)
            said += json.dumps(answer, ensure_ascii=False)
        if wanted is None:  # the distribution's scikit-learn may be there, in another version or not at all
            wanted, texts = (1 if "other versions" in said else 2), ["/usr/bin/python3"]
        if code != wanted or any(text not in said for text in texts) or (code and bench.out.exists()):
            yield f"{name}: exit {code}, not {wanted}, or without {[t for t in texts if t not in said]}: {said}"
    print(f"{len(cases)} mistakes are told", flush=True)


def harms(bench):
    """(name, code that a pickle runs, did it: whether the harm is seen outside or in what pilot said, options that hold it, options that let it)."""
    mark, port_of = bench.folder / "mark", socket.create_server(("127.0.0.1", 0))
    port_of.settimeout(0.2)
    victim = subprocess.Popen(["sleep", "1000"])

    def connected(_):
        with contextlib.suppress(TimeoutError):
            port_of.accept()[0].close()
            return True
        return False

    def says(text, said):
        return text in said

    def marked(_):
        return mark.exists()

    yield "runs a command", f"import os; os.system('touch {mark}')", marked, [], []
    yield "becomes another program", f"import os; os.execv('/usr/bin/touch', ['touch', '{mark}'])", marked, [], []
    yield "opens a socket", f"import socket; socket.create_connection(('127.0.0.1', {port_of.getsockname()[1]}), 2)", connected, [], []
    yield "makes a pair of sockets", "import socket; socket.socketpair(); raise Exception('PAI' + 'RED')", functools.partial(says, "PAIRED"), [], []
    yield "reads the home", f"raise Exception(open('{bench.home}/secret.txt').read())", functools.partial(says, SECRET), [], []
    yield "writes outside", f"open('{mark}', 'w')", marked, [], []
    yield "reads what other processes were started with", ("import glob\ntexts = []\nfor f in glob.glob('/proc/[0-9]*/environ'):\n  try: texts.append(open(f, 'rb').read())\n  except OSError: pass\n"
                                                          "raise Exception([t for p in texts for t in p.split(bytes(1)) if b'SECRET_CONTRACT=' in t])"), functools.partial(says, SECRET), [], []
    yield "kills another process", f"import os; os.kill({victim.pid}, 9)", lambda _: victim.poll() is not None or time.sleep(0.2) or victim.poll() is not None, [], []
    yield "forks without end", "import os\nn = 0\nwhile n < 30:\n  try: child = os.fork()\n  except OSError: break\n  if child == 0: os._exit(0)\n  n += 1\nraise Exception('FORK' + 'ED') if n else OSError('no fork')", functools.partial(says, "FORKED"), [], []
    if os.geteuid():  # of root the kernel does not count them
        yield "starts threads without end", ("import threading, time\nthreading.stack_size(1 << 16)\nn = 0\nwhile n < 600:\n  try: threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n  except RuntimeError: break\n  n += 1\n"
                                             "raise Exception('CROW' + 'DED') if n == 600 else OSError('no thread')"), functools.partial(says, "CROWDED"), [], []
    yield "fills the disk", ("import os\ntry:\n  for i in range(5):\n    with open(f'/tmp/pilothouse-fill-{os.getpid()}-%d' % i, 'wb') as f:\n      for _ in range(40): f.write(bytes(1 << 20))\n"
                             "  raise Exception('FILL' + 'ED')\nfinally:\n  import glob\n  for f in glob.glob(f'/tmp/pilothouse-fill-{os.getpid()}-*'): os.remove(f)"), functools.partial(says, "FILLED"), [], []
    yield "keeps files in memory", "import os; os.memfd_create('x'); raise Exception('KEP' + 'T')", functools.partial(says, "KEPT"), [], []
    yield "eats memory", "x = bytearray(3 << 30); raise Exception('EAT' + 'EN')", functools.partial(says, "EATEN"), ["--max-memory", "2GiB"], ["--max-memory", "8GiB"]
    yield "never ends", "import time; time.sleep(5); raise Exception('AWA' + 'KE')", functools.partial(says, "AWAKE"), ["--max-time", "2s"], ["--max-time", "100s"]
    victim.kill()
    victim.wait()
    port_of.close()


def check_malice(bench):
    count = 0
    for name, code, did, held, let in harms(bench):
        count += 1
        file = dump(Runs(code), bench.folder / "malice.pkl")
        (bench.folder / "mark").unlink(missing_ok=True)
        ended, answer, said = bench.score([file], *held)
        said += json.dumps(answer)
        if did(said) or ended not in (1, 2, 3) or not answer.get("error", {}).get("what") or bench.out.exists():
            yield f"a pickle that {name} is not held: exit {ended}, {said}"
        if said.count("Traceback") > 2:
            yield f"a pickle that {name} is told unclearly: {said}"
        ended, answer, loose = bench.score([file], *let, confined=bool(let))
        if not did(loose + json.dumps(answer)):
            yield f"a pickle that {name} does nothing when it could, so its test shows nothing: {loose}"
        print(f"{name}: {said.splitlines()[0][:150]}", flush=True)
    print(f"{count} malicious pickles do nothing, and all of them could", flush=True)


def check_refusals(bench):
    """What the names in a pickle betray is not even begun; what takes the confined Python over is seen."""
    mark = bench.folder / "mark"
    mark.unlink(missing_ok=True)
    code, _, said = bench.score([dump(CallsSystem(f"touch {mark}"), bench.folder / "system.pkl")], confined=False)
    if code != 1 or "posix.system" not in said or mark.exists():
        yield f"a pickle that names os.system: exit {code}, {said}"
    for name, lie in [("ends its Python", "import os; os._exit(0)"), ("leaves by SystemExit", "import sys; sys.exit(0)"), ("ends by a signal", "import os; os.kill(os.getpid(), 11)"),
                      ("answers in another's place", "import os\nfor f in range(3, 20):\n  try: os.write(f, b'Z' * 4096)\n  except OSError: pass"),
                      ("steers the terminal", "raise Exception(chr(27) + '[2J')")]:
        code, answer, said = bench.score([dump(Runs(lie), bench.folder / "lie.pkl")])
        if code != 2 or not answer["error"]["what"] or "\x1b" in said:
            yield f"a pickle that {name}: exit {code}, {said}"
    frames = b"".join(letter + struct.pack("<Q", len(body)) + body for letter, body in ((b"M", b'{"types":["x"],"count":2}'), (b"P", b'{"rows":40,"outputs":1000000}')))
    much = dump(Runs(f"import os\nfor f in range(3, 20):\n  try: os.write(f, {frames!r})\n  except OSError: pass"), bench.folder / "much.pkl")
    code, _, said = bench.score([much], data=write(bench.folder / "forty.csv", ["a", "b"], [[0.5, 1.5]] * 40))
    if code != 2 or "at most 256.0 MiB are taken" not in said:
        yield f"a pickle that answers without end: exit {code}, {said}"
    named = b'{"types":["x"],"features":["a","\\u001b[2J"]}'
    steers = dump(Runs(f"import os\nfor f in range(3, 20):\n  try: os.write(f, {b'M' + struct.pack('<Q', len(named)) + named!r})\n  except OSError: pass"), bench.folder / "steers.pkl")
    code, _, said = bench.score([steers])
    if code != 2 or "does not have the column" not in said or "\x1b" in said:
        yield f"a pickle whose features steer the terminal: exit {code}, {said}"


def check_stop(bench):
    """SIGINT ends the child with everything in it."""
    job = bench.start([dump(Runs("import time; time.sleep(300)"), bench.folder / "sleeps.pkl")])
    here = str(bench.folder / "sleeps.pkl").encode()

    def alive():
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if int(process.name) != job.pid and here in (process / "cmdline").read_bytes():
                    found.append(process.name)
        return found

    deadline = time.monotonic() + 60
    while not alive() and job.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    began = bool(alive())
    job.send_signal(signal.SIGINT)
    job.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    if job.returncode != 130 or not began or alive():
        yield f"SIGINT: exit {job.returncode}, begun: {began}, left: {alive()}"


def confinement():
    """Why bubblewrap cannot be tried here, or None."""
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed"
    probe = subprocess.run(["bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"], capture_output=True, text=True)
    return probe.stderr.strip() or f"bwrap ends with {probe.returncode}" if probe.returncode else None


def main():
    import sklearn

    wrong = []
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(pathlib.Path(name).resolve())
        for check in (check_equality, check_blocks, check_errors, check_malice, check_refusals, check_stop):
            begun = time.monotonic()
            wrong += check(bench)
            print(f"{check.__name__}: {time.monotonic() - begun:.1f} s", flush=True)
    print("\n".join(wrong) or f"pickles of scikit-learn {sklearn.__version__} are scored as they score themselves, and confined")
    return 1 if wrong else 0


if __name__ == "__main__":
    if not (VENV / "requirements.txt").exists():
        print("skipped: scikit-learn is not installed; tests/run makes build/python-venv with it when its registry can be reached")
        sys.exit(SKIPPED)
    if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(VENV / "bin/python", [str(VENV / "bin/python"), *sys.argv])
    if why := confinement():
        print(f"skipped: nothing can be confined here: {why}")
        sys.exit(SKIPPED)
    sys.exit(main())
