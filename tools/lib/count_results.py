#!/usr/bin/env -S python3 -B
"""Counts what a test run left in a directory and prints `N passed, N failed, N skipped` as its last line.

Usage: count_results.py DIRECTORY EXPECTED_SKIPS

DIRECTORY/steps      lines `passed NAME` or `failed NAME`: builds, checks, and test programs by exit status
DIRECTORY/*.json     GoogleTest's --gtest_output=json:

A skip counts as one only if EXPECTED_SKIPS lists it, as `Suite.Test` or, for one program, as `NAME:Suite.Test`, where `*`
stands for anything; else it is a failure. A program that failed although none of its tests did counts as a failure of its own.
"""

import fnmatch
import json
import pathlib
import sys


def tests_of(path):
    """(name, outcome) of each test in one result file."""
    for suite in json.loads(path.read_text())["testsuites"]:
        for test in suite["testsuite"]:
            name = f"{suite['name']}.{test['name']}"
            if test.get("failures"):
                yield name, "failed"
            elif test["result"] == "COMPLETED":
                yield name, "passed"
            elif test["result"] != "SUPPRESSED" or "DISABLED_" in name:
                yield name, "skipped"


def expected_skips(path):
    """Patterns of the tests that may be skipped: the first word of each line that is not a comment."""
    lines = [line.split(maxsplit=1) for line in path.read_text().splitlines()]
    return {words[0] for words in lines if words and not words[0].startswith("#")}


def may_be_skipped(allowed, program, name):
    return any(fnmatch.fnmatchcase(full, pattern) for pattern in allowed for full in (name, f"{program}:{name}"))


def outcomes(directory, allowed):
    """(outcome, name) of everything that ran."""
    programs = {}
    for path in sorted(directory.glob("*.json")):
        programs[path.stem] = [
            (outcome if outcome != "skipped" or may_be_skipped(allowed, path.stem, name) else "unexpected skip",
             f"{path.stem}:{name}")
            for name, outcome in tests_of(path)
        ]
    for line in (directory / "steps").read_text().splitlines():
        outcome, name = line.split(maxsplit=1)
        tests = programs.get(name)
        if tests is None:
            yield outcome, name
        elif not tests or (outcome == "failed" and all(result != "failed" for result, _ in tests)):
            yield "failed", f"{name} (no test to blame)"
    for tests in programs.values():
        yield from tests


def main():
    directory, skips = map(pathlib.Path, sys.argv[1:])
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for outcome, name in outcomes(directory, expected_skips(skips)):
        counts["failed" if outcome == "unexpected skip" else outcome] += 1
        if outcome != "passed":
            print(f"{outcome}: {name}")
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


sys.exit(main())
