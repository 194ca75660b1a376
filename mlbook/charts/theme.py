"""How pictures look: a palette that colour-blind readers can tell apart, and little else.

Colours are a subset of Okabe and Ito's. Orange is too light for thin lines or text, so it only
fills areas. Every colour comes with a second cue: a marker, a dash, a hatch or a direct label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = [
    "BLUE",
    "DASHES",
    "GREEN",
    "GREY",
    "INK",
    "MARKERS",
    "ORANGE",
    "PAGE_COLORS",
    "SERIES",
    "VERMILION",
    "new_figure",
    "set_title",
]

BLUE, ORANGE, VERMILION, GREEN = "#0072B2", "#E69F00", "#D55E00", "#009E73"
GREY, INK = "#6B6B6B", "#222222"
GRID, PAPER = "#E6E6E6", "#FFFFFF"
SERIES = (BLUE, VERMILION, GREEN, GREY)
MARKERS = ("o", "s", "^", "D")
DASHES = ("-", "--", ":", "-.")

# What a live picture takes from JupyterLab's theme, light or dark; elsewhere it stays as it is.
# The keys are written as matplotlib writes them.
PAGE_COLORS = {
    INK.lower(): f"var(--jp-ui-font-color1, {INK})",
    GREY.lower(): f"var(--jp-ui-font-color2, {GREY})",
    GRID.lower(): f"var(--jp-border-color2, {GRID})",
    PAPER.lower(): f"var(--jp-layout-color0, {PAPER})",
}

STYLE: Any = {
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.size": 10.5,
    "legend.frameon": False,
    "svg.hashsalt": "mlbook",
}


def new_figure(width: float, height: float, panels: int = 1) -> Figure:
    """Make a figure in the book's style, outside of pyplot.

    Parameters
    ----------
    width, height : float
        Size in inches.
    panels : int
        Axes side by side; 0 for none.

    Returns
    -------
    matplotlib.figure.Figure
        With its axes in place; no layout engine, which would dominate the time of a redraw.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(width, height), dpi=150)
        FigureCanvasAgg(figure)
        if panels:
            figure.subplots(1, panels)
            margin = {"left": 0.085, "right": 0.975, "bottom": 0.17, "top": 0.88, "wspace": 0.25}
            figure.subplots_adjust(**margin)
    return figure


def set_title(ax: Axes, text: str) -> Text:
    """Set a title in the book's style, also outside of its style context.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    text : str
        The title.

    Returns
    -------
    matplotlib.text.Text
        The title.
    """
    look = {"size": STYLE["axes.titlesize"], "weight": STYLE["axes.titleweight"]}
    return ax.set_title(text, loc="left", **look)
