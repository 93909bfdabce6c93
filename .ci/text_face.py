"""Make the fonts of ``book/_extra/type`` anew from Source Serif 4, as npm has it.

    npm pack source-serif@4.5.1 && tar xzf source-serif-4.5.1.tgz
    pip install fonttools brotli
    python .ci/text_face.py package

The letters that the book's languages and authors need, with real small capitals and figures of one
width, in a quarter of the bytes. The licence reserves the name "Source" for the whole fonts, so
these are called "Book Serif".
"""

import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[1] / "book" / "_extra" / "type"
FAMILY = "Book Serif"
STYLES = {
    "Regular": "Regular",
    "It": "Italic",
    "Semibold": "Semibold",
    "SemiboldIt": "SemiboldItalic",
}
FEATURES = ["kern", "liga", "ccmp", "mark", "lnum", "tnum", "smcp", "c2sc"]
LETTERS = [range(0x20, 0x7F), range(0xA0, 0x100), range(0x2190, 0x2194), range(0x2010, 0x2015)]
SIGNS = "ćČčřŠšŽžŁłńśşğıőŒœαβδεηλμσ‘’‚“”„†…‰′∂∇−√∞≈≠≤≥\u2009\u200a\u0307"
NAMES = {1: FAMILY, 16: FAMILY}


def characters() -> list[int]:
    """Return the characters of the fonts."""
    return sorted({*map(ord, SIGNS), *(code for part in LETTERS for code in part)})


def make(source: Path, style: str) -> None:
    """Write one font: some of its characters, under the book's name for it."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=FEATURES, hinting=False, notdef_outline=True)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=characters())
    worker.subset(font)
    for record in font["name"].names:
        own = {**NAMES, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}", 6: f"BookSerif-{style}"}
        if record.nameID in own:
            record.string = own[record.nameID]
    font.flavor = "woff2"
    font.save(TARGET / f"BookSerif-{style}.woff2")


def main() -> None:
    """Make all of them, with their licence."""
    package = Path(sys.argv[1])
    for name, style in STYLES.items():
        make(package / "TTF" / f"SourceSerif4-{name}.ttf", style)
    shutil.copy(package / "LICENSE.md", TARGET / "LICENSE")


if __name__ == "__main__":
    main()
