"""The page of a drill, looked at in a real browser: nothing is cut off, nothing overlaps, nothing
is loaded, in every width, in light and dark, and on paper.

usage: browser_test.py REPORT_PAGES [unittest arguments]
Needs Chromium. LIFEBOAT_TEST_PICTURES names a directory that is to get the screenshots.
"""

import html.parser
import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from browser import Browser

WIDTHS = (360, 800, 1400)
MOST_BYTES = 400_000  # of a page with four hundred drills
# Two boxes of text touch if they share more than a hair: fonts reach a little beyond their lines.
MEASURE = """
(() => {
  const found = [];
  const shown = box => box.width > 0 && box.height > 0;
  const name = node => node.tagName + ' "' + node.textContent.trim().slice(0, 40) + '"';
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than the window');
  for (const svg of document.querySelectorAll('figure svg')) {
    const frame = svg.getBoundingClientRect();
    if (!shown(frame)) continue;
    const texts = [...svg.querySelectorAll('text')].map(node => [node, node.getBoundingClientRect()]);
    for (const [node, box] of texts) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
          box.top < frame.top - 2 || box.bottom > frame.bottom + 2)
        found.push(svg.querySelector('title').id + ': cut off: ' + name(node));
    }
    texts.forEach(([one, a], place) => {
      for (const [other, b] of texts.slice(place + 1))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2.5)
          found.push(svg.querySelector('title').id + ': ' + name(one) + ' over ' + name(other));
    });
    if (!svg.querySelector('use, rect.fill, rect.fill-bad, path.dots'))
      found.push(svg.querySelector('title').id + ': a chart without marks');
  }
  for (const node of document.querySelectorAll('main :is(p,h1,h2,dt,dd,th,td,li,pre,summary,footer)')) {
    const box = node.getBoundingClientRect();
    if (!shown(box)) continue;
    if (node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display != 'inline')
      found.push('cut off: ' + name(node));
    if (box.right > innerWidth + 0.5 || box.left < 0) found.push('outside: ' + name(node));
  }
  return found;
})()
"""
SHOWN_CHARTS = """[...document.querySelectorAll('figure svg')].filter(
    svg => svg.getBoundingClientRect().width > 0).map(svg => svg.querySelector('title').id)"""

folder = None
browser = None


def setUpModule():
    global folder, browser
    folder = tempfile.TemporaryDirectory(prefix="lifeboat-pages-")
    unittest.addModuleCleanup(folder.cleanup)
    subprocess.run([PAGES, folder.name], check=True)
    browser = unittest.enterModuleContext(Browser())


def page_names():
    return sorted(path.stem for path in pathlib.Path(folder.name).glob("*.html"))


def page_path(name):
    return pathlib.Path(folder.name) / f"{name}.html"


def keep_picture(page, name):
    if pictures := os.environ.get("LIFEBOAT_TEST_PICTURES"):
        page.screenshot(pathlib.Path(pictures) / f"{name}.png")


class Layout(unittest.TestCase):
    def look(self, page, name, width, dark):
        page.show(width, dark)
        keep_picture(page, f"{name}-{width}-{'dark' if dark else 'light'}")
        self.assertEqual(page.ask(MEASURE), [], f"{name} at {width}")
        return page.ask(SHOWN_CHARTS)

    def test_holds_in_every_state_width_and_theme(self):
        self.assertGreater(len(page_names()), 12)
        for name in page_names():
            page = browser.open(page_path(name))
            for width, dark in itertools.product(WIDTHS, (False, True)):
                with self.subTest(page=name, width=width, dark=dark):
                    charts = self.look(page, name, width, dark)
                    kinds = {chart.rpartition("-")[2] for chart in charts}
                    self.assertLessEqual(kinds, {"n" if width == 360 else "w"})
            page.close()

    def test_holds_with_the_table_of_all_runs_open(self):
        page = browser.open(page_path("runs-400"))
        self.assertEqual(page.ask("document.querySelector('details').open = true, "
                                  "document.querySelectorAll('details tbody tr').length"), 400)
        for width in WIDTHS:
            self.look(page, "runs-400-open", width, dark=False)
        page.close()

    def test_shows_charts_only_where_they_have_something_to_show(self):
        for name, width, kinds in (("runs-1", 800, "objectives-w phases-w"),
                                   ("missed", 800, "trend-w sizes-w calendar-w"),
                                   ("runs-400", 360, "objectives-n phases-n trend-n sizes-n calendar-n")):
            page = browser.open(page_path(name), width)
            self.assertEqual(page.ask(SHOWN_CHARTS), kinds.split())
            page.close()

    def test_finds_what_is_wrong(self):
        """Otherwise a test that measures nothing would be content."""
        page = browser.open(page_path("runs-12"), 800)
        page.ask("document.querySelector('figure svg.wide text').setAttribute('x', -40)")
        page.ask("document.querySelector('h1').style.width = '2000px'")
        found = " ".join(page.ask(MEASURE))
        self.assertIn("objectives-w: cut off", found)
        self.assertIn("the page is wider than the window", found)
        page.ask("document.querySelectorAll('figure svg.wide text')[1].setAttribute('x', 0);"
                 "document.querySelectorAll('figure svg.wide text')[1].removeAttribute('text-anchor');"
                 "document.querySelectorAll('figure svg.wide text')[0].setAttribute('x', 0)")
        self.assertIn("over", " ".join(page.ask(MEASURE)))
        page.close()


class Paper(unittest.TestCase):
    def test_is_white_and_of_a_few_pages(self):
        page = browser.open(page_path("runs-400"), 800, dark=True)
        printed = page_path("runs-400").with_suffix(".pdf")
        page.print(printed)
        document = printed.read_bytes()
        self.assertTrue(document.startswith(b"%PDF-"))
        pages = len(re.findall(rb"/Type\s*/Page\b", document))
        self.assertIn(pages, range(3, 9), "A4 pages")
        self.assertRegex(document, rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12]")
        page.send("Emulation.setEmulatedMedia", media="print",
                  features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.assertEqual(page.ask("getComputedStyle(document.body).color"), "rgb(27, 29, 32)")
        self.assertEqual(page.ask("getComputedStyle(document.body).backgroundColor"),
                         "rgb(255, 255, 255)")
        page.close()


class Contrast(unittest.TestCase):
    """WCAG 2.2, 1.4.3 and 1.4.11: texts 4.5 to 1, marks 3 to 1, on what they stand on."""

    TEXTS = [(text, ground) for text in ("ink", "soft", "accent", "bad", "care")
             for ground in ("paper", "band1")]
    MARKS = [(mark, ground) for mark in ("accent", "bad", "care", "ink")
             for ground in ("paper", "band1", "band2", "band3")]

    def test_is_enough_in_both_themes(self):
        for dark in (False, True):
            page = browser.open(page_path("runs-12"), 800, dark)
            for pairs, least in ((self.TEXTS, 4.5), (self.MARKS, 3.0)):
                for above, ground in pairs:
                    with self.subTest(dark=dark, pair=(above, ground)):
                        self.assertGreaterEqual(self.ratio(page, above, ground), least)
            page.close()

    def ratio(self, page, *names):
        bright, faint = sorted((self.luminance(page, name) for name in names), reverse=True)
        return (bright + 0.05) / (faint + 0.05)

    @staticmethod
    def luminance(page, name):
        value = page.ask(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}')")
        channels = [int(value.strip()[at:at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Elements(html.parser.HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


class OneFile(unittest.TestCase):
    def test_loads_nothing_and_runs_nothing(self):
        for name in page_names():
            text = page_path(name).read_text(encoding="utf-8")
            style = re.search("<style>(.*?)</style>", text, re.DOTALL)[1]
            self.assertNotRegex(style, r"@import|url\(|expression|@font-face")
            for tag, attributes in Elements(text).found:
                self.assertNotIn(tag, {"script", "link", "iframe", "object", "embed", "img", "base",
                                       "form", "image", "foreignobject", "animate"}, name)
                for key, value in attributes.items():
                    self.assertFalse(key.startswith("on"), (name, tag, key))
                    self.assertNotIn(key, {"src", "srcset", "action", "formaction", "style"}, name)
                    if key.endswith("href"):
                        self.assertTrue(value.startswith("#"), (name, value))
            page = browser.open(page_path(name), 800)
            self.assertEqual(page.requests, [page_path(name).resolve().as_uri()])
            page.close()

    def test_shows_names_as_they_are(self):
        page = browser.open(page_path("absurd"), 800)
        self.assertIn("<script>alert(1)</script>\"'&<b onclick=x>", page.ask("document.body.innerText"))
        self.assertEqual(page.ask("document.querySelectorAll('script, main b[onclick]').length"), 0)
        page.close()

    def test_names_every_drawing_and_no_id_twice(self):
        for name in page_names():
            elements = Elements(page_path(name).read_text(encoding="utf-8")).found
            ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
            self.assertEqual(len(ids), len(set(ids)), name)
            for tag, attributes in elements:
                if tag == "svg" and attributes.get("role") == "img":
                    self.assertLessEqual(set(attributes["aria-labelledby"].split()), set(ids))
                elif tag == "svg":
                    self.assertEqual(attributes["aria-hidden"], "true")
                if tag == "use":
                    self.assertIn(attributes["href"][1:], ids)

    def test_of_four_hundred_drills_is_small(self):
        self.assertLessEqual(page_path("runs-400").stat().st_size, MOST_BYTES)


if __name__ == "__main__":
    PAGES = sys.argv.pop(1)
    unittest.main(verbosity=1)
