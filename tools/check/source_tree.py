"""What the checks share: the files of a source tree, their includes, and their code without comments."""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>\n]+>|"[^"\n]+")', re.MULTILINE)
NOT_CODE = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'""",
    re.VERBOSE | re.DOTALL,
)


def tree_from_arguments():
    """The tree to check: the one named on the command line, else the one that holds this file."""
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1]).resolve()
    return pathlib.Path(__file__).resolve().parents[2]


def sources(tree, *folders):
    """The C++ files below the folders of the tree, sorted."""
    return sorted(
        path
        for folder in folders
        for path in (tree / folder).rglob("*")
        if path.suffix in (".cc", ".h")
    )


def includes(text):
    """The (line number, "<name>" or '"name"') pairs of the include lines."""
    return [(line_of(text, match.start(1)), match.group(1)) for match in INCLUDE.finditer(text)]


def code_only(text):
    """The text with comments, strings and character literals blanked; line numbers stay true."""
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def report(tree, findings):
    """Prints each (path, line, what) as `path:line: what`; the exit status says whether there were any."""
    for path, line, what in findings:
        print(f"{path.relative_to(tree)}:{line}: {what}")
    return 1 if findings else 0
