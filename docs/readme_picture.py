"""Draw the README's picture: the same cells as lesson 07."""

from __future__ import annotations

from pathlib import Path

import mlbook as mb


def main() -> None:
    """Run six batch schedules and one REST API, and write the picture beside this file."""
    world = mb.World(seed=7)
    runs = {}
    for hours in (1, 3, 6, 12, 24, 48):
        period = hours * mb.HOUR
        batch = mb.SharedDb(predict_every=period, predict_takes=period / 12)
        runs[f"every {hours} h"] = mb.run(batch, world)
    runs["REST API"] = mb.run(mb.RestApi(), world)
    picture = mb.charts.AgeClicksDisplay.from_runs(runs).plot()
    picture.figure_.savefig(Path(__file__).with_name("age_against_clicks.png"))


if __name__ == "__main__":
    main()
