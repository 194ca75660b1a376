"""Who holds which rows: all of them, once, and only those that are known by then."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.fedavg import Clients, clients_of, deal
from tests.fedavg.worlds import ASOF, hundred, shop
from tests.worlds import refusal


def sorted_rows(clients):
    columns, clicked = clients.pooled()
    rows = np.column_stack([columns, clicked])
    return rows[np.lexsort(rows.T)]


def test_every_client_holds_its_own_labelled_rows_in_their_order():
    rows, clients = shop().labelled(ASOF), hundred()
    columns = shop().features(rows.user, rows.item, rows.at_s)
    assert clients.number.tolist() == sorted(set(rows.user.tolist()))
    for place in (0, 17, len(clients) - 1):
        mine = rows.user == clients.number[place]
        n = clients.n_rows[place]
        assert n == mine.sum()
        assert np.array_equal(clients.columns[place, :n], columns[mine])
        assert np.array_equal(clients.clicked[place, :n], rows.clicked[mine])


def test_places_without_a_row_are_marked_as_such():
    clients = Clients.of([1, 0, 1], np.ones((3, 2)), [1, 1, 0])
    assert clients.present.tolist() == [[True, False], [True, True]]
    assert not clients.columns[~clients.present].any()


def test_pooled_rows_are_all_rows_once():
    rows = shop().labelled(ASOF)
    columns = shop().features(rows.user, rows.item, rows.at_s)
    whole = np.column_stack([columns, rows.clicked])
    assert np.array_equal(sorted_rows(hundred()), whole[np.lexsort(whole.T)])


def test_some_of_the_clients_keep_their_rows():
    some = hundred().only(np.array([9, 4]))
    assert some.number.tolist() == hundred().number[[9, 4]].tolist()
    assert some.clicked.shape == (2, some.n_rows.max())
    assert np.array_equal(
        some.pooled()[0][: some.n_rows[0]], hundred().columns[9, : some.n_rows[0]]
    )


def test_columns_may_come_from_a_store_of_the_devices_own():
    never = np.full(shop().activity.at_s.size, np.inf)
    blind = type(shop().features)(shop().activity, shop().catalog, seen_at_s=never)
    assert not clients_of(shop(), ASOF, blind).columns[..., :2].any()
    assert hundred().columns[..., :2].any()


def test_before_the_first_label_there_is_nobody():
    assert len(clients_of(shop(), 0.0)) == 0


@pytest.mark.parametrize("how", ["alike", "by label"])
def test_dealing_moves_every_row_and_changes_none(how):
    dealt = deal(hundred(), how)
    assert len(dealt) == len(hundred())
    assert np.array_equal(sorted_rows(dealt), sorted_rows(hundred()))
    assert np.ptp(dealt.n_rows) <= 2


def test_dealt_by_label_most_clients_know_one_label_only():
    def share_with_one_label(clients):
        rates = clients.clicked.sum(axis=1) / clients.n_rows
        return np.isin(rates, [0.0, 1.0]).mean()

    # Of 100 clients with two of 200 pieces each, of which about 50 hold clicks.
    assert share_with_one_label(deal(hundred(), "by label")) > 0.5
    assert share_with_one_label(deal(hundred(), "alike")) < 0.05


def test_the_dealer_is_seeded():
    one, again, other = (deal(hundred(), "alike", seed=seed).columns for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_another_way_of_dealing_is_refused():
    words = refusal(ValueError, deal, hundred(), "by lable")
    assert words == (
        "how must be one of 'alike', 'by label', got 'by lable'. Did you mean 'by label'?"
    )


def test_the_real_log_has_clients_too():
    clients = clients_of(mb.ReplayWorld(), 3 * mb.DAY)
    assert 50 < len(clients) <= mb.ReplayWorld().users
