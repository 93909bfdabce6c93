"""The table of what pages took has titles and seconds; other tables stay as they are."""

from docutils import nodes
from myst_nb.ext.execution_tables import make_stat_table
from sphinx.addnodes import pending_xref

from kit.build.page_times import shorten

TOOK = {"mtime": 0, "method": "cache", "runtime": 12.5, "succeeded": True, "error": None}
PAGES = {"see/slopes": {"exec_data": TOOK}, "derive/relu": {"exec_data": TOOK}}


def texts(table):
    return [[entry.astext() for entry in row] for row in table.findall(nodes.row)]


def test_a_page_has_its_seconds_and_a_link_that_takes_its_title():
    table = make_stat_table("appendices/how-built", PAGES)
    shorten(table)
    head, *body = texts(table)
    assert head == ["page", "seconds"]
    assert [row[1] for row in body] == ["12.5", "12.5"]
    assert [link["refexplicit"] for link in table.findall(pending_xref)] == [False, False]
    assert len(list(table.findall(nodes.colspec))) == 2


def test_another_table_stays():
    table = make_stat_table("appendices/how-built", PAGES)
    next(iter(table.findall(nodes.row)))[0][:] = [nodes.paragraph(text="name")]
    before = texts(table)
    shorten(table)
    assert texts(table) == before
