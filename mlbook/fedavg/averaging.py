"""Federated averaging: the model goes to the clients, only updates come back, their mean is kept.

A round: the server draws some devices and sends them the model; each takes a few gradient steps on
its own rows; the server adds up what comes back in time, weighted by rows, and moves the model by
the mean. The model is logistic regression on columns brought to one scale. No rows have to be in
one place for the scale either: it comes from sums of counts, values and squares, added up as the
updates are.

References
----------
H. B. McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data",
AISTATS 2017. A client's batch here is all of its rows.

Chapter: 09
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlbook.fedavg.masks import NUMBER_BYTES, SecureSum, plain_sum, secure_sum
from mlbook.fedavg.waiting import reports
from mlbook.queueing import Distribution, LogNormal
from mlbook.streams import stream
from mlbook.units import MINUTE
from mlbook.validate import fraction, integer, number

if TYPE_CHECKING:
    from mlbook.fedavg.clients import Clients

__all__ = ["GlobalModel", "Learning", "Plan", "Round", "federate", "local_updates", "play_round"]

PHONE = LogNormal(1 * MINUTE, 10 * MINUTE)  # download, train, upload: a teaching default


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a round is played.

    Parameters
    ----------
    clients_a_round : int
        K: reports that a round waits for.
    over_sample : float
        Devices drawn for each report that is wanted, >= 1.
    local_epochs : int
        E: gradient steps of a client, each over all of its rows.
    step : float
        Size of a step, > 0.
    penalty : float
        Weight of half the squared weights beside the mean log loss, >= 0; the intercept is free.
    drop_out : float
        Share of the drawn devices that never report, 0 to 1.
    device_takes : Distribution
        Time until a device that stays reports.
    at_most : float
        The longest that the server waits, in seconds.
    secure : bool
        Whether the server sees the sum of the updates only.
    clip : float
        Largest norm of an update; infinite for none. The server clips what it sees. Behind a secure
        sum it sees nothing, so the devices clip themselves, and a malicious one does not.
    malicious : tuple of int
        Numbers of the clients that send their update multiplied by `boost`.
    boost : float
        Negative turns the update round, larger than one shouts.

    Examples
    --------
    >>> Plan(local_epochs=20, secure=False).local_epochs
    20
    """

    clients_a_round: int = 30
    over_sample: float = 1.3
    local_epochs: int = 5
    step: float = 0.1
    penalty: float = 1e-3
    drop_out: float = 0.1
    device_takes: Distribution = PHONE
    at_most: float = 10 * MINUTE
    secure: bool = True
    clip: float = math.inf
    malicious: tuple[int, ...] = ()
    boost: float = -1.0

    def __post_init__(self) -> None:
        integer("clients_a_round", self.clients_a_round, at_least=1, unit="reports a round")
        number("over_sample", self.over_sample, at_least=1, unit="devices drawn for a report")
        integer("local_epochs", self.local_epochs, at_least=1, unit="passes over a client's rows")
        number("step", self.step, above=0, unit="size of a gradient step")
        number("penalty", self.penalty, at_least=0, unit="weight of the squared weights")
        fraction("drop_out", self.drop_out, unit="share of the devices that never report")
        number("at_most", self.at_most, above=0, unit="seconds that the server waits")
        if self.clip != math.inf:
            number("clip", self.clip, above=0, unit="largest norm", hint="Leave it out for none.")
        number("boost", self.boost, unit="what a malicious update is multiplied by")


class Round(NamedTuple):
    """What became of one round.

    Parameters
    ----------
    n_drawn : int
        Devices that were drawn and got the model.
    n_dropped, n_late, n_reported : int
        Those that never reported, those that came too late, and those that count.
    n_rows : int
        Rows behind the reported updates.
    takes_s : float
        Seconds until the round closed.
    bytes_up, bytes_down : int
        Sent by the devices, and to them: models, updates, keys and revealed seeds.
    """

    n_drawn: int
    n_dropped: int
    n_late: int
    n_reported: int
    n_rows: int
    takes_s: float
    bytes_up: int
    bytes_down: int


@dataclass(frozen=True, eq=False)
class GlobalModel:
    """The model that all devices get.

    Parameters
    ----------
    weights : ndarray of shape (n_columns + 1,)
        One a column brought to scale; the last is the intercept.
    mean, scale : ndarray of shape (n_columns,)
        A column is brought to scale by ``(column - mean) / scale``.
    """

    weights: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def estimator(self) -> Any:
        """Make a scikit-learn model of it.

        Returns
        -------
        sklearn.pipeline.Pipeline
            A scaler and a logistic regression whose fitted attributes are set.
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        scaler, regression = StandardScaler(), LogisticRegression()
        scaler.mean_, scaler.scale_, scaler.var_ = self.mean, self.scale, self.scale**2
        regression.coef_, regression.intercept_ = self.weights[None, :-1], self.weights[-1:]
        regression.classes_ = np.array([False, True])
        scaler.n_features_in_ = regression.n_features_in_ = self.mean.size
        return make_pipeline(scaler, regression)


class Learning(NamedTuple):
    """How a model was learned.

    Parameters
    ----------
    models : list of GlobalModel
        The model after each round; before the first successful one there is none.
    rounds : list of Round
        All rounds, also those in which nobody reported and the model stayed as it was.
    """

    models: list[GlobalModel]
    rounds: list[Round]


def federate(clients: Clients, plan: Plan, *, rounds: int = 20, seed: int = 0) -> Learning:
    """Learn from clients whose rows stay where they are.

    Parameters
    ----------
    clients : Clients
        Who holds which rows.
    plan : Plan
        How a round is played.
    rounds : int
        How many, >= 1.
    seed : int
        Seed of the draws, >= 0.

    Returns
    -------
    Learning
        A model and a record a round.

    Raises
    ------
    ValueError
        When nobody reported in any round, or a client's update is no number.

    Examples
    --------
    >>> from mlbook.fedavg import clients_of
    >>> from mlbook.world import World
    >>> clients = clients_of(World(seed=1, days=4, users=50), asof_s=4 * 86400.0)
    >>> learning = federate(clients, Plan(), rounds=3)
    >>> learning.rounds[0].n_drawn, learning.rounds[0].n_reported
    (39, 30)
    """
    integer("rounds", rounds, at_least=1, unit="rounds of averaging")
    integer("seed", seed, at_least=0, unit="seed of the draws")
    integer("clients", len(clients), at_least=1, unit="clients", hint="Use a later asof_s.")
    model: GlobalModel | None = None
    learning = Learning([], [])
    for turn in range(rounds):
        model, record = play_round(model, clients, plan, stream(seed, f"fedavg/round/{turn}"))
        learning.rounds.append(record)
        learning.models.extend([model] if model else [])
    if not learning.models:
        text = (
            f"drop_out must leave enough devices that report, got {plan.drop_out:g}: in none of "
            f"{rounds} rounds did {_least(plan)} of {learning.rounds[0].n_drawn} devices report. "
            "Use a smaller drop_out, a larger at_most or more clients."
        )
        raise ValueError(text)
    return learning


def play_round(
    model: GlobalModel | None, clients: Clients, plan: Plan, rng: np.random.Generator
) -> tuple[GlobalModel | None, Round]:
    """Play one round.

    Parameters
    ----------
    model : GlobalModel or None
        What the devices get; None before the first round, which begins by finding the scale.
    clients : Clients
        Who can be drawn.
    plan : Plan
        How it is played.
    rng : numpy.random.Generator
        Draws the devices, their times and their seeds.

    Returns
    -------
    tuple of (GlobalModel or None, Round)
        The new model, or the old one when too few reported; and the record.
    """
    wanted = min(plan.clients_a_round, len(clients))
    n_drawn = min(math.ceil(wanted * plan.over_sample), len(clients))
    drawn = clients.only(rng.choice(len(clients), n_drawn, replace=False))
    stays = rng.random(n_drawn) >= plan.drop_out
    takes_s = np.where(stays, plan.device_takes.sample(rng, n_drawn), np.inf)
    reported, closed_s = reports(takes_s, wanted, plan.at_most)
    enough = reported.sum() >= _least(plan)
    sums = []
    if enough:
        if model is None:
            model, scaling = _scaled(drawn, reported, plan, rng)
            sums.append(scaling)
        model, averaging = _averaged(model, drawn, reported, plan, rng)
        sums.append(averaging)
    model_bytes = n_drawn * (drawn.columns.shape[2] + 1) * NUMBER_BYTES
    return model, Round(
        n_drawn=n_drawn,
        n_dropped=int((~stays).sum()),
        n_late=int((stays & ~reported).sum()),
        n_reported=int(reported.sum()),
        n_rows=int(drawn.n_rows[reported].sum()) if enough else 0,
        takes_s=closed_s,
        bytes_up=sum(each.bytes_up for each in sums),
        bytes_down=model_bytes + sum(each.bytes_down for each in sums),
    )


def local_updates(model: GlobalModel, clients: Clients, plan: Plan) -> NDArray[np.float64]:
    """Let every client train on its own rows, all of them side by side.

    Parameters
    ----------
    model : GlobalModel
        Where each begins.
    clients : Clients
        Who trains.
    plan : Plan
        Epochs, step and penalty.

    Returns
    -------
    ndarray of shape (n_clients, n_columns + 1)
        How far each moved.
    """
    rows = np.ones((*clients.clicked.shape, model.weights.size))
    rows[..., :-1] = (clients.columns - model.mean) / model.scale
    rows[~clients.present] = 0.0  # an empty place has no gradient
    penalty = np.r_[np.full(model.mean.size, plan.penalty), 0.0]
    n_rows = np.maximum(clients.n_rows, 1)[:, None]
    weights = np.tile(model.weights, (len(clients), 1))
    with np.errstate(over="ignore", invalid="ignore"):  # what diverges is refused by its name
        for _ in range(plan.local_epochs):
            odds = (rows @ weights[:, :, None])[:, :, 0]
            surplus = 1 / (1 + np.exp(-odds)) - clients.clicked
            gradient = (surplus[:, None, :] @ rows)[:, 0] / n_rows + penalty * weights
            weights = weights - plan.step * gradient
    update: NDArray[np.float64] = weights - model.weights
    return update


def _least(plan: Plan) -> int:
    return 2 if plan.secure else 1  # the sum over one device is that device's update


def _sum(
    values: NDArray[np.float64], reported: NDArray[np.bool_], plan: Plan, rng: np.random.Generator
) -> SecureSum:
    return secure_sum(values, reported, rng) if plan.secure else plain_sum(values, reported)


def _scaled(
    clients: Clients, reported: NDArray[np.bool_], plan: Plan, rng: np.random.Generator
) -> tuple[GlobalModel, SecureSum]:
    """Begin with weights of zero, and with mean and spread of the columns from sums alone."""
    values = np.hstack(
        [clients.n_rows[:, None], clients.columns.sum(axis=1), (clients.columns**2).sum(axis=1)]
    )
    _refuse_what_is_no_number("columns", values, clients)
    summed = _sum(values, reported, plan, rng)
    mean, mean_of_squares = np.split(summed.total[1:] / summed.total[0], 2)
    spread = np.sqrt(np.maximum(mean_of_squares - mean**2, 0.0))
    # A column that is the same in all rows has only rounding left: it keeps its unit.
    scale = np.where(spread > 1e-4, spread, 1.0)
    return GlobalModel(np.zeros(mean.size + 1), mean, scale), summed


def _averaged(
    model: GlobalModel,
    clients: Clients,
    reported: NDArray[np.bool_],
    plan: Plan,
    rng: np.random.Generator,
) -> tuple[GlobalModel, SecureSum]:
    """Move the model by the mean update, each weighing as much as it has rows."""
    update = local_updates(model, clients, plan)
    _refuse_what_is_no_number("update", update, clients)
    malicious = np.isin(clients.number, plan.malicious)
    update[malicious] *= plan.boost
    norm = np.linalg.norm(update, axis=1)
    too_long = (norm > plan.clip) & ~(malicious & plan.secure)
    update[too_long] *= plan.clip / norm[too_long, None]
    weight = clients.n_rows[:, None].astype(float)
    summed = _sum(np.hstack([weight * update, weight]), reported, plan, rng)
    weights = model.weights + summed.total[:-1] / summed.total[-1]
    return GlobalModel(weights, model.mean, model.scale), summed


def _refuse_what_is_no_number(what: str, values: NDArray[np.float64], clients: Clients) -> None:
    """Name the first client with NaN or infinity: one of them would spoil the sum for all."""
    wrong = ~np.isfinite(values)
    if wrong.any():
        client = int(np.flatnonzero(wrong.any(axis=1))[0])
        value = float(values[client][wrong[client]][0])
        hint = (
            "It would spoil the sum of all: repair its rows, leave it out, or use a smaller step."
        )
        number(f"{what} of client {clients.number[client]}", value, hint=hint)
