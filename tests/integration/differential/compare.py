"""Holds what was seen under myrt against what was seen under another runtime, and what differs to the table of differences."""

import dataclasses
import fnmatch

from differences import DIFFERENCES

ABSENT = "(absent)"
# What a run that did not come to its end can be compared by.
ENDINGS = ("outcome.create", "outcome.start", "end.reached")
# A refused container was never there, so nothing may be left of it; which mount points were made before is chance.
LEFT_OF_REFUSED = ("outcome.create", "left.cgroups", "left.state", "left.mounts")


@dataclasses.dataclass
class Finding:
    """A field in which a peer differs from myrt for no reason that the table knows."""

    field: str
    peer: str


def holds(when, choice):
    """Whether a configuration is as `FIELD=PATTERN|PATTERN ...` says; the empty text is true of all."""
    for term in when.split():
        field, patterns = term.split("=")
        if not any(fnmatch.fnmatchcase(choice.get(field, ""), pattern) for pattern in patterns.split("|")):
            return False
    return True


def fields_to_compare(mine, other):
    for ending in ENDINGS:
        if mine.get(ending) != other.get(ending):
            return [ending]
        if mine.get(ending) == "refused":
            return list(LEFT_OF_REFUSED) if ending == "outcome.create" else [ending]
    return sorted(mine.keys() | other.keys())


def known(peer, field, choice):
    """The table's entries that this difference is a case of."""
    return [
        number for number, entry in enumerate(DIFFERENCES)
        if peer in entry.peers.split() and fnmatch.fnmatchcase(field, entry.field) and holds(entry.when, choice)
    ]


def compare(choice, seen):
    """(findings, numbers of the table's entries that were met): `seen` has the fields of each runtime by its name."""
    findings, met = [], set()
    mine = seen["myrt"]
    for peer in seen:
        if peer == "myrt":
            continue
        for field in fields_to_compare(mine, seen[peer]):
            if mine.get(field, ABSENT) == seen[peer].get(field, ABSENT):
                continue
            entries = known(peer, field, choice)
            met.update(entries)
            if not entries:
                findings.append(Finding(field, peer))
    return findings, met
