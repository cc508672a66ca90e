"""Print the digests of ten fixed runs; with --write keep them in tests/golden/digests.json.

The runs use all kinds of bonuses over several months. Digests are of values, so that any
interpreter, machine, time zone and hash seed must come to the same ones. Rewrite them only where
pay is meant to change, and say so in the changelog.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from upline.compensation import load_plan

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests" / "golden" / "digests.json"
CASES = ROOT / "tests" / "golden" / "cases"


def digests() -> dict[str, list[str]]:
    """Give, for each case, the digest of what each of its months came to."""
    agreement = import_module("tests.properties.agreement")
    company = import_module("tests.properties.companies").Company
    found = {}
    for path in sorted(CASES.glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        results = agreement.run_all(load_plan(case["plan"]), company(**case["company"]))
        found[path.stem] = [result.receipt()["outputs_digest"] for result in results]
    return found


def main() -> None:
    """Print the digests, or keep them."""
    text = json.dumps(digests(), indent=2) + "\n"
    if "--write" in sys.argv:
        KEPT.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
