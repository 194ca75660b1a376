#!/usr/bin/env python3
"""Build the files of this folder from the pinned packages that carry the originals.

    python data/build_data.py            fetch the packages, rebuild the files, record checksums
    python data/build_data.py --check    compare the files with PROVENANCE.json; fetch nothing

The packages are opened as zip files and never imported, so nothing of theirs is installed or run.
The same packages give the same bytes: a table has one possible order of rows, lines end in a bare
newline, and a gzip header carries neither a time nor a name. A checksum is taken of the
*uncompressed* bytes, because two builds of zlib may pack the same bytes differently.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PROVENANCE = "PROVENANCE.json"
LICENCES = "LICENSES"
WEEK_BEGINS = pd.Timestamp("2019-11-24T00:00:00Z")
PROPENSITY_DIGITS = 12

CAMPAIGNS = {"all": 80, "men": 34, "women": 46}  # items on offer
POLICIES = ("bts", "random")
ROWS_PER_LOG = 10_000
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
REPORT_IT = "Nothing was written; find out what changed before you change a number here."
RESTORE = (
    "Restore the files with `git checkout -- data/`, "
    "or rebuild them with `python data/build_data.py`."
)

# One wheel for everybody: without these, pip would pick another file on another machine.
ONE_PLATFORM = (
    "--only-binary=:all:",
    "--platform=manylinux_2_28_x86_64",
    "--python-version=3.11",
    "--implementation=cp",
)


class DataError(click.ClickException):
    """Something is not as pinned: the file, what was expected, what was found, the next step."""

    def __init__(self, file: str, expected: str, found: object, next_step: str) -> None:
        super().__init__(f"{file}: expected {expected}, found {found}. {next_step}")


class DownloadError(click.ClickException):
    """A package could not be fetched: which, why, the next step."""

    def __init__(self, requirement: str, reason: str) -> None:
        super().__init__(
            f"{requirement}: pip download failed ({reason}). "
            "Check the network, or put the wheel into a folder and pass it with --cache."
        )


@dataclass(frozen=True)
class Source:
    """A pinned package and how to recognise it.

    A package with one wheel for all platforms is pinned by that wheel's sha256, a package with one
    wheel a platform by the sha256 of each member that is read.
    """

    requirement: str
    licence: str
    licence_member: str
    wheel_sha256: str | None = None
    member_sha256: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The package's name."""
        return self.requirement.split("==")[0]

    @property
    def licence_file(self) -> str:
        """Where its licence text is kept, relative to this folder."""
        return f"{LICENCES}/{self.name}-{self.licence}.txt"


OBP = Source(
    requirement="obp==0.4.1",
    licence="Apache-2.0",
    licence_member="obp-0.4.1.dist-info/LICENSE",
    wheel_sha256="87dec9caf4283c25ab13036532e0a24566f1c7bdcad1653a8ded43b2f5ef8208",
)
RIVER = Source(
    requirement="river==0.26.1",
    licence="BSD-3-Clause",
    licence_member="river-0.26.1.dist-info/licenses/LICENSE",
    member_sha256={
        "river/datasets/water-flow.csv": (
            "6c84efeb8b148dd2ace656f11f5bd90de22dad014b094e3baafd8dbca69c83dc"
        ),
        "river-0.26.1.dist-info/licenses/LICENSE": (
            "e87f2c8f1ba611702af10cba745e6ceb773d32310135ed55aa2722c55dd0d077"
        ),
    },
)
VEGA = Source(
    requirement="vega_datasets==0.9.0",
    licence="MIT",
    licence_member="vega_datasets-0.9.0.dist-info/LICENSE",
    wheel_sha256="3d7c63917be6ca9b154b565f4779a31fedce57b01b5b9d99d8a34a7608062a1d",
)
SOURCES = (OBP, RIVER, VEGA)
MADE_FROM = {
    "obd_clicks.csv.gz": OBP,
    "obd_items.csv": OBP,
    "water_flow.csv": RIVER,
    "temps_2010.csv.gz": VEGA,
}


@contextmanager
def wheel(source: Source, cache: Path) -> Iterator[zipfile.ZipFile]:
    """Open the pinned wheel of a source, fetched into `cache` unless it is there already."""
    path = cached_wheel(source, cache) or fetch(source, cache)
    again = f"Delete {path} and run again."
    if source.wheel_sha256:
        expect(path.name, "sha256", source.wheel_sha256, sha256(path.read_bytes()), again)
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise DataError(path.name, "a wheel (a zip file)", error, again) from error
    with archive:
        yield archive


def cached_wheel(source: Source, cache: Path) -> Path | None:
    """Return the wheel of a source in `cache`, or None."""
    return next(iter(sorted(cache.glob(f"{source.requirement.replace('==', '-')}-*.whl"))), None)


def fetch(source: Source, cache: Path) -> Path:
    """Download the wheel of a source with pip, which knows the user's index and proxy."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", *ONE_PLATFORM, f"--dest={cache}", source.requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    path = cached_wheel(source, cache)
    if done.returncode or path is None:
        said = (done.stderr or done.stdout).strip().splitlines()
        reason = said[-1] if said else "no wheel arrived"
        raise DownloadError(source.requirement, reason)
    return path


def member(archive: zipfile.ZipFile, source: Source, name: str) -> bytes:
    """Read a member of a wheel and hold it against its pinned sha256, when it has one."""
    wrong = "Delete the wheel in the --cache folder and run again, or pin another version."
    try:
        data = archive.read(name)
    except KeyError as error:
        raise DataError(source.requirement, f"a member {name}", "none", wrong) from error
    if pinned := source.member_sha256.get(name):
        expect(f"{source.requirement} {name}", "sha256", pinned, sha256(data), wrong)
    return data


def read_csv(archive: zipfile.ZipFile, source: Source, name: str, **how: Any) -> pd.DataFrame:
    """Read a member of a wheel as a table."""
    table: pd.DataFrame = pd.read_csv(io.BytesIO(member(archive, source, name)), **how)
    return table


def obd_clicks(obp: zipfile.ZipFile) -> pd.DataFrame:
    """Join the six logs, with small codes for the hashed user features."""
    logs = [one_log(obp, campaign, policy) for campaign in CAMPAIGNS for policy in POLICIES]
    table = pd.concat(logs, ignore_index=True)
    for name in ("u0", "u1", "u2", "u3"):
        table[name] = small_codes(table[name])
    table = table.sort_values(list(table.columns), ignore_index=True)
    expect_clicks(table)
    return table


def one_log(obp: zipfile.ZipFile, campaign: str, policy: str) -> pd.DataFrame:
    """Read the impressions that one policy served in one campaign."""
    raw = read_csv(obp, OBP, f"obp/dataset/obd/{policy}/{campaign}/{campaign}.csv", index_col=0)
    at = pd.to_datetime(raw["timestamp"], utc=True, format="ISO8601")
    affinity = raw[[f"user-item_affinity_{item}" for item in range(CAMPAIGNS[campaign])]].to_numpy()
    columns = {
        "campaign": campaign,
        "policy": policy,
        "requested_at_s": (at - WEEK_BEGINS) // pd.Timedelta(seconds=1),
        "item": raw["item_id"],
        "position": raw["position"],
        "click": raw["click"],
        "propensity": raw["propensity_score"].map(rounded_propensity),
        "affinity": affinity[np.arange(len(raw)), raw["item_id"]].astype(int),
        "affinity_total": affinity.sum(axis=1).astype(int),
        **{f"u{i}": raw[f"user_feature_{i}"] for i in range(4)},
    }
    return pd.DataFrame(columns)


def rounded_propensity(value: float) -> float:
    """Keep 12 significant digits: enough for 1/34, and a propensity of 1e-6 stays 1e-6."""
    return float(f"{value:.{PROPENSITY_DIGITS}g}")


def small_codes(hashes: pd.Series[str]) -> pd.Series[int]:
    """Replace hashes by 0, 1, 2 ...: the most frequent first, equal counts in order of the hash."""
    counts = hashes.value_counts().to_dict()
    order = sorted(counts, key=lambda level: (-counts[level], level))
    return hashes.map({level: code for code, level in enumerate(order)})


def obd_items(obp: zipfile.ZipFile) -> pd.DataFrame:
    """List every item of the three campaigns with its four features.

    A hashed level has another hash in each campaign and in each policy's copy of this table (the
    copies agree otherwise), so the copy of ``random`` is read and codes count anew a campaign.
    """
    tables = []
    for campaign, n_items in CAMPAIGNS.items():
        name = f"obp/dataset/obd/random/{campaign}/item_context.csv"
        raw = read_csv(obp, OBP, name, index_col=0)
        expect(name, "items", list(range(n_items)), raw["item_id"].tolist(), REPORT_IT)
        codes = {f"c{i}": small_codes(raw[f"item_feature_{i}"]) for i in (1, 2, 3)}
        x0 = raw["item_feature_0"].round(6)
        tables.append(
            pd.DataFrame({"campaign": campaign, "item": raw["item_id"], "x0": x0, **codes})
        )
    return pd.concat(tables, ignore_index=True)


def water_flow(river: zipfile.ZipFile) -> pd.DataFrame:
    """Read the hourly flow through a pipeline branch, and put it on the UTC clock."""
    raw = read_csv(river, RIVER, "river/datasets/water-flow.csv")
    at = pd.to_datetime(raw["Time"], utc=True).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    table = pd.DataFrame({"measured_at_utc": at, "flow_l_per_s": raw["Water flow [l/s]"]})
    return table.sort_values("measured_at_utc", ignore_index=True)


def temps(vega: zipfile.ZipFile) -> pd.DataFrame:
    """Put the hourly temperatures of two sites side by side; each writes dates in its own way."""
    sites = {
        "temp_sf_f": ("sf", "%Y/%m/%d %H:%M:%S"),
        "temp_seattle_f": ("seattle", "%Y/%m/%d %H:%M"),
    }
    series = []
    for column, (site, date_format) in sites.items():
        raw = read_csv(vega, VEGA, f"vega_datasets/_data/{site}-temps.csv")
        hour = pd.to_datetime(raw["date"], format=date_format).dt.strftime("%Y-%m-%dT%H:%M")
        series.append(pd.DataFrame({"hour_local": hour, column: raw["temp"]}))
    table = series[0].merge(series[1], on="hour_local", validate="one_to_one")
    return table.sort_values("hour_local", ignore_index=True)


def expect(file: str, what: str, expected: object, found: object, next_step: str) -> None:
    """Raise DataError unless `found` equals `expected`."""
    if found != expected:
        raise DataError(file, f"{what} {expected}", found, next_step)


def expect_clicks(table: pd.DataFrame) -> None:
    """Hold the impressions and clicks of every log against the counts above."""
    file = "obd_clicks.csv.gz"
    logs = table.groupby(["campaign", "policy"])["click"]
    pairs = dict.fromkeys(CLICKS, ROWS_PER_LOG)
    expect(file, "impressions a log of", pairs, logs.size().to_dict(), REPORT_IT)
    expect(file, "clicks a log of", CLICKS, logs.sum().to_dict(), REPORT_IT)
    if not table["propensity"].between(0, 1, inclusive="right").all():
        lowest_highest = (table["propensity"].min(), table["propensity"].max())
        raise DataError(file, "propensities above 0 and at most 1", lowest_highest, REPORT_IT)


def expect_whole(file: str, table: pd.DataFrame) -> None:
    """Hold the number of rows against the count above, and let no value be missing."""
    expect(file, "rows", ROWS[file], len(table), REPORT_IT)
    expect(file, "missing values", 0, int(table.isna().to_numpy().sum()), REPORT_IT)


def build(cache: Path) -> tuple[dict[str, pd.DataFrame], dict[str, bytes]]:
    """Make every table, and read every licence text, before anything is written."""
    with wheel(OBP, cache) as obp, wheel(RIVER, cache) as river, wheel(VEGA, cache) as vega:
        tables = {
            "obd_clicks.csv.gz": obd_clicks(obp),
            "obd_items.csv": obd_items(obp),
            "water_flow.csv": water_flow(river),
            "temps_2010.csv.gz": temps(vega),
        }
        archives = zip(SOURCES, (obp, river, vega), strict=True)
        texts = {s.licence_file: member(archive, s, s.licence_member) for s, archive in archives}
    for file, table in tables.items():
        expect_whole(file, table)
    return tables, texts


def write(out: Path, tables: dict[str, pd.DataFrame], texts: dict[str, bytes]) -> None:
    """Write tables, licence texts and PROVENANCE.json into `out`."""
    (out / LICENCES).mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (out / file).write_bytes(text)
    for file, table in tables.items():
        raw = csv_bytes(table)
        (out / file).write_bytes(packed(raw) if file.endswith(".gz") else raw)
        click.echo(f"{file:<20}{len(table):>7,} rows {(out / file).stat().st_size:>9,} bytes")
    described = json.dumps(provenance(tables, texts), indent=2) + "\n"
    (out / PROVENANCE).write_bytes(described.encode())


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Write a table as CSV; a number gets the digits it has, no more."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def packed(raw: bytes) -> bytes:
    """Gzip without the time and the file name that would change from build to build."""
    target = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=target, mtime=0) as pack:
        pack.write(raw)
    return target.getvalue()


def unpacked(path: Path) -> bytes:
    """Read a file, uncompressed."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def sha256(data: bytes) -> str:
    """Return the checksum as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def provenance(tables: dict[str, pd.DataFrame], texts: dict[str, bytes]) -> dict[str, Any]:
    """Say what each file was made from, and how to recognise it."""
    return {
        "built_by": "data/build_data.py",
        "sources": [describe_source(source, texts[source.licence_file]) for source in SOURCES],
        "files": {file: describe_table(file, table) for file, table in tables.items()},
    }


def describe_source(source: Source, licence_text: bytes) -> dict[str, Any]:
    """Make a source's entry in PROVENANCE.json."""
    pin: dict[str, Any] = {"member_sha256": source.member_sha256}
    if source.wheel_sha256:
        pin = {"wheel_sha256": source.wheel_sha256}
    return {
        "requirement": source.requirement,
        **pin,
        "licence": source.licence,
        "licence_file": source.licence_file,
        "licence_file_sha256": sha256(licence_text),
    }


def describe_table(file: str, table: pd.DataFrame) -> dict[str, Any]:
    """Make a data file's entry in PROVENANCE.json."""
    raw = csv_bytes(table)
    return {
        "made_from": MADE_FROM[file].requirement,
        "rows": len(table),
        "columns": list(table.columns),
        "uncompressed_bytes": len(raw),
        "uncompressed_sha256": sha256(raw),
    }


def check(folder: Path) -> list[str]:
    """Say, a line each, which files of `folder` are not what PROVENANCE.json says."""
    try:
        wanted = recorded_sums(folder)
    except (OSError, ValueError, LookupError, TypeError) as error:
        return [f"{PROVENANCE}: expected the record of the data files, found {error!r}."]
    return [
        f"{file}: expected sha256 {sha} (uncompressed), found {found}."
        for file, sha in wanted.items()
        if (found := state_of(folder / file)) != sha
    ]


def recorded_sums(folder: Path) -> dict[str, str]:
    """Read the checksum of every data file and licence text from PROVENANCE.json."""
    record = json.loads((folder / PROVENANCE).read_bytes())
    sums = {file: entry["uncompressed_sha256"] for file, entry in record["files"].items()}
    return sums | {s["licence_file"]: s["licence_file_sha256"] for s in record["sources"]}


def state_of(path: Path) -> str:
    """Return the checksum of a file's uncompressed bytes, or why there is none."""
    try:
        return sha256(unpacked(path))
    except FileNotFoundError:
        return "no such file"
    except (EOFError, OSError, zlib.error) as error:
        return f"a file that cannot be read ({error})"


@click.command(help="Build the data files from the pinned packages, or check the ones here.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=HERE,
    help="Folder to write or check.  [default: the folder of this script]",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="MLBOOK_DATA_CACHE",
    help="Folder that keeps the packages between two runs.  [default: a temporary one]",
)
@click.option(
    "--check", "only_check", is_flag=True, help="Compare with PROVENANCE.json; no network."
)
def main(out: Path, cache: Path | None, *, only_check: bool) -> None:
    """Build or check, and end with status 1 and one message when that fails."""
    if only_check:
        if faults := check(out):
            raise click.ClickException("\n".join([*faults, RESTORE]))
        click.echo(f"Every file is what {PROVENANCE} says.")
        return
    with tempfile.TemporaryDirectory() as temporary:
        tables, texts = build(cache or Path(temporary))
    try:
        write(out, tables, texts)
    except OSError as error:
        raise click.FileError(str(out), hint=str(error)) from error


if __name__ == "__main__":
    main()
