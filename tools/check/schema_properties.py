"""The properties that JSON schemas name, and what is wrong with spec/properties.md, which says of each of ours who reads or
writes it. Used by tools/check/coverage."""

import json
import pathlib
import re

# Document: its section of the table.
DOCUMENTS = {"config": "config.json", "state": "State", "features": "Features"}

# Where Debian's golang-github-opencontainers-specs-dev has the specification's own schemas. They are of an older version than
# ours (Debian 12: between 1.0.2 and 1.1.0), so they can only show what is missing here.
UPSTREAM = pathlib.Path("/usr/share/gocode/src/github.com/opencontainers/runtime-spec/schema")
UPSTREAM_FILES = {"config": ["config-schema.json", "config-linux.json"], "state": ["state-schema.json"]}

# What they have and ours have not, with what begins so, and why.
LEFT_OUT = {
    "/linux/intelRdt/enableCMT": "1.3.0 has enableMonitoring in its place",
    "/linux/intelRdt/enableMBM": "1.3.0 has enableMonitoring in its place",
    "/process/commandLine": "Windows",
    "/process/user/username": "Windows",
    "/solaris": "another platform",
    "/vm": "another platform",
    "/windows": "another platform",
    "/zos": "another platform",
}

ROW = re.compile(r"^\| `(/[^`]+)` \| (.*) \|$")
SOURCE = re.compile(r"`([^`]+)`")
UNSUPPORTED = "not supported yet"


class Schemas:
    """Schemas of one directory that refer to each other."""

    def __init__(self, directory):
        self.directory = directory
        self.files = {}

    def root(self, name):
        if name not in self.files:
            self.files[name] = json.loads((self.directory / name).read_text())
        return self.files[name]

    def resolved(self, name, schema):
        """The schema that a reference in the file `name` leads to, with the file that it is in."""
        while "$ref" in schema:
            file, _, pointer = schema["$ref"].partition("#")
            name = file or name
            schema = self.root(name)
            for step in pointer.split("/")[1:]:
                schema = schema[step]
        return name, schema

    def properties(self, name, schema=None, pointer=""):
        """The JSON pointers of all named properties, parents first. `*` is any element and any name."""
        name, schema = self.resolved(name, self.root(name) if schema is None else schema)
        for key, child in schema.get("properties", {}).items():
            yield f"{pointer}/{key}"
            yield from self.properties(name, child, f"{pointer}/{key}")
        unnamed = [schema.get("items"), schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
        for child in unnamed:
            if isinstance(child, dict):
                yield from self.properties(name, child, f"{pointer}/*")
        for key in ("allOf", "anyOf", "oneOf"):
            for child in schema.get(key, []):
                yield from self.properties(name, child, pointer)


def upstream_faults(tree, upstream, ours):
    """Properties of the specification's own schemas that ours lack."""
    for document, files in UPSTREAM_FILES.items():
        path = tree / f"spec/{document}.schema.json"
        for file in files:
            if not (upstream / file).is_file():
                yield path, 1, f"nothing to compare with: no {upstream / file} (golang-github-opencontainers-specs-dev)"
                continue
            for pointer in dict.fromkeys(Schemas(upstream).properties(file)):
                left_out = any(f"{pointer}/".startswith(f"{prefix}/") for prefix in LEFT_OUT)
                if pointer not in ours[document] and not left_out:
                    yield path, 1, f"no property {pointer}, which {file} has"


def row_faults(tree, pointer, cell):
    """What is wrong with the row of a property: a source has to have the property's name as a string."""
    sources = SOURCE.findall(cell)
    if not sources:
        yield f"{pointer}: no source"
    word = f'"{pointer.rsplit("/", 1)[1]}"'
    for source in sources:
        path = tree / "src" / source
        if not path.is_file():
            yield f"{pointer}: no source file src/{source}"
        elif UNSUPPORTED not in cell and word not in path.read_text():
            yield f"{pointer}: no {word} in src/{source}"


def table_faults(tree, ours):
    """Where the table and our schemas differ, and rows whose sources do not hold."""
    path = tree / "spec/properties.md"
    sections = {title: document for document, title in DOCUMENTS.items()}
    seen = {document: set() for document in DOCUMENTS}
    document = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("## "):
            document = sections.get(line.removeprefix("## "))
        row = ROW.match(line)
        if not row or not document:
            continue
        pointer, cell = row.groups()
        if pointer not in ours[document]:
            yield path, number, f"{pointer}: spec/{document}.schema.json has no such property"
        if pointer in seen[document]:
            yield path, number, f"{pointer}: a second row"
        seen[document].add(pointer)
        for what in row_faults(tree, pointer, cell):
            yield path, number, what
    for document, pointers in ours.items():
        for pointer in pointers:
            if pointer not in seen[document]:
                yield path, 1, f"no row for {pointer} of spec/{document}.schema.json"


def property_faults(tree, upstream):
    """(path, line, what) of everything that is wrong with the schemas of spec/ and their table."""
    names = [f"{document}.schema.json" for document in DOCUMENTS] + ["properties.md"]
    missing = [tree / "spec" / name for name in names if not (tree / "spec" / name).is_file()]
    if missing:
        yield from ((path, 1, "missing") for path in missing)
        return
    ours = {
        document: list(dict.fromkeys(Schemas(tree / "spec").properties(f"{document}.schema.json")))
        for document in DOCUMENTS
    }
    yield from table_faults(tree, ours)
    yield from upstream_faults(tree, upstream, ours)
