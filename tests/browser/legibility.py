"""What of a page cannot be read: text too faint for its ground, and what is cut off."""

from playwright.sync_api import Page

# WCAG 2: contrast of text with what lies behind it, each colour laid over the ones below.
FAINT = """(paper) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const parsed = new Map();
  const rgba = (color) => {
    if (!parsed.has(color)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      parsed.set(color, [r, g, b, a / 255]);
    }
    return parsed.get(color);
  };
  const over = ([r, g, b, a], below) =>
    [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
  const luminance = (color) => {
    const [r, g, b] = color.map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const grounds = new Map();
  const ground = (element) => {
    if (!element || paper) return [255, 255, 255];
    if (!grounds.has(element)) {
      const own = rgba(getComputedStyle(element).backgroundColor);
      grounds.set(element, over(own, ground(element.parentElement)));
    }
    return grounds.get(element);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement;
    const words = text.data.trim().slice(0, 40);
    if (!words || element.closest("script, style, noscript, .katex-mathml, :disabled")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const style = getComputedStyle(element);
    const below = ground(element);
    const [light, dark] = [luminance(over(rgba(style.color), below)), luminance(below)]
      .sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) found.push(`${contrast.toFixed(1)}: ${element.tagName} ${words}`);
  }
  return [...new Set(found)];
}"""

CUT = """() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  for (const element of document.querySelectorAll("article *")) {
    if (element.closest(".katex-mathml") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    // What only screen readers meet is one pixel wide.
    if (style.display === "inline" || box.width <= 1 || box.height <= 1) continue;
    const words =
      `${element.tagName} ${element.className}: ${element.textContent.trim().slice(0, 40)}`;
    if (box.right > width + 1 || box.left < -1) found.push(`stands out ${words}`);
    const hides = style.overflowX !== "visible" || style.overflowY !== "visible";
    if (hides && element.scrollWidth > element.clientWidth + 1) found.push(`cut off ${words}`);
    if (hides && element.scrollHeight > element.clientHeight + 2) found.push(`cut short ${words}`);
  }
  return found;
}"""


def faint(page: Page, *, on_paper: bool = False) -> list[str]:
    """Return the texts of a page whose contrast is below 4.5; paper has no printed grounds."""
    return page.evaluate(FAINT, on_paper)


def cut(page: Page) -> list[str]:
    """Return the elements of an article of which a part is not seen, or lies beside the page."""
    return page.evaluate(CUT)
