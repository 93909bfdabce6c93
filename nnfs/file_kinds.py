"""What a file is, by its first bytes: so that a file of another kind than expected can be named."""

import io
import re

ARRAYS = "take the images and labels out with NumPy and pass them to nnfs.train"
PACKED = "unpack it and use the files inside"
AS_CSV = "save it as CSV"
PICTURE = "python -m nnfs predict answers for pictures"
AS_PNG = "save it as PNG or JPEG"

# Beginnings that no text has, what they are, and what to do.
BEGINNINGS = (
    (b"\x1f\x8b", "gzip data", "add .gz to the name"),
    (b"\x93NUMPY", "a NumPy array (npy)", ARRAYS),
    (b"MATLAB ", "a MATLAB file (mat)", "read it with scipy.io.loadmat and pass the arrays"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file (h5, or mat of version 7.3)", "read it with h5py"),
    (b"PAR1", "a Parquet file", "save it as CSV, as pandas.read_parquet(...).to_csv does"),
    (b"ARROW1", "an Arrow file", "save it as CSV, as pandas.read_feather(...).to_csv does"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (xls)", AS_CSV),
    (b"\x89PNG", "a PNG picture", PICTURE),
    (b"\xff\xd8\xff", "a JPEG picture", PICTURE),
    (b"GIF8", "a GIF picture", PICTURE),
    (b"II*\0", "a TIFF picture", PICTURE),
    (b"MM\0*", "a TIFF picture", PICTURE),
    (b"\0\0\x01\0", "an icon (ico)", PICTURE),
    (b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 picture", PICTURE),
    (b"8BPS", "a Photoshop file (psd)", AS_PNG),
    (b"%PDF", "a PDF document", "use the data themselves"),
    (b"BZh", "bzip2 data", PACKED),
    (b"\xfd7zXZ\0", "xz data", PACKED),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", PACKED),
    (b"Rar!", "a rar archive", PACKED),
    (b"\x28\xb5\x2f\xfd", "zstandard data", PACKED),
    (b"SQLite format 3\0", "an SQLite database", AS_CSV),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "run git lfs pull"),
)
# What stands after the first four bytes.
BOXES = (
    (rb"ftyp(hei|hev|mif1|msf1)", "a HEIC picture", AS_PNG),
    (rb"ftypavi[fs]", "an AVIF picture", AS_PNG),
    (rb"ftyp", "a video (mp4)", "use a picture of a digit"),
)
TEXTS = (
    (rb"(<\?xml[^>]*>\s*|<!--.*?-->\s*|<!doctype svg[^>]*>\s*)*<svg", "an SVG drawing", AS_PNG),
    (rb"P[1-6][ \t\r\n]+(#[^\n]*\n)*\d+\s+\d+\s", "a PNM picture", PICTURE),
    (rb"<(!doctype|html|head|\?xml)", "a web page", "download the file itself, not its page"),
    (rb"@relation", "an ARFF file", AS_CSV),
    (rb"[{\[]", "JSON text", AS_CSV),
    (rb"\d+( +\d+:[\d.]+)+", "LIBSVM text", AS_CSV),
)


def kind(content: bytes) -> tuple[str, str] | None:
    """Return what a content is and what to do with it, or None where its beginning does not tell.

    Parameters
    ----------
    content : bytes
        The whole file, or at least its first 512 bytes; of a zip archive the whole file.

    Returns
    -------
    (str, str) or None
        Such as ``("a zip archive", "unpack it and use the files inside")``.
    """
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(content)
    for beginning, what, advice in BEGINNINGS:
        if content.startswith(beginning):
            return what, advice
    if re.match(rb"\x80[\x02-\x05]", content):
        return "a Python pickle", f"unpickle it if you trust its origin, and {ARRAYS}"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "a WebP picture", PICTURE
    for pattern, what, advice in BOXES:
        if re.match(pattern, content[4:20]):
            return what, advice
    if re.match(rb"BM.{4}\0\0\0\0", content, re.DOTALL):
        return "a BMP picture", PICTURE
    if re.match(rb"\0\0\x08[\x01\x03]", content):
        return "an IDX file", "pass the folder that holds it"
    if content[257:262] == b"ustar":
        return "a tar archive", PACKED
    start = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, what, advice in TEXTS:
        if re.match(pattern, start, re.IGNORECASE | re.DOTALL):
            return what, advice
    return None


def _zipped(content: bytes) -> tuple[str, str]:
    import zipfile  # here, so that importing nnfs does not pay for it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        names = []
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook (xlsx)", AS_CSV
    if names and all(name.endswith(".npy") for name in names):
        return "an archive of NumPy arrays (npz)", ARRAYS
    if any(name.endswith("data.pkl") for name in names):
        return "a PyTorch file", f"read it with torch.load, and {ARRAYS}"
    listed = f" of {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}" if names else ""
    return f"a zip archive{listed}", PACKED


def why_no_archive(content: bytes, error: Exception) -> str:
    """Return what to say of a file that was read as one of our npz archives, and is none.

    Parameters
    ----------
    content : bytes
        The whole file.
    error : Exception
        What came of reading it. NumPy's own words speak of pickles where a file is no archive.

    Returns
    -------
    str
    """
    import zipfile

    if not content:
        return "the file is empty"
    found = kind(content)
    said = (str(error).splitlines() or [type(error).__name__])[0]
    if not content.startswith(b"PK"):
        return found[0] if found else f"it is {_unknown(content)}"
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return "the archive is cut short or damaged"
    if "allow_pickle" in said:
        return "it holds Python objects, which are not read"
    what = found[0] if found else ""
    return said if what.startswith("an archive of NumPy arrays") else f"{what}: {said}"


def _unknown(content: bytes) -> str:
    """Return what a content without a known beginning is."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "of another kind, no npz archive"
    return "of another kind, no npz archive" if "\0" in text else "text"
