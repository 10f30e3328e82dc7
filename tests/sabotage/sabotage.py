#!/usr/bin/env python3
"""Takes rules of access away, one at a time, and asks whether the integration tests notice, on each database."""

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clone import Clone
from places import all_places
from runs import ENGINES, Runs

KINDS = ("scope", "tenant", "state", "view", "policy")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=20, help="how many rules are taken away (default: 20)")
    parser.add_argument("--seed", type=int, default=1, help="which ones: the same seed, the same rules of the same code")
    parser.add_argument("--only", type=lambda it: [int(one) for one in it.split(",")], help="only these numbers of the draw")
    parser.add_argument("--folder", type=Path, help="where the copy is; kept for the next run (default: a temporary folder)")
    parser.add_argument("--threads", type=int, default=4, help="test cases at a time")
    parser.add_argument("--minutes", type=float, default=30, help="longest run of the suite for one rule")
    parser.add_argument("--list", action="store_true", help="only tell all places")
    parser.add_argument("--report", type=Path, help="writes the outcome as JSON too")
    arguments = parser.parse_args()
    root = Path(__file__).resolve().parents[2]
    if arguments.list:
        return tell_places(all_places(Clone(root, root, say).sources()))
    with tempfile.TemporaryDirectory(prefix="verbund-sabotage-") as temporary:
        folder = (arguments.folder or Path(temporary) / "copy").resolve()
        return sabotage(arguments, Clone(root, folder, say))


def sabotage(arguments, clone):
    clone.make()
    order = draw(all_places(clone.sources()), random.Random(arguments.seed))
    chosen, binary = build(clone, order, arguments.places)
    runs = Runs(binary, clone.folder, arguments.threads, arguments.minutes, say)
    report = []
    for number, place in sorted(chosen.items()):
        if arguments.only and number not in arguments.only:
            continue
        outcome = runs.judge(number, place)
        row = {"number": number, "kind": place.kind, "place": f"{place.path}:{place.line}", "what": place.what,
               **{engine: outcome.verdict(engine) for engine in ENGINES}, "cases": outcome.ran, "survived": outcome.survived()}
        report.append(row)
        say(f"{number}: {row['place']} {place.what}: " + "; ".join(f"{it}: {row[it]}" for it in ENGINES))
        if arguments.report:
            arguments.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    tell(report)
    return 1 if any(row["survived"] for row in report) else 0


def draw(strata, dice):
    """All places in an order in which kinds take turns, and within a kind its strata."""
    queues = []
    for kind in KINDS:
        of_kind = []
        for places in (strata[it] for it in sorted(strata) if strata[it][0].kind == kind):
            dice.shuffle(places)
            of_kind.append(places)
        queues.append([it for turn in itertools.zip_longest(*of_kind) for it in turn if it])
    return [it for turn in itertools.zip_longest(*queues) for it in turn if it]


def build(clone, order, count):
    """Builds the copy with the first places of the order that compile together."""
    queue, chosen = iter(order), {}
    while True:
        for number in range(1, count + 1):
            while number not in chosen:
                place = next(queue)
                if not any(place.overlaps(it) for it in chosen.values()):
                    chosen[number] = place
        clone.patch(chosen)
        binary, wrong = clone.build(chosen)
        if not wrong:
            return chosen, binary
        for number in wrong:
            say(f"cannot be compiled, another is drawn: {chosen[number].path}:{chosen[number].line} {chosen[number].what}")
            del chosen[number]


def tell_places(strata):
    for places in strata.values():
        for place in places:
            print(f"{place.kind:7} {place.path}:{place.line} {place.what}")
    return 0


def tell(report):
    print("| # | kind | place | what | SQLite | PostgreSQL |\n|---|---|---|---|---|---|")
    for row in report:
        what = row["what"].replace("|", "\\|")
        print(f"| {row['number']} | {row['kind']} | {row['place']} | `{what}` | {row['sqlite']} | {row['postgres']} |")
    survivors = sum(row["survived"] for row in report)
    print(f"{len(report)} rules taken away, {survivors} not noticed")


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(str(error))
