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
# 30 minutes · lesson 00 helps · slides 17-18, 23

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** The same shop, the other way round.
#
# * **Ask**, at the drawing: "Start at the web application again. What does it wait for?" For one lookup. "And where has the model gone?"
# * **Say at the drawing:** "The web application and the model never meet; they share a table."
# * **Say at the code:** "The whole request path is two lines; the work was done last night."
# * **Watch for:** "so this is a cache". A cache holds what somebody asked for; this table holds answers to questions that nobody has asked yet.

# %% tags=["parameters"]
predict_every_h: float = 24.0  # hours between two prediction batches, 1 to 48
predict_takes_h: float = 2.0  # hours a batch takes, 0.5 to 20
seed: int = 7  # which shop, a whole number from 0
days: float = 14.0  # length of the shop's history in days, 14 to 60; full: 28
users: int = 400  # number of users, 100 to 4000; full: 1000

# %%
import mlbook as mb

# %% [markdown]
# Slide 17: *train by batch, predict by batch, serve through the shared DB*. The picture is our drawing of it. Start at the web application again and ask what it waits for.

# %%
mb.charts.Diagram("shared_db")

# %% [markdown]
# For one lookup, and for nothing else. The predictions were computed before, in our version for every user and every item; this is **batch prediction**. The request path has shrunk to almost nothing:

# %%
mb.source(mb.SharedDb.predict)

# %% [markdown]
# The web application and the model share a table and nothing more. (`_rows_of` picks the user's rows from it. A user who was unknown when the batch ran has none.)

# %% [markdown]
# ## How old is what you read?
# A batch starts every *T* hours (`predict_every_h`, once a day unless you changed it) and takes *D* hours (`predict_takes_h`, two of them) from reading its data to publishing its table. Visitors come when they like. **Guess first:** how old are the features behind an answer, on average, in hours?

# %% [markdown] tags=["instructor"]
# **Instructor · 7 minutes.** The hero of the lesson: the saw, and then its law. Guess, hands, run, silence, law.
#
# * **Ask:** "The batch runs once a day and takes two hours. How old is the data behind an answer, on average?" Use the numbers of the parameters cell. Fill the hands into the poll.
# * **Say at the saw:** "Each tooth is one table: born old, and getting older until the next one replaces it."
# * **Say at the moving dots:** "Everybody reads the same table, and nobody can see how old it is."
# * **Ask**, with the saw on the wall: "Where on this picture is the period, and where is the time that the batch takes?" The height at which a tooth begins is the second.
# * **Watch for:** half of the period. It is the usual guess, and it forgets that the table is not new when it appears. Do not correct it: ask how old the table is in its first minute.
# * **Watch for:** those who find that the visitors' mean is above the law, and think of an error. The visitors come in the evening, when the table is old; the law is about the clock.
# * **Watch for**, in the exercise: minutes and hours in one sum.

# %%
mb.guess("07.mean_age_h", ...)

# %% [markdown]
# (In a class: hands up, and write the counts here. Run the cell once more when the answer is known.)

# %%
mb.poll("07.mean_age_h", {2: 0, 12: 0, 14: 0, 24: 0})

# %% [markdown]
# Each dot of the next plot is a visit; its height is the age of what was read. (The first five days are left out.)

# %%
batch = mb.SharedDb(
    predict_every=predict_every_h * mb.HOUR,
    predict_takes=predict_takes_h * mb.HOUR,
)
world = mb.World(seed=seed, days=days, users=users)
usual = mb.run(batch, world)
mb.charts.AgeDisplay.from_runs(usual=usual)

# %%
age_h = usual.requests["feature_age_s"] / mb.HOUR
mb.guess("07.mean_age_h", measured=age_h.mean())

# %% [markdown]
# A saw, and each tooth is one table. A new table knows the data as of the *start* of its batch, so it is born at the age *D*. Then it only gets older, until the next one replaces it. By the clock, every age between *D* and *T + D* is equally common, with *D + T/2* <!-- source: the law below --> in the middle. The table compares that law with what the visitors met, in hours.

# %%
import pandas as pd

low_s, high_s = mb.queueing.batch_age(batch.predict_every, batch.predict_takes)
law_h = [low_s / mb.HOUR, (low_s + high_s) / 2 / mb.HOUR, high_s / mb.HOUR]
measured_h = age_h.agg(["min", "mean", "max"])
pd.DataFrame({"by law": law_h, "measured": measured_h}).round(1)

# %% [markdown]
# Many people guess half of *T* and forget that the table is already old when it appears. Minimum and maximum agree with the law. The mean need not, and is 2 hours <!-- claim: age_h.mean() - law_h[1] ~ 2 tol 0.3 --> more, because visitors do not come evenly: this shop, like the real one whose rhythm it borrows, is busiest late in the evening. A batch that ended just before the evening would be read younger.

# %% [markdown]
# The picture plays the days around the oldest table in fast motion: dots are visitors who read it, and now and then a new table takes its place. (On a page it stands still.)

# %%
mb.explore.flow(usual)

# %% [markdown]
# **Your turn.** Another team runs a batch every two hours, and it takes ten minutes. Which mean age, by the clock, do its readers meet?

# %%
mean_age_h = ...  # hours
mb.check("07.mean", mean_age_h=mean_age_h)

# %% [markdown]
# ## What age costs
# Does it matter? Only if the world moves. In this shop a user's interest in one kind of item lasts two days on average. The next cell runs the same shop with a batch every hour, every three hours, and so on; each batch takes a twelfth of its period. The diamond is the REST API of lesson 06. Its answers are computed on the spot, but its features come from a job that runs once an hour.

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** Age becomes clicks. The cell runs seven shops; use its seconds for the question.
#
# * **Ask**, while it runs: "If we make the batch twice as frequent, do we gain the same everywhere along the way?"
# * **Say at the plot:** "To the right the data gets older, and every step down is visitors who were shown yesterday's interest."
# * **Say at the diamond:** "The REST API stands beside the hourly batch: same age, same clicks."
# * **Watch for:** bars that overlap, and "so there is no difference". Both shops had the very same visitors: the difference in the cell below has an interval of its own, and it is narrow.
# * **Watch for:** "fresher is always better". Only because interests move here within days; the paragraph at the end says how to try a shop in which they do not.

# %%
runs = {}
for h in [1, 3, 6, 12, 24, 48]:
    often = batch.but(
        predict_every=h * mb.HOUR, predict_takes=h * mb.HOUR / 12
    )
    runs[f"every {h} h"] = mb.run(often, world)
runs["REST API"] = mb.run(mb.RestApi(), world)
mb.charts.AgeClicksDisplay.from_runs(runs)

# %% [markdown]
# Older data costs clicks. (The steps look larger to the right because each of them doubles the age. Per hour of age the first hours cost most<!-- claim: (lambda c: (c["every 1 h"] - c["every 3 h"]) / 1.2 > (c["every 6 h"] - c["every 12 h"]) / 4.2)({name: mb.measure.clicks_per_100(run)[0] for name, run in runs.items()}) -->. The slowest batch has a second handicap: it also uses an older model.)
#
# The bars are 95 % intervals for each run alone. All runs had the very same visitors, so a difference between two of them is known better than either. The slowest batch against the fastest:

# %%
mb.measure.difference_per_100(runs["every 48 h"], runs["every 1 h"])

# %% [markdown]
# Seven clicks of 100 visits<!-- claim: -mb.measure.difference_per_100(runs["every 48 h"], runs["every 1 h"]).clicks_per_100 ~ 7 tol 0.6 -->: every sixth click of the fresh batch.
#
# *This would be wrong if* interests lasted for months. Make another shop with `mb.World(seed=seed, interest_holds=60 * mb.DAY)`, run the two batches there, and see what is left of the difference.

# %% [markdown]
# ## Fast is not fresh
# Slide 23 has a row *Required time to predict*, and for this pattern it says "Long". Yet the user waits for one lookup. How can that be? There are three times here, and they are easily confused:
#
# * how long the **computation** of a prediction may take: here the batch has hours, and nobody stands in line; this is the slide's row, and "Long" means that a slow model is affordable;
# * how long the **user** waits;
# * how long a new **event** needs until an answer knows it: the slide's row *Latency for prediction from getting new data*.
#
# The plot shows the last two, for three of the runs.

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** The sentence for Monday. Draw two empty axes on the board first, waiting to the right and lag upwards, and let the room place the three systems before the cell runs.
#
# * **Ask:** "Slide 23 says *Long* in the row about the time to predict. Who waits that long?" Nobody does; the batch has the night for it.
# * **Say at the plot:** "To the left is fast, to the bottom is fresh; the hourly batch is both, and its name does not say so."
# * **Watch for:** three different times under one word. Make them say *computation*, *user*, *event*, never *latency* alone.
# * **Watch for:** "REST is the fresh pattern". Ask how often its features are refreshed.

# %%
three = {
    "REST API": runs["REST API"],
    "batch every 24 h": runs["every 24 h"],
    "batch every 1 h": runs["every 1 h"],
}
mb.charts.TwoRowsDisplay.from_runs(three)

# %% [markdown]
# The table of the daily batch answers 6 <!-- claim: (lambda d: d.wait_s[0] / d.wait_s[1])(mb.charts.TwoRowsDisplay.from_runs(three)) ~ 6 tol 0.7 --> times faster than the REST API, and what it says is a day behind<!-- claim: (lambda d: d.lag_s[1] / mb.HOUR)(mb.charts.TwoRowsDisplay.from_runs(three)) ~ 24 tol 5% -->. Fast and stale is no contradiction.
#
# And the hourly batch is fast *and* as fresh as this REST API<!-- claim: (lambda d: d.lag_s[2] / d.lag_s[0])(mb.charts.TwoRowsDisplay.from_runs(three)) ~ 1 tol 15% -->. So freshness does not come with the name of a pattern. It comes from the slowest job on the way of the data: how often it runs, and how long it takes. The slide gives this pattern "So so ~ Long", a range; that the range is this knob is our reading.

# %% [markdown]
# ## Turn the knobs
# Why not run the batch every hour, then? Because it has to fit. Set the period in the panel to six hours, then let the batch take longer than that: what happens to the saw?

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** One knob, then the other, then too far.
#
# * **Ask:** "Run it every hour, then! What keeps us from it?"
# * **Say at the panel:** "The foot of the saw is the time the batch takes, the height of a tooth is the period; make the first longer than the second and look what happens to the teeth."
# * **Watch for:** those who never leave the safe range. The lesson is where the batch does not fit any more.

# %%
mb.explore.prediction_age(predict_every_h, predict_takes_h)

# %% [markdown]
# The hours set aside for a batch are its **batch window**. As long as the batch fits, a shorter period buys freshness. When it does not fit any more, our scheduler starts each batch when the one before it ends, and only a shorter batch helps: a faster model, more machines, fewer rows.

# %% [markdown]
# ## The batch that did not run
# After day nine the scheduler is off for one period and then comes back. **Guess first:** how old does the oldest answer become, in hours? And do any visits fail?

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** The failure that nobody sees.
#
# * **Ask:** "One batch does not run. How old does the oldest answer become? And how many visits fail?" Two guesses; the second is the trap.
# * **Say at the two saws:** "One tooth is twice as long, and otherwise the picture is the same: no gap, no error, nothing red."
# * **Ask**, after the clicks: "Which of your dashboards would have shown this?" Wait for an honest answer.
# * **Watch for**, in the exercise: the period alone, which rings every day while a good batch is still running, and the mean age, which half of all good hours pass.
# * **Watch for:** "we get a mail when a job fails". This job did not fail. It did not start.

# %%
mb.guess("07.oldest_h", ...)

# %% [markdown]
# The plot lays the usual run over the bad one.

# %%
asleep = mb.skip_batch("batch", at=9 * mb.DAY, lasting=batch.predict_every)
missed = mb.run(batch, world, faults=[asleep])
mb.charts.AgeDisplay.from_runs(missed=missed, usual=usual)

# %%
oldest_h = missed.requests["feature_age_s"].max() / mb.HOUR
mb.guess("07.oldest_h", measured=oldest_h)

# %%
both = mb.Runs({"usual": usual, "missed": missed})
both

# %% [markdown]
# Nothing failed<!-- claim: mb.measure.availability(missed) ~ 1 tol 0 -->. Every visit was answered, as fast as ever, from an old table. The oldest answer is one period older than the law allows: *D* plus two periods *T*<!-- claim: oldest_h / (predict_takes_h + 2 * predict_every_h) ~ 1 tol 1% -->. And while the missing table should have been read, clicks per 100 visits changed by:

# %%
tables = usual.published
due_s = tables["asof_s"][tables["asof_s"] >= 9 * mb.DAY].iloc[0]
hit = usual.requests["requested_at_s"].between(
    due_s + batch.predict_takes,
    due_s + batch.predict_takes + batch.predict_every,
)
gap = missed.requests["click"] - usual.requests["click"]
round(float(100 * gap[hit].mean()), 1)

# %% [markdown]
# Clicks were lost <!-- claim: gap[hit].mean() < 0 --> and no error was raised. A health check of the *web application* would have noticed nothing. This is the strength and the trap of the pattern in one picture: slide 23 calls its management "Easy", and we add that nobody has to get up at night, and so nobody may notice for a week. Watch the **age of the table**, and let the job report that it has finished.
#
# **Your turn.** Set the alarm: at which age of the features, in hours, should it ring? It must stay silent as long as every batch runs, and ring as early as it can when one is missing.

# %%
threshold_h = ...
mb.check("07.alarm", run=usual, threshold_h=threshold_h)

# %% [markdown]
# ## What would break
# * **A batch that quietly does not run.** A timestamp in the table, and an alarm on its age.
# * **A batch that grows.** Users and items multiply; the window does not. See below.
# * **A reader in the middle of a write.** See below, too.
#
# ### Then and now

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** Where else does yesterday's answer look like today's?
#
# * **Ask:** "Name one table in your company that is read every day. Who would notice, and when, if it stopped changing?"
# * **Ask:** one sentence on paper, before ours is read.
# * **Watch for:** the talk about tools. The remedy on this slide is one column with a time in it, and somebody who looks.

# %%
mb.then_and_now("07")

# %% [markdown]
# ### In one sentence
# *A prediction from a table costs the user almost no time and starts its life already old: publish its age with it, and let somebody watch.*
#
# **Next:** the talk's third pattern predicts when an event arrives, not when the clock strikes; its lesson is not written yet. Until then, lesson 06 is the other half of this one.

# %%
mb.report_card()

# %%
mb.glossary("07")

# %% [markdown]
# ## More, if you have time
# ### Half a table
# The last minutes of a batch are spent writing rows into a table that is being read. Suppose the writer dies in the middle. It may have written into the live table, row by row and item by item, each row visible at once. Or it may have written a new table beside the old one, to be exchanged in one step: an **atomic swap**. The plot shows the share of visits whose six candidates came from two different batches.

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** A result against the expectation; let it be one.
#
# * **Ask:** "The writer dies in the middle of the table. Are the mixed answers worse than yesterday's whole table?" Hands for yes and no, before the difference is shown.
# * **Say at the plateau:** "The low bumps happen every night; the plateau is the crash, and it lasts until the next batch."
# * **Watch for:** relief that the swap is unnecessary. Ask how they would explain one single answer of that day to an angry customer.

# %%
ends = tables["published_at_s"][tables["published_at_s"] > 9 * mb.DAY].iloc[0]
dies = mb.down("batch", at=ends - 5 * mb.MINUTE, lasting=20 * mb.MINUTE)
in_place = batch.but(atomic_swap=False)
halves = mb.compare(world, faults=[dies], swap=batch, in_place=in_place)
mb.charts.StatusDisplay.from_runs(halves, "mixed", bins=108)

# %% [markdown]
# The low bumps are ordinary batches: for the minutes of writing, readers see part of each table. The plateau is the crash, and it lasts until the next batch repairs it. With the swap there is neither<!-- claim: mb.charts.StatusDisplay.from_runs(halves, "mixed").total["swap"] ~ 0 tol 0 -->.
#
# Were the mixed answers worse? Let us not assume it. In place minus swap:

# %%
mb.measure.difference_per_100(halves["in_place"], halves["swap"])

# %% [markdown]
# With the default parameters the half-written table earned *more*<!-- claim: (lambda d: d.clicks_per_100 > 2 * d.standard_error)(mb.measure.difference_per_100(halves["in_place"], halves["swap"])) -->: part of its rows were fresh, while the swap kept a whole old table. So the swap does not buy clicks. It buys answers that can be explained: one batch, one model, one instant. With half a table, two scores from different batches compete for one place, and unless every row carries the number of its batch, nobody can say which came from where.
#
# (A database offers a second remedy, one transaction around the whole write. And a column with the batch's number is cheap in any case.)

# %% [markdown]
# ### The window that no longer fits
# A batch predicts for every user and every item, so its work is a product. Suppose one prediction takes a twentieth of a millisecond on one core (our choice; measure yours). With the items of this shop, the table gives the hours on one core for a growing number of users.

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** A product of users and items grows faster than anybody's night.
#
# * **Ask:** "For how many users is one core still done before the next batch is due?" A rough number first, then the division.
# * **Say at the long teeth:** "This batch never catches up: each one starts when the last one ends, at another hour every day."
# * **Watch for:** one prediction a user. The table has a row for every user and every item.

# %%
window = pd.DataFrame({"million users": [0.1, 1, 10, 30, 50]})
predictions = window["million users"] * 1e6 * world.catalog.n_items
window["one core, hours"] = predictions * 0.05 * mb.MS / mb.HOUR
window.round(1)

# %% [markdown]
# **Your turn.** For how many million users does one core finish just before the next batch of `usual` is due?

# %%
million_users = ...
mb.check("07.window", run=usual, million_users=million_users)

# %% [markdown]
# Somewhere on the way a daily batch stops being daily, and somebody has to split the work or cut it. Here is a batch that takes thirty hours and should start every twenty-four. Before you run it: what is the youngest answer, and the oldest?

# %%
late = mb.run(mb.SharedDb(predict_takes=30 * mb.HOUR), world)
mb.charts.AgeDisplay.from_runs(late=late)

# %% [markdown]
# Each batch starts when the one before it ends (another scheduler might let them overlap). The teeth are as long as the batch itself, and the hour at which they begin wanders around the clock.

# %% [markdown]
# ### Predictions nobody reads
# The batch predicts for everybody, and not everybody comes. How many percent of the predictions were ever looked at?

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** The price of letting nobody wait.
#
# * **Ask:** "The batch predicts for everybody. How many in a hundred predictions does anybody look at?"
# * **Watch for:** "so compute only what is needed". That is the REST API; ask what it costs instead.

# %%
mb.guess("07.read_percent", ...)

# %%
computed, read = mb.measure.predictions_read(usual)
mb.guess("07.read_percent", measured=100 * read / computed)

# %%
{"computed": computed, "read": read}

# %% [markdown]
# Three quarters of them <!-- claim: 100 * (1 - read / computed) ~ 75 tol 3 --> were computed for nobody. This shop has few items and loyal users; with a large catalogue and rare visitors the share falls much lower. It is the price of letting nobody wait.

# %% [markdown]
# ### A real week
# Slide 18 shows this pattern with HBase or Kudu as the store. Ours is simulated, but the visitors of the next cell are real: the week of the Japanese fashion shop that lesson 06 introduced (a thinned sample of the Open Bandit data, Saito and others, 2021), served by both patterns.

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** The same week as in lesson 06, for both patterns.
#
# * **Ask:** "The clicks of both patterns are equal to the last digit. Is that a result?" It is not: in a log only the item that was shown has a known click.
# * **Watch for:** a winner. Both AUC intervals contain one half.

# %%
week = mb.ReplayWorld("men")
real = mb.compare(week, rest=mb.RestApi(), batch=batch)
real

# %% [markdown]
# Waiting times are those of the simulated shop. Three things are new. The log begins at nine in the morning in Japan, so our batch runs at ten in the morning here, and its table is younger in the busy evening, 12 hours <!-- claim: real["batch"].requests["feature_age_s"].mean() / mb.HOUR ~ 12 tol 0.6 --> on average: the hour of the batch matters. Fewer visits were answered with a prediction by the batch<!-- claim: mb.measure.availability(real["batch"]) < mb.measure.availability(real["rest"]) -->: some came before the first table existed, some from segments that were unknown when it ran. And the clicks are equal by construction, because in a log only the item that was really shown has a known click.
#
# The AUC intervals of both patterns contain one half<!-- claim: all(auc - half < 0.5 < auc + half for auc, half in map(mb.measure.auc, real.values())) -->. On this week nobody can say which pattern ranks better, or whether either ranks at all. That is a result, too: it takes far more clicks than these to see what the simulated shop made obvious.
