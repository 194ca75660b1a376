"""What an architecture diagram is made of: parts, frames around them, arrows between them.

A diagram says what is connected; a renderer says how it looks. Coordinates are grid units, x to the
right and y upwards; a part's position is its centre.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Arrow", "Frame", "Line", "Part", "Pile", "Table", "Wiring"]


@dataclass(frozen=True)
class Part:
    """One box.

    Parameters
    ----------
    label : str
        What is written in it.
    x, y : float
        Its centre.
    kind : str
        ``"app"``, ``"ml"``, ``"store"`` or ``"model"``: its colour and shape.
    width : float
        Its width.
    """

    label: str
    x: float
    y: float
    kind: str = "ml"
    width: float = 1.9


@dataclass(frozen=True)
class Frame:
    """A system drawn around its parts.

    Parameters
    ----------
    label : str
        Written in its upper left corner.
    x, y, width, height : float
        Lower left corner and size.
    """

    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Arrow:
    """One arrow with its label.

    Parameters
    ----------
    start, end : tuple of float
        Where it begins and ends.
    label : str
        What flows.
    at : tuple of float
        Centre of the label.
    via : tuple of tuple of float
        Corners in between.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    label: str = ""
    at: tuple[float, float] = (0.0, 0.0)
    via: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Line:
    """The way of a request through a server, for the picture that moves.

    Parameters
    ----------
    there, back : Arrow
        Which arrows a request follows to the server, and home.
    head : tuple of float
        Where the first in line stands; the others stand behind it, along `there`.
    door : tuple of float
        The corner between the head of the line and the workers, and between them and `back`.
    desks : tuple of tuple of float
        Where the first and the last worker are.
    """

    there: Arrow
    back: Arrow
    head: tuple[float, float]
    door: tuple[float, float]
    desks: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Table:
    """The way of a batch into a table, and of its rows to the reader.

    Parameters
    ----------
    batch : tuple of Arrow
        Which arrows a batch follows.
    at : tuple of float
        Where its table lies.
    back : Arrow
        Which arrow an answer follows.
    """

    batch: tuple[Arrow, ...]
    at: tuple[float, float]
    back: Arrow


@dataclass(frozen=True)
class Pile:
    """The way of events into a queue, where they wait, and out of it.

    Parameters
    ----------
    there, away : Arrow
        Which arrows an event follows into the queue, and to who reads it.
    corner : tuple of float
        Where the first that waits lies; the others lie beside it and above.
    columns, rows : int
        How many places there are beside each other and above each other.
    pitch : float
        From one place to the next.
    """

    there: Arrow
    away: Arrow
    corner: tuple[float, float]
    columns: int = 10
    rows: int = 7
    pitch: float = 0.19

    @property
    def places(self) -> int:
        """How many events can be shown waiting."""
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """Tell where a waiting event lies.

        Parameters
        ----------
        number : int
            0 for the first place.

        Returns
        -------
        tuple of float
            x and y.
        """
        row, column = divmod(number, self.columns)
        return self.corner[0] + self.pitch * column, self.corner[1] + self.pitch * row


@dataclass(frozen=True)
class Wiring:
    """The diagram of one pattern.

    Parameters
    ----------
    title : str
        As in the talk.
    parts, frames, arrows : tuple
        What is drawn.
    sentence : str
        The diagram in words.
    route : Line, Table or Pile, optional
        How requests travel through it.
    """

    title: str
    sentence: str
    parts: tuple[Part, ...]
    arrows: tuple[Arrow, ...]
    frames: tuple[Frame, ...] = field(default=())
    route: Line | Table | Pile | None = None
