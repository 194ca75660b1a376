"""What a device means and what the server sees of it, behind a secure sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["MaskedDisplay"]


@dataclass
class MaskedDisplay(Display):
    """Every device a dot: its own number, and the message that the server got.

    Parameters
    ----------
    value : ndarray of shape (n,)
        One number of each device that reported.
    message : ndarray of shape (n,), uint64
        The same number as it was sent.
    """

    value: NDArray[np.float64]
    message: NDArray[np.uint64]

    def draw(self, ax: Axes) -> None:
        ax.plot(self.value, self.message / 2.0**64, "o", color=BLUE, ms=7, alpha=0.75)
        ax.set(xlabel="the device's own number", ylim=(-0.03, 1.03), yticks=[0, 0.5, 1])
        ax.set_ylabel("message, as a share of $2^{64}$")
        ax.set_title("What the server sees of each device")

    def alt_text(self) -> str:
        seen = self.message / 2.0**64
        return (
            f"Scatter plot of {self.value.size} devices without any pattern: their own numbers, "
            f"between {self.value.min():.2f} and {self.value.max():.2f}, against their messages, "
            f"spread from {seen.min():.2f} to {seen.max():.2f} of the range of 64 bits."
        )
