"""How busy the workers are: one bar beside a picture of waiting times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlbook.charts.theme import BLUE, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

__all__ = ["busy_bar", "set_busy"]


def busy_bar(ax: Axes) -> Rectangle:
    """Draw the bar and the line that no server can pass.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Narrow axes for it alone.

    Returns
    -------
    matplotlib.patches.Rectangle
        The bar, of height 0.
    """
    look: dict[str, Any] = {"color": BLUE, "alpha": 0.6, "hatch": "//", "edgecolor": "white"}
    bar: Rectangle = ax.bar([""], [0], **look)[0]
    ax.axhline(100, color=GREY, ls=":")
    ax.set(ylim=(0, 150), yticks=[0, 50, 100], title="busy, %")
    ax.grid(visible=False)
    return bar


def set_busy(bar: Rectangle, utilization: float) -> None:
    """Move the bar; above the picture it stays at its rim.

    Parameters
    ----------
    bar : matplotlib.patches.Rectangle
        From `busy_bar`.
    utilization : float
        Work that comes in a second, in workers; 1 is all that they can do.
    """
    bar.set_height(min(100 * utilization, 148))
