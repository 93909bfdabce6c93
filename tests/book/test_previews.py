"""What a link leads to is cut out of its page: whole, clean, and with addresses that hold."""

import json

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from kit.build import previews as module
from kit.build.previews import Parts, article, previews, target

PAGE = """<html><body><article class="bd-article">
<section id="sums"><span id="label"></span>
<h1><span class="section-number">4. </span>Sums<a class="headerlink" href="#sums">#</a></h1>
<p>First <em>words</em>. <a class="reference internal" href="#equation-eq-a">(4.1)</a></p>
<p>Second words.</p>
<div class="math" id="equation-eq-a" tabindex="0" role="group" aria-label="Equation">
<span class="eqno">(4.1)<a class="headerlink" href="#equation-eq-a">#</a></span><b>x<br>y</b></div>
<figure class="align-default" id="fig-a"><a class="image" href="../_images/a.svg">
<img alt="A curve." src="../_images/a.svg" loading="lazy"></a>
<figcaption><p>Words.</p></figcaption></figure>
<dl><dt id="term-gain">gain<a class="headerlink" href="#term-gain">#</a></dt><dd><p>What grows.</p>
<p>More.</p></dd><dt id="term-loss">loss</dt><dd><p>What falls.</p></dd></dl>
<div class="citation" id="id3"><span class="label">[A]</span><p>An author.</p></div>
</section></article><footer id="foot"></footer></body></html>"""


def links(*places):
    inner = "".join(f'<a class="reference internal" href="{place}">x</a>' for place in places)
    return f'<article class="bd-article"><p>{inner}</p></article>'


def seen(place):
    found = previews({"part/a": article(PAGE), "other": links(f"part/a.html{place}")})
    return found["part/a"].get(place.removeprefix("#"), "")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("#equation-eq-a", "(4.1)xy"),
        ("#fig-a", "Words."),
        ("#term-gain", "gainWhat grows."),
        ("#term-loss", "lossWhat falls."),
        ("#id3", "[A]An author."),
        ("#sums", "4. SumsFirst words. (4.1)"),
        ("#label", "4. SumsFirst words. (4.1)"),
        ("", "4. SumsFirst words. (4.1)"),
    ],
)
def test_each_kind_of_place_shows_its_own(place, words):
    soup = BeautifulSoup(seen(place), "html.parser")
    assert soup.get_text().replace("\n", "") == words
    assert not soup.select("a, [id], [tabindex]")


def test_addresses_are_from_the_top_of_the_site():
    assert 'src="%ROOT%/_images/a.svg"' in seen("#fig-a")


def test_places_that_are_not_there_and_links_out_of_the_book_show_nothing():
    away = links("#nowhere", "https://a.b/c.html#d", "//a.b/c.html", "file.pdf#page=3", "gone.html")
    assert previews({"page": away}) == {"page": {}}


@pytest.mark.parametrize(
    ("link", "page", "expected"),
    [
        ("#eq", "derive/relu", ("derive/relu", "eq")),
        ("softmax.html#eq", "derive/relu", ("derive/softmax", "eq")),
        ("../index.html", "derive/relu", ("index", "")),
        ("see/slopes.html#a", "index", ("see/slopes", "a")),
        ("mailto:a@b.c", "index", None),
    ],
)
def test_a_link_is_followed_from_its_page(link, page, expected):
    assert target(link, page) == expected


TREES = st.recursive(
    st.sampled_from(["words", "<br>", '<img src="a">', "&lt;p&gt;", "<p>left open", ""]),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"<div>{''.join(parts)}</div>"),
)


@given(before=TREES, content=TREES, after=TREES)
def test_an_element_ends_where_it_ends(before, content, after):
    element = f'<div id="it">{content}</div>'
    text = f"<section>\n{before}{element}\n{after}</section>"
    part = Parts(text).found["it"]
    assert text[part.start : part.end] == element


def test_what_is_long_shows_its_beginning():
    long = "<p>Words.</p>" + "<p>More.</p>" * 5000
    text = f'<article class="bd-article"><div class="admonition" id="it">{long}</div></article>'
    found = previews({"page": text, "other": links("page.html#it")})
    assert found["page"] == {"it": "<p>Words.</p>"}
    assert json.dumps(found)


def test_a_page_is_cut_anew_only_where_it_or_what_leads_to_it_has_changed(monkeypatch):
    cut = []
    monkeypatch.setattr(module, "Parts", lambda text: cut.append(text) or Parts(text))
    site = {"part/a": article(PAGE), "other": links("part/a.html#equation-eq-a")}
    made = {}
    first = previews(site, made)
    assert (previews(site, made), len(cut)) == (first, 1)
    assert len(made) == 1
    changed = {**site, "part/a": site["part/a"].replace("</article>", "<p>More.</p></article>")}
    assert (previews(changed, made), len(cut)) == (first, 2)
    more = {**changed, "other": links("part/a.html#equation-eq-a", "part/a.html")}
    assert set(previews(more, made)["part/a"]) == {"equation-eq-a", ""}
    assert len(cut) == 3
    assert len(made) == 1, "what no page shows any more is not kept"
