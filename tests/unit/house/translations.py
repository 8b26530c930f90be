#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""translations.py LUPDATE ROOT: fails when a text of the sources has no German, or a translation lost a placeholder.

The texts are read from the sources by lupdate, not from the .ts file, so that a text nobody extracted is found too.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

LUPDATE, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
PLACES = re.compile(r"%(?:L?\d+|n)")


def messages(path):
    found = {}
    for context in xml.parse(path).getroot().findall("context"):
        for message in context.findall("message"):
            translation = message.find("translation")
            forms = [form.text or "" for form in translation] if message.get("numerus") else [translation.text or ""]
            comment = message.find("comment")
            key = (context.find("name").text, message.find("source").text, comment.text if comment is not None else "")
            found[key] = None if translation.get("type") else forms
    return found


def findings(sources, german, plurals):
    for key in sources:
        if key[0] == "Text":  # lupdate lost the function's namespace (a return type such as operations::Operation): at run time the context is another
            yield f"{key[1]!r} is extracted as of no class: name the return type with a using declaration"
        forms = german.get(key)
        if not forms or not all(forms):
            yield f"no German for {key[1]!r} in {key[0]}"
            continue
        for form in forms:
            if set(PLACES.findall(key[1])) != set(PLACES.findall(form)):
                yield f"placeholders differ: {key[1]!r} and {form!r}"
        if "%n" in key[1] and not plurals.get(key):
            yield f"no English singular for {key[1]!r} in {key[0]}"


def main():
    # It must see what it looks for before it may say that all is well.
    assert list(findings({("c", "a %1", ""): None}, {("c", "a %1", ""): ["b"]}, {})), "blind to a lost placeholder"
    assert list(findings({("c", "a", ""): None}, {}, {})), "blind to a missing text"
    with tempfile.TemporaryDirectory() as folder:
        fresh = pathlib.Path(folder) / "sources.ts"
        subprocess.run([LUPDATE, "-recursive", "core", "widgets", "app/console", "-I", ".", "-locations", "none", "-ts", fresh], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        sources = messages(fresh)
    assert len(sources) > 300, f"only {len(sources)} texts found"
    bad = list(findings(sources, messages(ROOT / "translations/pilothouse_de.ts"), messages(ROOT / "translations/pilothouse_en.ts")))
    print("\n".join(bad) if bad else f"{len(sources)} texts have their German")
    return 1 if bad else 0


sys.exit(main())
