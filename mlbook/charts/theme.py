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

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "INK",
    "MARKERS",
    "ORANGE",
    "SERIES",
    "VERMILION",
    "new_figure",
    "set_title",
]

BLUE, ORANGE, VERMILION, GREEN = "#0072B2", "#E69F00", "#D55E00", "#009E73"
GREY, INK = "#6B6B6B", "#222222"
SERIES = (BLUE, VERMILION, GREEN, GREY)
MARKERS = ("o", "s", "^", "D")

STYLE: Any = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E6E6E6",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.size": 10.5,
    "legend.frameon": False,
    "svg.hashsalt": "mlbook",
}


def new_figure(width: float, height: float, panels: int = 1, dpi: int = 150) -> Figure:
    """Make a figure in the book's style, outside of pyplot.

    Parameters
    ----------
    width, height : float
        Size in inches.
    panels : int
        Axes side by side; 0 for none.
    dpi : int
        Pixels an inch.

    Returns
    -------
    matplotlib.figure.Figure
        With its axes in place; no layout engine, which would dominate the time of a redraw.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(width, height), dpi=dpi)
        FigureCanvasAgg(figure)
        if panels:
            figure.subplots(1, panels)
            margin = {"left": 0.085, "right": 0.975, "bottom": 0.17, "top": 0.88, "wspace": 0.25}
            figure.subplots_adjust(**margin)
    return figure


def set_title(ax: Axes, text: str) -> None:
    """Set a title in the book's style, also outside of its style context.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    text : str
        The title.
    """
    ax.set_title(text, loc="left", size=STYLE["axes.titlesize"], weight=STYLE["axes.titleweight"])
