"""Small lessons, and eyes for a page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mlbook.lessons.build import build_notebooks
from mlbook.lessons.catalogue import Lesson

GOOD = """
# %% [markdown]
# # A good lesson

# %% tags=["parameters"]
rate_per_s: float = 50.0  # visits per second, 1 to 400
workers: int = 4  # processes behind the API
label: str = "calm"  # name of the run

# %%
import base64
from pathlib import Path

from IPython.display import display

Path("notes.txt").write_text("kept")
pixel = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII="
)
display(
    {
        "application/vnd.jupyter.widget-view+json": {"model_id": "m", "version_major": 2},
        "image/png": base64.b64encode(pixel).decode(),
        "text/plain": f"At {rate_per_s:g} visits per second.",
    },
    metadata={"image/png": {"alt": f"Waits at {rate_per_s:g} visits per second"}},
    raw=True,
)

# %%
f"{label} {rate_per_s * workers}"
"""

RAISING = """
# %% [markdown]
# # A lesson that breaks

# %% tags=["parameters"]
rate_per_s: float = 5.0  # visits per second
every_h: float = 24.0  # hours between two batch runs

# %%
"this cell ran"

# %%
raise ValueError("<script>alert(1)</script> & every_h must be > 0")

# %%
"this cell did not run"
"""


@dataclass
class Page:
    """What a browser would find in a page."""

    images: list[dict[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    scripts: int = 0
    text: str = ""
    title: str = ""
    html: str = ""

    @property
    def network(self) -> list[str]:
        """Whatever would be loaded from elsewhere; links to follow do not count."""
        loaded = re.findall(
            r"""<(?!a\b)[^>]*\b(?:src|href|srcset|data)\s*=\s*["']([^"']*)""", self.html
        )
        styles = re.findall(r"(?:@import|url\()\s*[\"']?([^\"')\s]+)", self.html)
        return [address for address in loaded + styles if not address.startswith("data:")]


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.page.scripts += tag == "script"
        if tag == "img":
            self.page.images.append({name: value or "" for name, value in attrs})

        if tag == "a":
            self.page.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        if self.inside == "title":
            self.page.title += data
        elif self.inside != "style":
            self.page.text += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def lesson(number: str, slug: str, core_minutes: int = 10) -> Lesson:
    return Lesson(
        number=number,
        slug=slug,
        title=f"Title of {slug}",
        slides=number,
        core_minutes=core_minutes,
    )


@pytest.fixture(scope="session")
def read_page() -> Callable[[str], Page]:
    """Parse a page."""

    def read(html: str) -> Page:
        page = Page(html=html)
        _Reader(page).feed(html)
        return page

    return read


@pytest.fixture(scope="session")
def make_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Build a folder of lessons from percent scripts given by slug."""

    def make(**sources: str) -> Path:
        folder = tmp_path_factory.mktemp("checkout") / "notebooks"
        (folder / "src").mkdir(parents=True)
        for slug, text in sources.items():
            (folder / "src" / f"{slug.lstrip('_')}.py").write_text(text.lstrip(), encoding="utf-8")
        build_notebooks(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def folder(make_folder: Callable[..., Path]) -> Path:
    """Two lessons: one that runs and one that raises."""
    return make_folder(_01_good=GOOD, _02_raising=RAISING)


@pytest.fixture(scope="session")
def good() -> Lesson:
    return lesson("01", "01_good")


@pytest.fixture(scope="session")
def raising() -> Lesson:
    return lesson("02", "02_raising")
