"""The README's example prints what the README says, and its links lead somewhere."""

from __future__ import annotations

import doctest
import re


def test_the_example_prints_what_the_readme_shows(root):
    failed, tried = doctest.testfile(
        str(root / "README.md"), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert tried >= 4
    assert failed == 0


def test_every_file_that_a_document_links_to_is_there(root):
    for name in ("README.md", "CONTRIBUTING.md", "DESIGN.md", "data/README.md"):
        document = root / name
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), (name, target)


def test_every_make_target_the_documents_name_exists(root):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (root / name).read_text(encoding="utf-8")
        named = re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^make ([a-z]+)", text, re.M)
        assert named
        assert set(named) <= targets
