"""Plans as papers: a PDF that owner, lawyer and partner sign."""

import sys
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from upline.cli.main import main
from upline.compensation.plan.load import load_file
from upline.compensation.plan.paper import paper
from upline.compensation.plan.speech import LANGUAGES
from upline.documents import DocumentsMissing, render

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "plans").glob("*.yaml"))
PARTY = ROOT / "examples" / "plans" / "party-affiliate.yaml"
MADE_AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def facts_of(path, language="en"):
    return paper(load_file(path), language, company="Tymyra", made_on=date(2026, 11, 22))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_is_set_as_a_pdf_in_each_language(language):
    pdf = render("plan", facts_of(PARTY, language), made_at=MADE_AT)

    assert pdf.startswith(b"%PDF-")
    # Both fonts travel inside, so every letter is read everywhere.
    assert b"LibertinusSerif" in pdf
    assert b"DejaVuSansMono" in pdf


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_plan_can_be_set(path):
    assert render("plan", facts_of(path, "kk"), made_at=MADE_AT).startswith(b"%PDF-")


def test_the_same_plan_on_the_same_day_gives_the_same_bytes():
    first, second = (render("plan", facts_of(PARTY), made_at=MADE_AT) for _ in range(2))

    assert first == second


def test_the_title_page_names_company_plan_version_day_and_digest():
    facts = facts_of(PARTY)

    assert facts["company"] == "Tymyra"
    assert facts["head"] == [
        ("Plan", "party-affiliate", False),
        ("Holds from", "July 1, 2026", False),
        ("Document made on", "November 22, 2026", False),
        ("Digest of the plan file", sha256(PARTY.read_bytes()).hexdigest(), True),
    ]


def test_clauses_of_the_source_document_stand_beside_their_headings():
    headings = [one for one in facts_of(PARTY)["blocks"] if one["kind"] == "head"]

    clauses = {"".join(text for _, text in one["spans"]): one["clause"] for one in headings}

    assert clauses["Team commission (team)"] == "§ 4.3"
    assert clauses["Leader"] == "§ 3.3"
    assert clauses["Bonuses"] == ""


def test_without_typst_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "typst", None)
    out = tmp_path / "plan.pdf"

    with pytest.raises(DocumentsMissing, match="extra 'platform'"):
        render("plan", facts_of(PARTY), made_at=MADE_AT)
    refused = CliRunner().invoke(main, ["plan", "describe", str(PARTY), "--pdf", str(out)])

    assert refused.exit_code == 1
    assert "pip install 'upline[platform]'" in refused.output
    assert not out.exists()


def test_the_command_writes_a_pdf_and_never_over_a_file(tmp_path):
    out = tmp_path / "plan.pdf"
    asked = ["plan", "describe", str(PARTY), "--lang", "ru", "--pdf", str(out)]

    written = CliRunner().invoke(main, asked)
    again = CliRunner().invoke(main, asked)

    assert (written.exit_code, written.output) == (0, f"{out}\n")
    assert out.read_bytes().startswith(b"%PDF-")
    assert again.exit_code == 2
    assert "is there already" in again.output
