# SPDX-License-Identifier: GPL-3.0-or-later
"""score_pickles.py: loads pickled models and predicts, inside the confinement of core/learn/confined_child.cpp. `pilot score --pickle` starts it.

It talks by frames over standard input and output: a letter, the length of the body (8 bytes, little endian), the body. It is sent, in this order:
  F  the filter of system calls that holds from here on (struct sock_filter[]): no other program is started any more
  A  {"distributions":[…],"modules":[…]}; answered by
     V {"python":"3.11.2","distributions":{name:version|null},"missing":[module…]}
  L  {"files":[{"path","name"}…]}, applied one after the other; answered by
     M {"types":[…],"features":[name…]|null,"count":n|null,"classes":[label…]|null,"probabilities":bool,"made_by":[version…],"warnings":[…]}
     made_by: versions of scikit-learn that are not this one
  C  {"columns":[{"name","texts":[…]|null}…]}: texts are those of the whole file, of more than seven the first seven; null: numbers
  T  {"texts":[[…]|null…]}: what the codes of each column mean in the next rows; not sent where all columns are numbers
  B  rows (8 bytes), then each column: float64 numbers (NaN: missing), or int32 codes (-1: missing); answered by
     P {"rows","outputs","labels":[…]|null,"probabilities":k,"warnings":[…]} and
     D float64 [rows x outputs], or int32 codes [rows] into labels; then float64 [rows x k]
Instead of an answer: X {"stage","type","text","module":name|null,"trace"}; then it ends. At the end of its input it ends, too.
"""
import ctypes
import importlib.metadata
import importlib.util
import json
import os
import resource
import struct
import sys
import traceback
import warnings

MOST_WARNINGS, LONGEST_TEXT = 20, 2000
MOST_THREADS = 256  # the kernel (since 5.14) counts those of this user namespace alone
TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0, "False": 0.0, "FALSE": 0.0, "false": 0.0}  # what pandas.read_csv takes for a column of bool


class NoModel(Exception):
    """What was loaded is nothing that predicts; the text says it to people."""


class Pipe:
    """Frames to and from the parent. What the models print goes to standard error, and they have no input."""

    def __init__(self):
        self.source, self.sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)

    def receive(self):
        """(letter, body), or (None, b"") at the end."""
        head = self.source.read(9)
        if len(head) < 9:
            return None, b""
        return head[:1].decode("latin-1"), self.source.read(struct.unpack("<Q", head[1:])[0])

    def send(self, letter, *parts):
        self.sink.write(letter.encode("latin-1") + struct.pack("<Q", sum(len(part) for part in parts)))
        for part in parts:
            self.sink.write(part)
        self.sink.flush()

    def answer(self, letter, value):
        self.send(letter, json.dumps(value).encode())


def forbid_programs(code):
    """Sets the filter for this thread, which is the only one yet: later ones inherit it. Nor are threads started without end."""

    class Program(ctypes.Structure):
        _fields_ = [("count", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    libc, number = ctypes.CDLL(None, use_errno=True), ctypes.c_ulong
    buffer = ctypes.create_string_buffer(code, len(code))
    program = Program(len(code) // 8, ctypes.addressof(buffer))
    no_new_privileges, seccomp, by_filter = 38, 22, 2  # linux/prctl.h, linux/seccomp.h
    if libc.prctl(no_new_privileges, number(1), number(0), number(0), number(0)) or libc.prctl(seccomp, number(by_filter), ctypes.byref(program), number(0), number(0)):
        raise OSError(ctypes.get_errno(), "the filter of system calls could not be set")
    _, most = resource.getrlimit(resource.RLIMIT_NPROC)
    most = MOST_THREADS if most == resource.RLIM_INFINITY else min(most, MOST_THREADS)
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def versions(asked):
    import _compat_pickle

    found = {}
    for name in asked["distributions"]:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    # Protocols up to 2 write the names that modules had in Python 2.
    present = [_compat_pickle.IMPORT_MAPPING.get(name, name) for name in asked["modules"]]
    missing = [name for name in present if name not in ("", "__main__") and name not in sys.modules and importlib.util.find_spec(name) is None]
    return {"python": "%d.%d.%d" % sys.version_info[:3], "distributions": found, "missing": missing}


def shown(records):
    """Warnings as texts, each once."""
    texts = dict.fromkeys(f"{record.category.__name__}: {record.message}"[:LONGEST_TEXT] for record in records)
    return list(texts)[:MOST_WARNINGS]


def read(path):
    try:
        import joblib
    except ImportError:
        import pickle

        with open(path, "rb") as file:
            return pickle.load(file)
    return joblib.load(path)


def kind(thing):
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


def held(name, thing):
    keys = f" with the keys {', '.join(map(str, list(thing)[:10]))}" if isinstance(thing, dict) else ""
    return f"{name} holds a {kind(thing)}{keys}"


class Models:
    """The loaded pickles: all but the last transform, the last predicts."""

    def __init__(self, files):
        self.names, self.truths, self.texts, self.classes, self.framed = [], [], [], None, False
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            self.steps = [read(file["path"]) for file in files]
        self.warnings = shown(told)
        self.made_by = sorted({str(record.message.original_sklearn_version) for record in told if hasattr(record.message, "original_sklearn_version")})
        for file, step in zip(files, self.steps):
            wanted = "predict" if step is self.steps[-1] else "transform"
            if not callable(getattr(step, wanted, None)):
                raise NoModel(f"{held(file['name'], step)}, which has no {wanted}().")

    def describe(self):
        first, last = self.steps[0], self.steps[-1]
        names, count = getattr(first, "feature_names_in_", None), getattr(first, "n_features_in_", None)
        self.framed = names is not None or count is None
        classes = getattr(last, "classes_", None)
        if classes is not None:
            if isinstance(classes, list) or getattr(classes, "ndim", 1) != 1:
                raise NoModel(f"{kind(last)} predicts the classes of several targets at once; one target is scored.")
            self.classes = classes.tolist()
        self.chances = self.classes is not None and callable(getattr(last, "predict_proba", None))
        return {"types": [kind(step) for step in self.steps], "features": None if names is None else [str(name) for name in names], "count": None if count is None else int(count),
                "classes": None if self.classes is None else [str(label) for label in self.classes], "probabilities": self.chances, "made_by": self.made_by, "warnings": self.warnings}

    def table(self, body):
        """The rows as the first step takes them: an array if it was fitted on one, else a data frame."""
        import numpy

        rows, at, columns = struct.unpack_from("<Q", body)[0], 8, []
        for texts in self.texts:
            values = numpy.frombuffer(body, "<f8" if texts is None else "<i4", rows, at)
            at += values.nbytes
            columns.append(values.astype(float) if texts is None else texts[values])  # code -1 is the last one, which is "missing"
        if self.framed:
            try:
                import pandas

                return pandas.DataFrame(dict(zip(self.names, columns)))
            except ImportError:
                pass
        table = numpy.empty((rows, len(columns)), float if all(column.dtype == float for column in columns) else object)
        for i, column in enumerate(columns):
            table[:, i] = column
        return table

    def score(self, body):
        """(answer, data): see P and D above."""
        import numpy

        rows = self.table(body)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            count = len(rows)
            for step in self.steps[:-1]:
                rows = step.transform(rows)
            predicted = numpy.asarray(self.steps[-1].predict(rows))
            chances = numpy.asarray(self.steps[-1].predict_proba(rows), float) if self.chances else numpy.empty((count, 0))
        if len(predicted) != count or chances.shape != (count, len(self.classes) if self.chances else 0):
            raise NoModel(f"{kind(self.steps[-1])} answers {count} rows by predictions of the shape {predicted.shape} and probabilities of the shape {chances.shape}.")
        if predicted.ndim == 2 and predicted.shape[1] == 1:
            predicted = predicted[:, 0]
        labels = None
        if self.classes is not None:
            place = {label: code for code, label in enumerate(self.classes)}
            labels, values = [str(label) for label in self.classes], numpy.array([place[label] for label in predicted.tolist()], "<i4")
        elif predicted.dtype.kind in "fiub":
            values = predicted.astype("<f8")
        else:
            unique, codes = numpy.unique(predicted.astype(str), return_inverse=True)
            labels, values = unique.tolist(), codes.reshape(predicted.shape).astype("<i4")
        if values.ndim > (2 if labels is None else 1):
            raise NoModel(f"{kind(self.steps[-1])} predicts an array of the shape {predicted.shape}, which is no table of numbers and no list of labels.")
        answer = {"rows": count, "outputs": values.shape[1] if values.ndim == 2 else 1, "labels": labels, "probabilities": chances.shape[1], "warnings": shown(told)}
        return answer, values.tobytes() + chances.astype("<f8").tobytes()

    def take_columns(self, columns):
        self.names = [column["name"] for column in columns]
        self.truths = [column["texts"] is not None and all(text in TRUTH for text in column["texts"]) for column in columns]
        self.texts = [None] * len(columns)

    def take_texts(self, lists):
        import numpy

        self.texts = []
        for texts, truth in zip(lists, self.truths):
            if texts is not None:
                texts = numpy.array([*(TRUTH[text] if truth else text for text in texts), numpy.nan], float if truth else object)
            self.texts.append(texts)


def failure(stage, error):
    try:
        text = str(error)
    except Exception:  # a class that the pickle brought along may do anything here
        text = ""
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return {"stage": stage, "type": type(error).__name__, "text": text[:LONGEST_TEXT], "module": error.name if isinstance(error, ImportError) else None, "trace": trace[-2 * LONGEST_TEXT:]}


def main():
    pipe, models, stage = Pipe(), None, "start"
    try:
        while True:
            letter, body = pipe.receive()
            if letter is None:
                return
            if letter == "F":
                forbid_programs(body)
            elif letter == "A":
                pipe.answer("V", versions(json.loads(body)))
            elif letter == "L":
                stage = "load"
                models = Models(json.loads(body)["files"])
                pipe.answer("M", models.describe())
            elif letter == "C":
                models.take_columns(json.loads(body)["columns"])
            elif letter == "T":
                models.take_texts(json.loads(body)["texts"])
            elif letter == "B":
                stage = "score"
                answer, data = models.score(body)
                pipe.answer("P", answer)
                pipe.send("D", data)
    except BaseException as error:  # SystemExit of a pickle, too
        pipe.answer("X", failure(stage, error))


main()
