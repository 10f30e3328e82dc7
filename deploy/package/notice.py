#!/usr/bin/env python3
"""Writes the licences of everything that is linked into a binary of Verbund, as the file NOTICE of its packages.

notice.py PACKAGE BINARY TARGET, in the root of the checkout. PACKAGE is the crate that BINARY is of, TARGET the triple that
it was built for. Needs cargo, the sources of the crates in its registry (a build leaves them there) and nothing else.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tomllib

CARGO = ["--quiet", "--locked", "--manifest-path", "Cargo.toml"]
RULE = "-" * 80
# What licences are called in the sources of crates, at any depth: some carry libraries written in C.
NAMES = re.compile(r"(licen[cs]e|copying|notice|copyright|unlicense)([-._].*)?", re.IGNORECASE)
# Sources that are called so, and folders whose files never reach a binary.
PROGRAMS = {".c", ".h", ".js", ".mjs", ".py", ".rs", ".sh", ".toml"}
UNLINKED = {"benches", "examples", "fuzz", "resources", "tests"}
MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def linked(package, target):
    """The crates of others that are linked into the binary: their entries in cargo's metadata, by name and version."""
    # Unlike the metadata, the tree knows which features the binary alone has, and which crates only run in the compiler.
    tree = output(
        "cargo", "tree", *CARGO, "--package", package, "--target", target, "--edges", "normal,no-proc-macro",
        "--prefix", "none", "--no-dedupe", "--format", "{p}",
    )  # fmt: skip
    wanted = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
    packages = json.loads(output("cargo", "metadata", *CARGO, "--format-version", "1", "--filter-platform", target))
    found = [
        it for it in packages["packages"] if it["source"] and (it["name"], f"v{it['version']}") in wanted
    ]
    return sorted(found, key=lambda it: (it["name"], it["version"]))


def licence_files(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    files = {folder / package["license_file"]} if package["license_file"] else set()
    for file in folder.rglob("*"):
        inside = file.relative_to(folder)
        if NAMES.fullmatch(file.name) and file.suffix not in PROGRAMS and not UNLINKED & set(inside.parts):
            files.add(file)
    return sorted(it for it in files if it.is_file())


def crates(package, target):
    """Every crate with its licence, then every text once, with the crates that it came with."""
    packages = linked(package, target)
    texts, carriers, bare = {}, collections.defaultdict(list), []
    for it in packages:
        name = f"{it['name']} {it['version']}"
        files = licence_files(it)
        for file in files:
            text = file.read_text(encoding="utf-8", errors="replace").strip()
            # The same licence in other lines is the same licence.
            key = " ".join(text.split())
            texts.setdefault(key, text)
            if name not in carriers[key]:
                carriers[key].append(name)
        if not files:
            bare.append(it)
    yield "CRATES"
    yield "\n".join(f"{it['name']} {it['version']}: {it['license'] or 'see its licence file'}" for it in packages)
    yield f"The Rust standard library, {output('rustc', '--version').split(' (')[0]}: MIT OR Apache-2.0"
    for key, names in carriers.items():
        yield RULE
        yield "Came with " + ", ".join(names) + ":"
        yield texts[key]
    yield RULE
    yield "Without a file of their licence (Apache-2.0 is the file LICENSE, MIT follows):"
    for it in bare:
        authors = ", ".join(it["authors"]) or f"the authors of {it['repository']}"
        yield f"{it['name']} {it['version']}, {it['license']}. Copyright (c) {authors}"
    yield MIT


def explorer(binary):
    """What the build of the explorer wrote. Folders of several builds may lie beside the binary; one is within it."""
    content = binary.read_bytes()
    for file in sorted(binary.resolve().parent.glob("build/verbund-*/out/explorer/NOTICE.txt")):
        notice = file.read_bytes()
        if notice in content:
            return notice.decode("utf-8", errors="replace").strip()
    sys.exit(f"error: beside {binary} there is no build/verbund-*/out/explorer/NOTICE.txt of the same build")


def data():
    """The sources of the data within the binary, as their files name them."""
    for file in sorted(pathlib.Path("api/seed").glob("*.toml")):
        source = tomllib.loads(file.read_text(encoding="utf-8")).get("source")
        if source:
            lines = [f"{file.name}: {source['title']}", source["attribution"], f"Licence: {source['licence']}"]
            yield "\n".join(lines + [source[it] for it in ("url", "notes") if it in source])
    for file in sorted(pathlib.Path("api/seed/datasets").glob("*.csv")):
        # Tables of the statistical offices end with what is to be said about them.
        footer = file.read_text(encoding="utf-8").rpartition("__________")[2].strip()
        yield f"{file.name}:\n{footer}"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    package, binary, target = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    parts = [
        "Verbund is under the Apache License 2.0, in the file LICENSE. It carries the work of others: the crates that are "
        "linked into the binary,\nthe packages of its API explorer, and data.",
        *crates(package, target),
        RULE,
        "EXPLORER",
        explorer(binary),
        RULE,
        "DATA",
        *data(),
    ]
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print("\n\n".join(parts))


main()
