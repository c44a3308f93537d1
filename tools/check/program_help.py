"""The commands and options of a built myrt, as its --help tells them."""

import pathlib
import re
import subprocess
import sys

BUILDS = ("build/dev/src/myrt", "build/release/src/myrt")

# `  -b,--bundle TEXT            Directory ...`, `  --log-format TEXT:{text,json}`
OPTION = re.compile(r"^  (?P<names>-[^ ]+)(?: (?P<value>[^ ]+))?(?:  |$| )", re.MULTILINE)
WORDS = re.compile(r"\{(.*)\}")
COMMANDS = re.compile(r"^Subcommands:\n(?P<lines>(?:  .*\n?)+)", re.MULTILINE)
COMMAND = re.compile(r"^  (\S+)", re.MULTILINE)


def program_from_arguments(tree):
    """The myrt to ask: the one named after the tree on the command line, else one that a preset has built. None if
    there is none."""
    names = sys.argv[2:3] or [tree / build for build in BUILDS]
    return next((path for path in map(pathlib.Path, names) if path.is_file()), None)


def commands(program):
    """Each command, "" for myrt itself, with its options: every spelling, such as -b and --bundle, to the words that are its
    values, () for any value, None for a flag."""
    top = ask(program)
    names = COMMANDS.search(top)
    found = {"": options(top)}
    for name in COMMAND.findall(names["lines"]) if names else []:
        found[name] = options(ask(program, name))
    return found


def ask(program, *command):
    return subprocess.run([program, *command, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout


def options(text):
    found = {}
    for option in OPTION.finditer(text):
        words = WORDS.search(option["value"] or "")
        values = tuple(words[1].split(",")) if words else () if option["value"] else None
        found |= dict.fromkeys(option["names"].split(","), values)
    return found
