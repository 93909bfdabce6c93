"""How the book asks to be cited, and what an archive that gives a DOI reads: one and the same."""

import json
import re
from datetime import date

import yaml

from kit.build import edition
from kit.build.changes_feed import CHANGELOG, changes
from tests.built_site import ROOT

CITED = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
ARCHIVED = json.loads((ROOT / ".zenodo.json").read_text("utf8"))
# Of the Citation File Format 1.2.0.
KEYS = {"abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi"}
KEYS |= {"identifiers", "keywords", "license", "license-url", "message", "preferred-citation"}
KEYS |= {"references", "repository", "repository-artifact", "repository-code", "title", "type"}
KEYS |= {"url", "version"}
# Of Zenodo's metadata for deposits.
ARCHIVE = {"access_right", "communities", "contributors", "creators", "description", "doi"}
ARCHIVE |= {"keywords", "language", "license", "notes", "publication_type", "related_identifiers"}
ARCHIVE |= {"title", "upload_type", "version"}


def test_the_citation_is_of_the_format_that_it_names():
    assert CITED["cff-version"] == "1.2.0"
    assert {"authors", "message", "title"} <= set(CITED) <= KEYS
    assert CITED["type"] in ("software", "dataset")
    assert all({"name"} <= set(author) for author in CITED["authors"])
    assert isinstance(CITED["date-released"], date)
    assert len(set(CITED["keywords"])) == len(CITED["keywords"])
    book = CITED["preferred-citation"]
    assert {"authors", "title", "type"} <= set(book)
    assert book["type"] == "book"


def test_the_citation_is_of_the_last_edition():
    version, day = edition.released()
    told = [change for change in changes(CHANGELOG.read_text("utf8")) if change.day]
    assert (told[0].version, told[0].day) == (version, day)
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    book = CITED["preferred-citation"]
    assert (str(book["edition"]), book["year"]) == (version, day.year)
    assert book["title"] == CITED["title"]
    assert book["authors"] == CITED["authors"]


def test_the_archive_is_told_what_the_citation_says():
    assert set(ARCHIVED) <= ARCHIVE
    assert ARCHIVED["title"] == CITED["title"]
    assert ARCHIVED["description"] == f"<p>{CITED['abstract']}</p>"
    assert ARCHIVED["keywords"] == CITED["keywords"]
    assert [one["name"] for one in ARCHIVED["creators"]] == [
        one["name"] for one in CITED["authors"]
    ]
    assert (ARCHIVED["upload_type"], ARCHIVED["publication_type"]) == ("publication", "book")


def test_the_licences_are_those_of_the_files():
    assert CITED["license"] == ["MIT", "CC-BY-4.0"]
    assert (ROOT / "LICENSE").read_text("utf8").startswith("MIT License")
    assert "Attribution 4.0" in (ROOT / "LICENSE-TEXT").read_text("utf8")
    assert ARCHIVED["license"] == "cc-by-4.0"
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text("utf8")
    assert "version" not in ARCHIVED, "an archive takes it from the tag of the edition"


def test_the_title_begins_with_the_books_own():
    config = yaml.safe_load((ROOT / "book" / "_config.yml").read_text("utf8"))
    assert CITED["title"].startswith(config["title"])
    name = config["author"]
    assert CITED["authors"] == [{"name": name[0].upper() + name[1:]}]
