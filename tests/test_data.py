"""The committed data are what the packages hold, and the README says only what they show."""

from __future__ import annotations

import csv
import datetime
import gzip
import hashlib
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import stats

DATA = Path(__file__).resolve().parent.parent / "data"
RECORD = json.loads((DATA / "PROVENANCE.json").read_text(encoding="utf-8"))
README = (DATA / "README.md").read_text(encoding="utf-8")
SEGMENT = ["u0", "u1", "u2", "u3"]
CLICKS = {
    ("all", "bts"): 42,
    ("all", "random"): 38,
    ("men", "bts"): 69,
    ("men", "random"): 46,
    ("women", "bts"): 46,
    ("women", "random"): 46,
}
ROWS = {
    "obd_clicks.csv.gz": 60_000,
    "obd_items.csv": 160,
    "water_flow.csv": 1_268,
    "temps_2010.csv.gz": 8_759,
}


def raw_bytes(name):
    data = (DATA / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


@pytest.fixture(scope="module")
def clicks():
    return pd.read_csv(DATA / "obd_clicks.csv.gz")


@pytest.fixture(scope="module")
def items():
    return pd.read_csv(DATA / "obd_items.csv")


@pytest.fixture(scope="module")
def flow():
    return pd.read_csv(DATA / "water_flow.csv", parse_dates=["measured_at_utc"])


@pytest.fixture(scope="module")
def temps():
    return pd.read_csv(DATA / "temps_2010.csv.gz", parse_dates=["hour_local"], index_col=0)


@pytest.fixture(scope="module")
def builder():
    """Load the build script as a module (its folder is no package)."""
    spec = importlib.util.spec_from_file_location("build_data", DATA / "build_data.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_data"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["build_data"]


# The files


@pytest.mark.parametrize("name", ROWS)
def test_committed_file_is_the_recorded_one(name):
    raw, entry = raw_bytes(name), RECORD["files"][name]
    assert hashlib.sha256(raw).hexdigest() == entry["uncompressed_sha256"]
    assert len(raw) == entry["uncompressed_bytes"]
    header, *rows = csv.reader(io.StringIO(raw.decode()))
    assert header == entry["columns"]
    assert len(rows) == entry["rows"] == ROWS[name]
    assert b"\r" not in raw
    assert raw.endswith(b"\n")


@pytest.mark.parametrize("name", [n for n in ROWS if n.endswith(".gz")])
def test_gzip_header_carries_neither_time_nor_name(name):
    header = (DATA / name).read_bytes()[:10]
    flags, time = header[3], header[4:8]
    assert (flags, time) == (0, b"\0\0\0\0")


def test_clicks_per_campaign_and_policy(clicks):
    logs = clicks.groupby(["campaign", "policy"])["click"]
    assert logs.size().to_dict() == dict.fromkeys(CLICKS, 10_000)
    assert logs.sum().to_dict() == CLICKS
    assert clicks["click"].sum() == 287


def test_rows_are_sorted_by_all_columns_and_complete(clicks):
    again = clicks.sort_values(list(clicks.columns), ignore_index=True)
    pd.testing.assert_frame_equal(clicks, again)
    assert clicks.notna().all(axis=None)


def test_no_propensity_became_zero(clicks):
    assert clicks["propensity"].between(0, 1, inclusive="right").all()
    assert clicks["propensity"].min() == 1e-6


def test_random_policy_gives_every_item_the_same_propensity(clicks, items):
    n_items = items.groupby("campaign").size()
    logs = clicks[clicks["policy"] == "random"]
    equal = 1 / logs["campaign"].map(n_items)
    np.testing.assert_allclose(logs["propensity"], equal, rtol=1e-11)


def test_every_impression_finds_its_item(clicks, items):
    joined = clicks.merge(items, on=["campaign", "item"], validate="many_to_one")
    assert len(joined) == len(clicks)
    assert items.groupby("campaign").size().to_dict() == {"all": 80, "men": 34, "women": 46}


def test_day_peaks_at_22_and_sleeps_at_4_on_the_japanese_clock():
    japan = datetime.timezone(datetime.timedelta(hours=9))
    begin = datetime.datetime(2019, 11, 24, tzinfo=datetime.UTC)
    rows = csv.DictReader(io.StringIO(raw_bytes("obd_clicks.csv.gz").decode()))
    hours = Counter(
        (begin + datetime.timedelta(seconds=int(row["requested_at_s"]))).astimezone(japan).hour
        for row in rows
    )
    assert hours.most_common(1) == [(22, 4_860)]
    assert hours.most_common()[-1] == (4, 428)
    assert hours.total() == 60_000


def test_everything_together_is_small():
    total = sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file())
    assert total < 3_000_000


def test_licence_texts_are_the_ones_the_packages_ship():
    for source in RECORD["sources"]:
        text = (DATA / source["licence_file"]).read_bytes()
        assert hashlib.sha256(text).hexdigest() == source["licence_file_sha256"]
        assert source["licence_file"].removeprefix("LICENSES/") in (
            DATA / "LICENSES" / "NOTICE"
        ).read_text(encoding="utf-8")


# What the README says


def section(title):
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", ROWS)
def test_dictionary_describes_every_column_in_order(name):
    described = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", section(f"`{name}`"), re.MULTILINE)
    assert described == RECORD["files"][name]["columns"]


@pytest.mark.parametrize("name", ROWS)
def test_readme_gives_rows_and_size(name):
    size_kb = round((DATA / name).stat().st_size / 1_000)
    assert f"| `{name}` | {ROWS[name]:,} | {size_kb} kB |" in README


def test_code_ranges_in_the_dictionary_are_the_ones_in_the_tables(clicks, items):
    for name in SEGMENT:
        assert sorted(clicks[name].unique()) == list(range(clicks[name].max() + 1))
        assert f"| `{name}` | code 0 to {clicks[name].max()} |" in README
    for name in ("c1", "c2", "c3"):
        top = items.groupby("campaign")[name].max()
        ranges = ", ".join(f"0 to {top[c]} (`{c}`)" for c in ("all", "men", "women"))
        assert f"| `{name}` | code {ranges} |" in README
    for name in ("affinity", "affinity_total"):
        assert clicks[name].min() == 0
        assert f"| `{name}` | count, 0 to {clicks[name].max()} |" in README


def test_table_of_clicks_and_intervals(clicks):
    for (campaign, policy), log in clicks.groupby(["campaign", "policy"])["click"]:
        interval = stats.binomtest(int(log.sum()), len(log)).proportion_ci(method="wilson")
        low, high = 100 * interval.low, 100 * interval.high
        row = f"| {campaign} | {policy} | {len(log):,} | {log.sum()} "
        assert f"{row}| {100 * log.mean():.2f} ({low:.2f} to {high:.2f}) |" in README


def said(*phrases):
    """Assert that the README holds each phrase, wherever its lines break."""
    text = " ".join(README.split())
    for phrase in phrases:
        assert phrase in text


def test_facts_about_the_time_of_day(clicks):
    hours = np.bincount((clicks["requested_at_s"] // 3600 + 9) % 24, minlength=24)
    week = np.bincount(clicks["requested_at_s"] // 3600)
    assert week.min() > 0
    said(
        f"begins at {hours.argmax()}:00 ({hours.max():,} impressions in the week)",
        f"the quietest at {hours.argmin():02}:00 ({hours.min()})",
        f": {hours.max() / hours.min():.1f} to 1.",
        f"Each of the {len(week)} hours",
        f"the busiest has {week.max() / week.mean():.2f} times the mean",
    )


def test_facts_about_concentration_and_segments(clicks):
    bts = clicks[clicks["policy"] == "bts"].groupby("campaign")["item"]
    top5 = bts.apply(lambda item: 100 * item.value_counts(normalize=True).iloc[:5].sum())
    sizes = clicks.groupby(["campaign", *SEGMENT]).size().groupby("campaign")
    number, largest = sizes.size(), sizes.max() / 20_000 * 100
    said(
        "get {:.0f} % (`all`), {:.0f} % (`men`) and {:.0f} % (`women`)".format(*top5),
        "there are {} of them in `all`, {} in `men`, {} in `women`".format(*number),
        "the largest holds {:.0f} %, {:.0f} % and {:.0f} % of the impressions".format(*largest),
    )


def test_facts_about_what_is_too_thin_to_conclude_from(clicks):
    page = clicks.groupby(["campaign", "policy", "requested_at_s", *SEGMENT])["position"].nunique()
    by_position = pd.crosstab(clicks["position"], clicks["click"])
    p_value = stats.chi2_contingency(by_position, correction=False).pvalue
    liked = clicks["affinity"] > 0
    rate = 100 * clicks["click"].groupby(liked).mean()
    shared = clicks.duplicated(["campaign", "policy", "requested_at_s"], keep=False).sum()
    said(
        f"only in {(page == 3).sum()} cases are all three positions",
        f"**{clicks['click'].sum()} clicks** are few",
        f"chi-squared test over all rows: p = {p_value:.2f}",
        f"above 0 in {liked.sum()} rows. These have {clicks['click'][liked].sum()} clicks",
        f"({rate[True]:.1f} per 100 impressions, against {rate[False]:.2f} in the other rows)",
        f"{shared:,} rows share their second",
    )


def test_facts_about_propensities(clicks):
    bts = clicks[clicks["policy"] == "bts"]
    steps = bts["propensity"] / 5e-6
    whole = (steps - steps.round()).abs() < 1e-6
    rarest = bts.loc[bts["propensity"].idxmin()]
    assert rarest["campaign"] == "women"
    said(
        f"{whole.sum():,} of the {len(bts):,} are whole multiples of 0.000005",
        f"smallest is {rarest['propensity']:.6f} (`women`, item {rarest['item']})",
        f"multiplies it by {1 / 46 / rarest['propensity']:,.0f}",
    )


def test_facts_about_items(items):
    x0 = items.groupby("campaign")["x0"]
    np.testing.assert_allclose(x0.mean(), 0, atol=1e-6)
    np.testing.assert_allclose(x0.std(ddof=0), 1, atol=1e-6)
    for name in ("c1", "c2", "c3"):
        counts = items.groupby(["campaign", name]).size()
        assert (counts.groupby("campaign").diff().dropna() <= 0).all()


def test_facts_about_the_water_flow(flow):
    at, litres = flow["measured_at_utc"], flow["flow_l_per_s"]
    hours = len(pd.date_range(at.iloc[0], at.iloc[-1], freq="h"))
    gap = at.diff()
    low = flow[litres < 50]
    stretches = low.groupby((low.index.to_series().diff() > 1).cumsum())["measured_at_utc"]
    said(
        f"from {at.iloc[0]:%Y-%m-%d %H:%M} to {at.iloc[-1]:%Y-%m-%d %H:%M} UTC",
        f"{hours - len(flow)} of the {hours:,} hours are missing, in {(gap > '1h').sum()} gaps",
        f"the longest leaves {gap.max() / pd.Timedelta('1h'):.0f} hours",
        ", ".join(f"{len(s)} rows from {s.min():%Y-%m-%d %H:%M}" for _, s in stretches),
        f"highest value, {litres.max()}, stands at {at[litres.idxmax()]:%Y-%m-%d %H:%M}",
    )
    assert stretches.ngroups == 3


def test_facts_about_the_temperatures(temps):
    sf, seattle = temps["temp_sf_f"], temps["temp_seattle_f"]
    whole_year = pd.date_range("2010-01-01T00:00", "2010-12-31T23:00", freq="h")
    next_day = temps - temps.shift(freq="24h")
    warmer = (sf - seattle).groupby(temps.index.month).mean()
    said(
        f"never changes by more than {next_day.abs().max(axis=None):.1f} degrees",
        f"San Francisco lies between {sf.min()} and {sf.max()} degrees",
        f"Seattle between {seattle.min()} and {seattle.max()}",
        f"differ by up to {(sf - seattle).abs().max():.1f} degrees",
        f"in January San Francisco by {warmer[1]:.1f} degrees on average",
        f"in July Seattle by {-warmer[7]:.1f}",
        f"One hour is missing, {whole_year.difference(temps.index)[0]:%Y-%m-%d %H:%M} ",
    )
    assert len(whole_year) - len(temps) == 1
    assert temps.index.is_unique


# The build script


def run_builder(builder, *arguments):
    return CliRunner().invoke(builder.main, [str(argument) for argument in arguments])


def test_check_accepts_the_committed_files(builder):
    assert run_builder(builder, "--check").exit_code == 0


@pytest.mark.parametrize(
    "name", [*ROWS, "LICENSES/obp-Apache-2.0.txt", "LICENSES/river-BSD-3-Clause.txt"]
)
def test_check_names_an_altered_file(builder, tmp_path, name):
    copy = shutil.copytree(DATA, tmp_path / "data")
    (copy / name).write_bytes((copy / name).read_bytes()[:-1])
    result = run_builder(builder, "--check", "--out", copy)
    assert result.exit_code == 1
    assert f"{name}: expected sha256" in result.output
    assert "git checkout -- data/" in result.output


def test_check_names_every_missing_file(builder, tmp_path):
    copy = shutil.copytree(DATA, tmp_path / "data")
    (copy / "obd_items.csv").unlink()
    (copy / "temps_2010.csv.gz").unlink()
    output = run_builder(builder, "--check", "--out", copy).output
    assert re.findall(r"^.*?(\w+\.csv\S*): .*no such file", output, re.MULTILINE) == [
        "obd_items.csv",
        "temps_2010.csv.gz",
    ]


@pytest.mark.parametrize("text", [None, "", "{}", "[]"])
def test_check_without_a_readable_record_says_so(builder, tmp_path, text):
    if text is not None:
        (tmp_path / "PROVENANCE.json").write_text(text)
    result = run_builder(builder, "--check", "--out", tmp_path)
    assert result.exit_code == 1
    assert "PROVENANCE.json: expected the record" in result.output


def test_a_lost_click_or_row_stops_the_build(builder, clicks):
    builder.expect_clicks(clicks)
    clicked = clicks.index[clicks["click"] == 1][0]
    with pytest.raises(builder.DataError, match=r"obd_clicks\.csv\.gz: expected clicks a log"):
        builder.expect_clicks(
            clicks.assign(click=clicks["click"].where(clicks.index != clicked, 0))
        )
    with pytest.raises(builder.DataError, match="expected impressions a log"):
        builder.expect_clicks(clicks.drop(index=clicked))
    with pytest.raises(builder.DataError, match="expected propensities above 0"):
        builder.expect_clicks(clicks.assign(propensity=clicks["propensity"].round(5)))


def test_a_table_of_another_length_stops_the_build(builder, items):
    with pytest.raises(builder.DataError, match=r"obd_items\.csv: expected rows 160, found 159\."):
        builder.expect_whole("obd_items.csv", items.iloc[1:])


def test_a_package_with_another_checksum_writes_nothing(builder, tmp_path):
    cache, out = tmp_path / "cache", tmp_path / "out"
    cache.mkdir()
    with zipfile.ZipFile(cache / "obp-0.4.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("obp/__init__.py", "")
    result = run_builder(builder, "--cache", cache, "--out", out)
    assert result.exit_code == 1
    assert "obp-0.4.1-py3-none-any.whl: expected sha256 87dec9ca" in result.output
    assert "Delete" in result.output
    assert not out.exists()


def test_a_failed_download_says_what_and_what_next(builder, tmp_path, monkeypatch):
    offline = subprocess.CompletedProcess([], 1, stdout="", stderr="...\nERROR: no network\n")
    monkeypatch.setattr(builder.subprocess, "run", lambda *_, **__: offline)
    result = run_builder(builder, "--cache", tmp_path / "empty", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "obp==0.4.1: pip download failed (ERROR: no network)" in result.output
    assert "pass it with --cache" in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named(builder, tmp_path, monkeypatch):
    (tmp_path / "a_file").touch()
    monkeypatch.setattr(builder, "build", lambda _cache: ({}, {}))
    result = run_builder(builder, "--out", tmp_path / "a_file" / "data")
    assert result.exit_code == 1
    assert str(tmp_path / "a_file" / "data") in result.output


def test_codes_count_from_the_most_frequent_level(builder):
    hashes = pd.Series(["b", "c", "c", "a", "d", "c", "d"])
    assert builder.small_codes(hashes).tolist() == [3, 0, 0, 2, 1, 0, 1]


@pytest.mark.slow
def test_rebuild_from_the_packages_gives_the_same_bytes(builder, tmp_path):
    """MLBOOK_DATA_CACHE may name a folder that keeps the packages."""
    out = tmp_path / "data"
    result = run_builder(builder, "--out", out)
    if "pip download failed" in result.output and os.environ.get("CI") != "true":
        pytest.skip(result.output)
    assert result.exit_code == 0, result.output
    for name in ROWS:
        rebuilt = (out / name).read_bytes()
        rebuilt = gzip.decompress(rebuilt) if name.endswith(".gz") else rebuilt
        assert rebuilt == raw_bytes(name)
    for name in ["PROVENANCE.json", *(source["licence_file"] for source in RECORD["sources"])]:
        assert (out / name).read_bytes() == (DATA / name).read_bytes()
