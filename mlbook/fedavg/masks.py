"""A sum that the server learns without seeing a single summand: masks that cancel in pairs.

Every two clients share a seed, expand it to a mask as long as their numbers, and one adds what the
other subtracts. A single message looks like noise; in the sum of all messages the masks are gone.
When somebody drops out, his masks stay in the others' messages: the others reveal the seeds that
they shared with him, and the server takes these masks out. Everything is whole numbers modulo
2**64, so the sum is exact and not nearly so.

What is simplified: the seeds come from a dealer instead of a key agreement, the masks from a fast
generator that would not stop an attacker, and there is no second mask. Without that one, the
message of somebody who was only late can be read once his seeds are revealed, so a server that
cheats gains; the protocol of Bonawitz et al. adds it.

References
----------
K. Bonawitz et al., "Practical Secure Aggregation for Privacy-Preserving Machine Learning", CCS
2017: the protocol.
G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014: the
mixing function.

Chapter: 09
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlbook.validate import integer, number

__all__ = [
    "FRACTION_BITS",
    "KEY_BYTES",
    "NUMBER_BYTES",
    "SecureSum",
    "decode",
    "encode",
    "mask",
    "plain_sum",
    "secure_sum",
    "shared_seeds",
    "unmask",
]

NUMBER_BYTES = 8  # a number on the wire: 64 bits, fixed point or floating
KEY_BYTES = 32  # a public key, or a revealed seed, of 256 bits
FRACTION_BITS = 32  # of the 64: a resolution of 2e-10, and sums below 2e9

Words = NDArray[np.uint64]


class SecureSum(NamedTuple):
    """A sum and what it took.

    Parameters
    ----------
    total : ndarray of shape (p,)
        The sum over those who reported.
    messages : ndarray of shape (n_reported, p)
        All that the server saw of them; ``None`` in its place for a plain sum, where it sees the
        values themselves.
    bytes_up, bytes_down : int
        Sent by all clients together, and to them: numbers, keys and revealed seeds.
    """

    total: NDArray[np.float64]
    messages: Words | None
    bytes_up: int
    bytes_down: int


def plain_sum(values: NDArray[np.float64], reported: NDArray[np.bool_]) -> SecureSum:
    """Add up what was reported; the server sees every summand.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        One row a client.
    reported : ndarray of shape (n,), bool
        Who reported.

    Returns
    -------
    SecureSum
        The sum, without messages.
    """
    sent = values[reported]
    return SecureSum(sent.sum(axis=0), None, sent.size * NUMBER_BYTES, 0)


def secure_sum(
    values: NDArray[np.float64], reported: NDArray[np.bool_], rng: np.random.Generator
) -> SecureSum:
    """Add up what was reported, so that the server learns the sum and nothing else.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        One row a client.
    reported : ndarray of shape (n,), bool
        Who reported; at least two, since the sum over one is that one's value.
    rng : numpy.random.Generator
        Deals the seeds; they must be new for every sum.

    Returns
    -------
    SecureSum
        The sum, exact but for the rounding of each value to a multiple of 2**-32.

    Examples
    --------
    >>> values = np.array([[1.5, 2.0], [0.25, 0.0], [4.0, 1.0]])
    >>> everybody_but_one = np.array([True, True, False])
    >>> secure_sum(values, everybody_but_one, np.random.default_rng(1)).total
    array([1.75, 2.  ])
    """
    n, n_reported = reported.size, int(reported.sum())
    hint = "The sum over one client is that client's value: wait for more, or add up plainly."
    integer("reported", n_reported, at_least=2, unit="clients that report", hint=hint)
    seeds = shared_seeds(rng, n)
    messages = mask(encode(values), seeds)[reported]
    revealed = seeds[np.ix_(reported, ~reported)]
    total = unmask(messages, revealed, reported)
    return SecureSum(
        decode(total),
        messages,
        bytes_up=messages.size * NUMBER_BYTES + (n + revealed.size) * KEY_BYTES,
        bytes_down=n * (n - 1) * KEY_BYTES,
    )


def encode(values: NDArray[np.float64]) -> Words:
    """Write numbers in fixed point: multiples of 2**-32 as whole numbers modulo 2**64.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        One row a client.

    Returns
    -------
    ndarray of shape (n, p)
        Negative numbers as the upper half.

    Raises
    ------
    ValueError
        When the sum over the clients could leave the range of 64 bits.
    """
    largest = float(np.abs(values).max(initial=0.0))
    most = 2.0 ** (63 - FRACTION_BITS) / max(len(values), 1)
    hint = "Only then does the sum fit into 64 bits: make the updates smaller, or clip them."
    number("values", largest, at_most=most * (1 - 2.0**-20), unit="size of a number", hint=hint)
    return np.rint(values * 2.0**FRACTION_BITS).astype(np.int64).view(np.uint64)


def decode(words: Words) -> NDArray[np.float64]:
    """Read numbers in fixed point.

    Parameters
    ----------
    words : ndarray
        From :func:`encode`, or a sum of such.

    Returns
    -------
    ndarray
        The numbers.

    Examples
    --------
    >>> decode(encode(np.array([[-1.25, 3.0]])))
    array([[-1.25,  3.  ]])
    """
    numbers: NDArray[np.float64] = words.view(np.int64) / 2.0**FRACTION_BITS
    return numbers


def shared_seeds(rng: np.random.Generator, n: int) -> Words:
    """Deal a secret seed to every two clients.

    Parameters
    ----------
    rng : numpy.random.Generator
        The dealer.
    n : int
        Number of clients.

    Returns
    -------
    ndarray of shape (n, n)
        Symmetric; the diagonal is not used.
    """
    upper = np.triu(rng.integers(0, 2**64, (n, n), dtype=np.uint64), 1)
    return upper + upper.T


def mask(words: Words, seeds: Words) -> Words:
    """Make each client's message: its numbers plus the masks it shares with the others.

    Parameters
    ----------
    words : ndarray of shape (n, p)
        From :func:`encode`.
    seeds : ndarray of shape (n, n)
        From :func:`shared_seeds`.

    Returns
    -------
    ndarray of shape (n, p)
        One message a client.
    """
    place = np.arange(len(words))
    masks = [_masks(seeds[i], place - i, words.shape[1]) for i in place]
    return words + np.array(masks, dtype=np.uint64).reshape(words.shape)


def unmask(messages: Words, revealed: Words, reported: NDArray[np.bool_]) -> Words:
    """Add up the messages and take out the masks shared with those who did not report.

    Parameters
    ----------
    messages : ndarray of shape (n_reported, p)
        What came in.
    revealed : ndarray of shape (n_reported, n_missing)
        The seeds that each of them shared with each of the missing.
    reported : ndarray of shape (n,), bool
        Who is who.

    Returns
    -------
    ndarray of shape (p,)
        The sum of what was encoded.
    """
    missing = np.flatnonzero(~reported)
    total: Words = messages.sum(axis=0, dtype=np.uint64)
    for i, seeds in zip(np.flatnonzero(reported), revealed, strict=True):
        total = total - _masks(seeds, missing - i, messages.shape[1])
    return total


def _masks(seeds: Words, after: NDArray[np.int64], p: int) -> Words:
    """Add the masks shared with those who come after, subtract those shared with who came before.

    Multiplying by minus one modulo 2**64 is subtracting; nobody shares a mask with himself.
    """
    sign = np.sign(after).astype(np.int64).view(np.uint64)
    masks: Words = (sign[:, None] * _expand(seeds, p)).sum(axis=0, dtype=np.uint64)
    return masks


def _expand(seeds: Words, p: int) -> Words:
    """Make `p` words from each seed: a counter in large odd steps, then mixed (SplitMix64)."""
    counter = np.arange(1, p + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    words = seeds[:, None] + counter
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = words ^ (words >> np.uint64(31))
    return mixed
