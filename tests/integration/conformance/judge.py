"""What a program of OCI's validation suite says of a runtime, and whether that is what expectations.toml has of it."""

import dataclasses
import re
import tomllib

# A line that is skipped asserts nothing, and one that is still to be done may go either way.
ASSERTION = re.compile(r"^(ok|not ok) \d+\b(?!.*# (?:SKIP|TODO)\b).*$", re.MULTILINE)
ERROR = re.compile(r'^ *"error": "(.*)",?$', re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one run of a program came to."""

    assertions: int  # those that were made; no skipped ones
    failures: tuple[str, ...] = ()  # one text each; none in a run that passed


@dataclasses.dataclass(frozen=True)
class Expectation:
    """What expectations.toml has of one program, in its words."""

    assertions: int
    failures: int = 0
    where: str = ""
    racy: bool = False
    tries: int = 1
    reason: str = ""


def outcome(status, stdout, stderr):
    """The Outcome of a program that wrote this and ended with the exit status, which is None when its time was up.

    Programs about hooks make no assertion and end with 0 in any case: they tell of a failure in a YAML block alone. In
    other programs such a block belongs to an assertion, which may be that there is an error.
    """
    results = list(ASSERTION.finditer(stdout))
    failures = [result[0] for result in results if result[1] == "not ok"]
    if not results:
        failures += [f"error: {error}" for error in ERROR.findall(stdout)]
    if status is None:
        failures.append("did not end in time")
    elif status != 0:
        failures.append(f"ended with {status}: {' '.join(stderr.split()) or 'no word'}")
    return Outcome(len(results), tuple(failures))


def read_expectations(path):
    """{program: Expectation}, sorted. ValueError, TypeError, KeyError: the file is not as its first lines say."""
    tables = tomllib.loads(path.read_text())
    expectations = {name: {"assertions": number} for name, number in sorted(tables.pop("assertions").items())}
    for kind in ("repeated", "exceptions"):
        for name, fields in tables.pop(kind).items():
            if not fields.get("reason"):
                raise ValueError(f"{path.name}: {kind}.{name} has no reason")
            expectations[name] |= fields
    if tables:
        raise ValueError(f"{path.name}: unknown table {', '.join(tables)}")
    return {name: Expectation(**fields) for name, fields in expectations.items()}


def fault(expectation, applies, found):
    """What is wrong with an Outcome, or None. `applies` says whether `where` holds here; where it does not, the program has
    to pass, with an unknown number of assertions. More assertions than expected are no fault: some programs make one for
    each processor or hierarchy."""
    wanted = expectation.failures if applies else 0
    if not found.failures and wanted and not expectation.racy:
        return "passes, though it is an exception: take it out of expectations.toml"
    if found.failures and len(found.failures) != wanted:
        return f"{len(found.failures)} failed, want {wanted}: {'; '.join(found.failures)}"
    if applies and found.assertions < expectation.assertions:
        return f"{found.assertions} assertions, want {expectation.assertions}"
    return None
