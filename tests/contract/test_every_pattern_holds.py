"""Every pattern of the library obeys every law, with the knobs that change its ways, too."""

from __future__ import annotations

import pytest

import mlbook as mb
from tests.worlds import small

PATTERNS = {
    "federated": mb.Federated(),
    "federated, half drop out": mb.Federated(drop_out=0.5, train_every=2 * mb.HOUR),
    "federated, in the open": mb.Federated(secure=False, clients_a_round=5, own_share=1.0),
    "federated, seldom synced": mb.Federated(sync_every=6 * mb.HOUR, own_share=0.0),
    "hosted": mb.HostedModel(),
    "hosted, a tight quota": mb.HostedModel(calls_per_s=0.01, burst=3.0),
    "in process": mb.InProcess(),
    "in process, released daily": mb.InProcess(release_every=1 * mb.DAY),
    "mobile": mb.MobileApp(),
    "mobile, downloaded": mb.MobileApp(delivery="download", download_every=3 * mb.HOUR),
    "mobile, often offline": mb.MobileApp(offline_share=0.4, sync_every=1 * mb.HOUR),
    "mobile, int8": mb.MobileApp(precision="int8", release_every=1 * mb.DAY),
    "REST": mb.RestApi(),
    "REST, one worker": mb.RestApi(workers=1),
    "REST, features sent": mb.RestApi(send="features", swap="restart"),
    "REST, fresh features": mb.RestApi(features_every=10 * mb.MINUTE, features_takes=0.0),
    "shared DB": mb.SharedDb(),
    "shared DB, row by row": mb.SharedDb(atomic_swap=False, write_takes=2 * mb.HOUR),
    "streaming": mb.Streaming(),
    "streaming, slow and twice": mb.Streaming(trigger=600.0, idempotent=False, watermark=0.0),
    "shared DB, always late": mb.SharedDb(predict_every=1 * mb.HOUR),
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_it_obeys_every_law(pattern):
    verdict = mb.check_pattern(pattern)
    assert verdict.holds, verdict


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_the_laws_are_checked_on_answers_of_a_model(pattern):
    assert mb.measure.availability(mb.run(pattern, small())) > 0.9


def test_rows_of_users_who_came_late_obey_the_laws_too():
    newcomers = mb.World(seed=1, days=7, users=200, events_per_user_day=0.1)
    verdict = mb.check_pattern(mb.SharedDb(atomic_swap=False, write_takes=2 * mb.HOUR), newcomers)
    assert verdict.holds, verdict
