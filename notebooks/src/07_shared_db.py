# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pattern 2: shared DB
# *By the end you can say how old a batch prediction is when somebody reads it, what its age costs, and why nobody notices when the batch fails.*
#
# 30 minutes · lesson 00 helps · slides 17-18

# %% tags=["parameters"]
predict_every_h: float = 24.0  # hours between two prediction batches, 1 to 48
predict_takes_h: float = 2.0  # hours a batch takes, 0.5 to 20
seed: int = 7  # which shop, a whole number from 0

# %%
import mlbook as mb

# %% [markdown]
# Slide 17: *train by batch, predict by batch, serve through the shared DB*. The picture is our drawing of it. Start at the web application again and ask what it waits for.

# %%
mb.charts.Diagram("shared_db")

# %% [markdown]
# For one lookup, and for nothing else. The model runs at night, for every user and every item; this is **batch prediction**. The request path has shrunk to almost nothing:

# %%
mb.source(mb.SharedDb.predict)

# %% [markdown]
# The web application and the model share a table and nothing more. (`_rows_of` picks the user's rows from it. A user who was unknown when the batch ran has none.)

# %% [markdown]
# ## How old is what you read?
# A batch starts every *T* hours and takes *D* hours. Visitors come at any time. **Guess first:** with the numbers in the parameters cell, how old is the data behind an answer, on average, when somebody reads it?
#
# Each dot of the next plot is a visitor; its height is the age of what was read.

# %%
batch = mb.SharedDb(
    predict_every=predict_every_h * mb.HOUR,
    predict_takes=predict_takes_h * mb.HOUR,
)
world = mb.World(seed=seed)
nightly = mb.run(batch, world)
mb.charts.AgeDisplay.from_runs(batch=nightly)

# %% [markdown]
# A saw. Right after a batch is published the answers know the data as of its *start*, so nobody ever reads anything younger than *D*. The unlucky visitor comes just before the next table. In hours:

# %%
age_h = nightly.requests["feature_age_s"] / mb.HOUR
age_h.agg(["min", "mean", "max"]).round(1).to_frame("age, hours")

# %% [markdown]
# If you guessed half of *T*, you forgot that a table is already old when it goes up. The law: **the age is spread evenly between D and T + D**. Its mean is *D + T/2*, a little more here because this shop's visitors come in the evening, long after the batch.
#
# *This would be wrong if* all visitors came at one hour of the day. Then the hour of the batch would decide everything.

# %%
low_s, high_s = mb.queueing.batch_age(batch.predict_every, batch.predict_takes)
law = {"min": low_s, "mean": (low_s + high_s) / 2, "max": high_s}
{name: f"{age_s / mb.HOUR:.1f} h by law" for name, age_s in law.items()}

# %% [markdown]
# ## What age costs
# Does it matter? Only if the world moves. In this shop a user's interest in one kind of thing lasts about two days. The plot runs the same shop with a batch every hour, every three hours, and so on; each batch takes a twelfth of its period. The REST API of lesson 06 stands among them.

# %%
periods_h = [1, 3, 6, 12, 24, 48]
runs = {}
for h in periods_h:
    often = batch.but(
        predict_every=h * mb.HOUR, predict_takes=h * mb.HOUR / 12
    )
    runs[f"every {h} h"] = mb.run(often, world)
runs["REST API"] = mb.run(mb.RestApi(), world)
mb.charts.AgeClicksDisplay.from_runs(runs)

# %% [markdown]
# Every step towards older data costs clicks, and the steps grow as the age comes near the time that an interest lasts. The bars are 95 % intervals for each run alone. All runs had the very same visitors, so the difference between two of them is known much better. A batch every 48 hours instead of every hour:

# %%
mb.measure.difference_per_100(runs["every 48 h"], runs["every 1 h"])

# %% [markdown]
# ## Fast is not fresh
# The table on slide 23 has two rows that people confuse. "Required time to predict" and "latency for prediction from getting new data" both sound like speed. The next plot has what the user waits to the right, and how long a new event takes to reach an answer upwards.

# %%
three = {
    "REST API": runs["REST API"],
    "nightly batch": nightly,
    "hourly batch": runs["every 1 h"],
}
mb.charts.TwoRowsDisplay.from_runs(three)

# %% [markdown]
# The nightly table answers several times faster than the REST API, and what it says is a day older. Fast and stale is no contradiction.
#
# Now look at the hourly batch: fast *and* as fresh as this REST API, whose features are themselves refreshed once an hour. So the age does not come with the pattern's name. It comes from how often its slowest job runs. The talk says "So so ~ Long" for this pattern, a range; we read the range as this knob.

# %% [markdown]
# ## Turn the knobs
# Why does not everybody run the batch every hour? Because it has to fit. The panel lets you make it longer, too. Set the period to six hours, then let the batch take longer than that: what happens to the saw?

# %%
mb.explore.batch_age(predict_every_h, predict_takes_h)

# %% [markdown]
# The time until the next batch must start is the **batch window**. As long as the batch fits, a shorter period buys freshness. When it does not fit any more, the batches run back to back, and only a faster batch helps.

# %% [markdown]
# ## The night the batch did not run
# On day nine the scheduler is off. **Guess first:** how old is the oldest answer, and what share of the requests fails? The plot lays the bad week over the good one.

# %%
asleep = mb.skip_batch("batch", at=9 * mb.DAY, lasting=1 * mb.DAY)
missed = mb.run(batch, world, faults=[asleep])
mb.charts.AgeDisplay.from_runs(good=nightly, missed=missed)

# %%
missed.summary()[["latency_p99_s", "availability_frac"]]

# %% [markdown]
# Nothing failed. Every request was answered, as fast as ever, from yesterday's table. The worst age rose by a whole period, to *D + 2T*. What did that cost, spread over all visits of the nine days?

# %%
mb.measure.difference_per_100(missed, nightly)

# %% [markdown]
# Clicks were lost, and there was no error message. This is the strength and the trap of the pattern in one picture. An operator may sleep through the night: slide 23 says "Easy". And because nobody has to wake up, nobody may notice for a week. The only alarm that helps is one on the **age of the table**.

# %% [markdown]
# ## Half a table
# The last step of a batch writes millions of rows into a table that is being read. Suppose the writer dies in the middle. It may have written into the live table row by row, or into a new one beside it, to be exchanged in one step at the end: an **atomic swap**. The plot shows the share of visitors whose six candidates came from two different batches.

# %%
written_at = 9 * mb.DAY + batch.first_batch_at + batch.predict_takes
dies = mb.down("batch", at=written_at - 5 * mb.MINUTE, lasting=1 * mb.HOUR)
in_place = batch.but(atomic_swap=False)
tables = mb.compare(world, faults=[dies], swap=batch, in_place=in_place)
mb.charts.StatusDisplay.from_runs(tables, "mixed", bins=108)

# %% [markdown]
# The low bumps are ordinary nights: for the minutes of writing, readers see half of each table. The high plateau is the night of the crash, and it lasts until the next batch repairs it. With the swap there is neither.
#
# Were the mixed answers worse? Let us not assume it. In place minus swap:

# %%
mb.measure.difference_per_100(tables["in_place"], tables["swap"])

# %% [markdown]
# In this shop the half-written table earned *more*: half of its rows were fresh, while the swap kept a whole table from the day before. So the swap does not buy clicks. It buys that every answer can be explained: one batch, one model, one instant. With half a table, a score from tonight competes with one from last night, nobody can say which, and nobody can run it again.

# %% [markdown]
# ## What would break
# * **A batch that quietly does not run.** Put a timestamp into the table, and an alarm on its age.
# * **A batch that grows.** Users and items multiply; the window does not. See below.
# * **A reader in the middle of a write.** Swap whole tables.
#
# ### In one sentence
# *A batch answer is cheap to read and never fresher than its own making: count its age from the data, and watch it.*

# %%
mb.glossary("07")

# %% [markdown]
# # More, if you have time
# ### The window that no longer fits
# A batch predicts for every user and every item, so its length is a product. Suppose one prediction takes a twentieth of a millisecond (our choice; measure yours). With the sixty items of this shop, the table gives the hours for a growing number of users.

# %%
import pandas as pd

window = pd.DataFrame({"million users": [0.1, 1, 10, 30, 50]})
predictions = window["million users"] * 1e6 * world.catalog.n_items
window["batch takes, hours"] = predictions * 0.05 * mb.MS / mb.HOUR
window.round(1)

# %% [markdown]
# Somewhere on the way the nightly batch stops being nightly. Here is a batch that takes thirty hours and should start every twenty-four. Before you run it: what is the youngest answer, and the oldest?

# %%
late = mb.run(mb.SharedDb(predict_takes=30 * mb.HOUR), world)
mb.charts.AgeDisplay.from_runs(late=late)

# %% [markdown]
# Each batch starts when the one before it ends. The teeth are now as long as the batch itself, and the hour at which they begin wanders around the clock.

# %% [markdown]
# ### Predictions nobody reads
# The batch predicts for everybody, and not everybody comes. How many of the predictions were ever looked at?

# %%
computed, read = mb.measure.predictions_read(nightly)
{"computed": computed, "read": read, "share read": round(read / computed, 3)}

# %% [markdown]
# The rest was computed for nobody. With few items and loyal users, as here, the share is high; with a large catalogue and rare visitors it can be far below one percent. That is the price of not letting anybody wait, and often it is a fair one: machines at night are cheap.

# %% [markdown]
# ### A real week
# Slide 18 shows this pattern with HBase or Kudu as the store. Ours is simulated, but the visitors of the next cell are real: the week of the Japanese fashion shop that lesson 06 introduced (Open Bandit data, Saito and others, 2021), served by both patterns.

# %%
week = mb.ReplayWorld("men")
real = mb.compare(week, rest=mb.RestApi(), batch=batch)
real

# %% [markdown]
# Age and waiting time behave as they did in the simulated shop. Two things are new. Fewer requests were answered with a prediction by the batch: some came before the first table existed, and some from segments that were unknown when the batch ran. And the clicks are equal by construction, because in a log only the item that was really shown has a known click.
#
# The AUC intervals of both patterns contain one half. On this week nobody can say which pattern ranks better, or whether either ranks at all. That is a result, too: it takes far more clicks than this to see what the simulated shop made obvious.
