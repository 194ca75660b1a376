# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pattern 1: REST API
# *By the end you can say how many visitors an API server takes before its slowest answers explode, and change the model under it without losing one of them.*
#
# 30 minutes · lesson 00 helps · slides 13-16, 23

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** The drawing, then the same path as code.
#
# * **Ask**, at the drawing: "Put your finger on the arrow that leaves the web application to the right. What travels along it? And who looks up what the model needs to know about this user?"
# * **Say at the drawing:** "Follow one visit: out with two kinds of number, through the model, back with one answer."
# * **Say at the code:** "Read it as a diary; the line with `async with self.api` is where a visitor may have to stand in line."
# * **Watch for:** people who want to understand every keyword. The one word that matters today is *worker*: somebody who can serve one visitor at a time.

# %% tags=["parameters"]
rate_per_s: float = 50.0  # visits per second in a quiet minute, 10 to 300
workers: int = 4  # requests the API server works on at once, 1 to 16
service_ms: float = 8.0  # median time of one prediction, in ms, 2 to 40
load_s: float = 20.0  # seconds the server needs to load a new model, 1 to 29
seed: int = 7  # which shop, a whole number from 0

# %%
import mlbook as mb

# %% [markdown]
# Slide 13 lists four ways to get predictions to users. The first one: *train by batch, predict on the fly, serve via REST API*. The picture below is our drawing of slide 14 (the labels are the slide's, the directions of the arrows are how we read it). Look at the arrow that leaves the web application to the right: what travels along it?

# %%
mb.charts.Diagram("rest_api")

# %% [markdown]
# A user ID and item IDs, no features. Somebody on the server's side has to look the features up, in the same box that the training uses. Remember that; we will try the other way below.
#
# Here is the request path of our in-process version, shown from the library's own source:

# %%
mb.source(mb.RestApi.predict)

# %% [markdown]
# Read it as a diary of one request *i*: half a round trip on the network; then `async with self.api` takes one of the server's **workers** (each serves one request at a time), or stands in line for one; inside, the features are read and the model works; then the way back. The time from getting a worker to freeing it is the **service time**.
#
# (The path only spends the time. The scores are computed after the run, all at once, from the model version and the features that each request saw: the same numbers, much sooner. `send` is a knob that you will meet below.)

# %% [markdown]
# ## A quiet minute
# Slide 23 says "Short" for this pattern in the row *Required time to predict*. How short? We keep eight days of history and then send one minute of visitors at a fixed mean rate, a `rush`. The plot shows how long they wait.

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** The shop on a calm afternoon, and the question of the lesson.
#
# * **Ask:** "The server can take so many visits per second. Which share of that is in use when the slowest visit in a hundred waits twice as long as now?" Everybody writes a number. Then hands for the three answers of the poll, and you fill in the counts.
# * **Say at the waiting times:** "Nobody stands in line here; what you see is only how long the work itself takes."
# * **Watch for:** capacity from the median service time. The mean is longer, and it is the mean that fills a worker's day.
# * **Watch for:** silence. If nobody dares, guess wrongly yourself and write it on the board.

# %%
service = mb.queueing.LogNormal(
    p50=service_ms * mb.MS, p99=5 * service_ms * mb.MS
)
rest = mb.RestApi(workers=workers, service=service)
world = mb.World(seed=seed)
minute = world.rush(at=8 * mb.DAY, lasting=60, rate_per_s=rate_per_s)
quiet = mb.run(rest, minute)
mb.charts.LatencyDisplay.from_run(quiet)

# %% [markdown]
# Now marketing books a television spot, and many more visitors will come. The model stays the same, the server stays the same. How many can it take at all? Each visit holds a worker for the mean service time; the number of workers divided by it is the capacity:

# %%
held_s = rest.service.mean + rest.lookup.mean
{
    "mean service time, ms": round(held_s / mb.MS, 1),
    "of it reading features, ms": round(rest.lookup.mean / mb.MS, 1),
    "capacity, visits per second": round(rest.capacity_per_s),
}

# %% [markdown]
# (The mean is longer than the median in the parameters cell: a few slow requests pull it up, and reading the features from the **feature DB** belongs to it.)
#
# The share of the capacity that is in use is the **utilisation**. **Guess first:** at which utilisation, in percent, will p99 be twice as long as in the quiet minute: at 50, 75, or 90? <!-- source: answers to choose from --> Put your number in place of the three dots.

# %%
mb.guess("06.twice", ...)

# %% [markdown]
# (In a class: hands up for each answer, and write the counts here. Run the cell once more when the answer is known.)

# %%
mb.poll("06.twice", {"50 %": 0, "75 %": 0, "90 %": 0})

# %% [markdown]
# ## The knee
# The next cell runs one minute at each of ten rates, up to almost all that the workers can do. The plot has the rate to the right, the utilisation along the top, and the waiting time upwards.

# %% [markdown] tags=["instructor"]
# **Instructor · 7 minutes.** The hero of the lesson. Run the cell, then say nothing for ten seconds.
#
# * **Ask**, once they have looked: "What changed in the model between the first point and the last?" Nothing did.
# * **Say at the knee:** "For most of the way nothing happens, and at the end everything."
# * **Say at the moving dots:** "They hurry along the wires and then they stand; all the waiting is in one place."
# * **Say at the table of the law:** "Each step towards a full server costs more waiting than the step before; there is no corner, only a curve that never stops bending."
# * **Watch for:** "so our limit is where the knee is". There is no such place: ask what they would accept, and read the load off from that.
# * **Watch for:** disappointment about a guess that was far too low. To be surprised so late, with so little room left, is why evenings fail.
# * **Watch for**, in the exercise: dividing by the capacity of one worker without leaving the room that was asked for, and rounding down.

# %%
shares = [0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.9, 0.94, 0.97, 0.99]
runs = {}
for share in shares:
    rate = round(share * rest.capacity_per_s)
    minute = world.rush(at=8 * mb.DAY, lasting=60, rate_per_s=rate)
    runs[rate] = mb.run(rest, minute)
knee = mb.charts.KneeDisplay.from_runs(runs)
knee

# %% [markdown]
# And your guess? The last column compares each p99 with the first one: where does it pass two?

# %%
table = knee.table()
table.round(2)

# %%
doubled = table["utilisation"][table["p99 against the first"] >= 2]
mb.guess("06.twice", measured=100 * doubled.min())

# %% [markdown]
# For most of the way nothing happens: at a utilisation of 0.6 <!-- claim: table["utilisation"].iloc[3] ~ 0.6 tol 1% --> p99 is only 6 % <!-- claim: 100 * (table["p99 against the first"].iloc[3] - 1) ~ 6 tol 2 --> longer. And at the end everything: at 0.99 <!-- claim: table["utilisation"].iloc[-1] ~ 0.99 tol 1% --> it is 13 <!-- claim: table["p99 against the first"].iloc[-1] ~ 13 tol 1 --> times as long. Nothing in the model changed between the first row and the last: **p99 is not a property of the model**. It belongs to the model, the workers and the crowd together, and what the crowd adds is the line in front of the server.
#
# (The last rows are single, noisy minutes: with another seed they stand higher or lower. The shape stays.)
#
# The next picture takes the longest line of the busiest minute and plays it in slow motion. Each dot is a visitor; watch where they stand. (On a page, or with reduced motion, the worst moment stands still.)

# %%
mb.explore.flow(runs[max(runs)])

# %% [markdown]
# How much waiting does a utilisation buy? For random arrivals and service times without memory (how long a request has taken says nothing about how long it still will), Erlang found the answer in 1917. The table counts the mean wait in line, in units of one service time.

# %%
import pandas as pd

law = pd.DataFrame({"utilisation": [0.5, 0.8, 0.9, 0.95, 0.99]})
law["mean wait, in service times"] = [
    mb.queueing.mmc_wait_mean(busy * workers, 1.0, workers)
    for busy in law["utilisation"]
]
law.round(2)

# %% [markdown]
# There is no corner in the law. Each step towards one costs more than the step before, and the steps near one cost most. So a server that looks comfortable at 0.8 <!-- claim: law["utilisation"][1] ~ 0.8 tol 0 --> in the afternoon makes people wait many times as long in the evening, when its load is only a fifth higher<!-- claim: law["mean wait, in service times"][3] > 4 * law["mean wait, in service times"][1] -->.
#
# Our service times vary less than Erlang's, so our visitors wait somewhat less than his table says. The shape is the same.
#
# *This would be wrong if* visitors came in step, one every few milliseconds, and each prediction took the same time. Then nobody would wait at all until the utilisation reached one<!-- claim: (lambda a: (mb.queueing.fifo(a, 0 * a + 1.0, 1) - a).max())(np.arange(1000) / 0.99) ~ 1 tol 1e-6 -->.

# %% [markdown]
# **Your turn.** Tonight 500 visits per second are expected. How many workers keep the utilisation at or below 0.7, with the mean service time from above? <!-- source: given for the exercise --> (Stuck? `mb.hint("06.workers")`.)

# %%
workers_needed = ...
mb.check("06.workers", run=quiet, workers=workers_needed)

# %% [markdown]
# ## Turn the knobs
# The panel sends twenty thousand requests to the API server alone (no network and no feature DB, so its capacity is a little higher). Find the load at which p99 doubles. Then repair it twice: once with twice the workers, once with a model that is twice as fast. Do the same at a quiet load. Which repair helps where?

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** In pairs: one turns, one writes p99 down, then they change seats. Do not show it first.
#
# * **Ask:** "You may buy one thing: more workers, or a faster model. Which one helps when nobody is waiting? Which one at the knee?"
# * **Say at the panel:** "The right bar tells how busy the workers are; watch it before you watch the hill."
# * **Watch for:** pairs who turn two knobs at once. One at a time, and back to the start in between.
# * **Watch for:** "more workers" as the answer to everything. Ask who, in the quiet minute, is waiting for one.

# %%
mb.explore.knee(rate_per_s=rate_per_s, workers=workers, service_ms=service_ms)

# %% [markdown]
# **Your turn.** At a quiet load p99 is too long for your taste. What do you pay for: `"more workers"`, `"a faster model"` or `"neither"`?

# %%
mb.check("06.repair", buy=...)

# %% [markdown]
# <details><summary>What we found (look after you have chosen)</summary>
#
# When the server is quiet, more workers change nothing<!-- claim: (lambda p99: p99(50, 8, 8) / p99(50, 4, 8))(lambda *knobs: np.quantile(mb.explore.knee(*knobs).result.latency_s, 0.99)) ~ 1 tol 1% -->: nobody is waiting for one. A faster model shortens every answer. At the knee both shorten the line, and the faster model still helps more<!-- claim: (lambda p99: p99(460, 4, 4) < p99(460, 8, 8) < p99(460, 4, 8))(lambda *knobs: np.quantile(mb.explore.knee(*knobs).result.latency_s, 0.99)) -->, because it shortens the work as well.
#
# </details>

# %% [markdown]
# ## A new model, while people are waiting
# Training ends during the rush, and the new model has to get into the server. One way is to restart the server with the new file. Another is to load the new model beside the old one and then move a pointer, a **hot swap**. Both need the same `load_s` seconds to load.
#
# **Guess first:** how many percent of that minute's visitors get no answer with a restart?

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** The swap, in the middle of a rush.
#
# * **Ask:** "The new model needs its time to load. How many of this minute's visitors get no answer if we restart the server?" It can be worked out from the parameters cell; let somebody do it aloud after the plot, not before.
# * **Say at the plot:** "The block is the restart: everybody who came in those seconds got nothing; the other line never leaves the floor."
# * **Watch for:** "then we restart at night". Ask who deploys at night, and what happens when it goes wrong.
# * **Watch for:** "two servers solve it". They do, as long as one of them alone can carry the load: back to the knee.

# %%
mb.guess("06.lost", ...)

# %% [markdown]
# The plot shows it second by second; the training ends after 15 seconds<!-- source: the cell below -->.

# %%
training_ends = 8 * mb.DAY + rest.train_takes
minute = world.rush(at=training_ends - 15, lasting=60, rate_per_s=rate_per_s)
hot = rest.but(swap="hot", load_takes=load_s)
swaps = mb.compare(minute, restart=hot.but(swap="restart"), hot=hot)
mb.charts.StatusDisplay.from_runs(swaps, "down")

# %%
lost = 1 - mb.measure.availability(swaps["restart"])
mb.guess("06.lost", measured=100 * lost)

# %% [markdown]
# With **one** server a restart loses everybody who comes while it loads, here about a third of the minute<!-- claim: lost > 0.3 -->. (With two behind a load balancer you restart them in turn and lose nobody, as long as the one that stays can carry the load: the knee again.) The hot swap keeps answering, and loses nobody<!-- claim: mb.measure.availability(swaps["hot"]) ~ 1 tol 0 -->. Did it really change the model? Count the answers by model version:

# %%
versions = swaps["hot"].requests.groupby("model_version")
versions.size().rename("answers").to_frame()

# %% [markdown]
# Two versions answered within one minute<!-- claim: versions.ngroups ~ 2 tol 0 -->, and each answer carries the number of its own. Keep that column in any system you build: when somebody asks "why did I see this?", it is the first thing you need.
#
# A hot swap is not free in reality: two models must fit into memory, and the first requests after it may be slow. Our simulation leaves both out.

# %% [markdown]
# ## IDs or features?
# Slide 14 sends IDs. Suppose the web application read the features itself and sent them along. Then no worker of the API server would wait for the feature DB. Compare both, in the quiet minute and in a busy one:

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** Who knows the names of the features? Take the guess for the bytes quickly; the discussion is about coupling.
#
# * **Ask:** "A data scientist renames one feature on Friday. Whose code breaks on Monday, with IDs and with features?"
# * **Watch for:** "sending features is faster, so we do that". It is faster where the server is busy, by the same knee; more workers would do the same without tying two teams together.
# * **Watch for**, in the exercise: doubling the whole service time. Only the lookup became slower.
# * **If time is short:** the exercise is homework.

# %%
ids, features = rest, rest.but(send="features")
quiet_rate, busy_rate = rate_per_s, round(0.87 * rest.capacity_per_s)
waits = {}
for name, rate in {"quiet": quiet_rate, "busy": busy_rate}.items():
    minute = world.rush(at=8 * mb.DAY, lasting=60, rate_per_s=rate)
    ways = mb.compare(minute, ids=ids, features=features)
    waits[name] = ways.summary()["latency_p99_s"] / mb.MS
pd.DataFrame(waits).round(1).rename_axis("p99 in ms, sending")

# %% [markdown]
# In the quiet minute it makes no difference<!-- claim: waits["quiet"]["features"] / waits["quiet"]["ids"] ~ 1 tol 5% -->: somebody has to read the features anyway. In the busy minute sending features cuts p99 from 91 ms <!-- claim: waits["busy"]["ids"] ~ 91 tol 1 --> to 56 ms<!-- claim: waits["busy"]["features"] ~ 56 tol 1 -->, because each visit holds a worker for a shorter time and the utilisation falls. It is the knee again, and nothing else. And how many times as large does the body of a request become?

# %%
mb.guess("06.times_larger", ...)

# %%
size = {send: mb.measure.request_bytes(ways["ids"], send) for send in ways}
mb.guess("06.times_larger", measured=size["features"] / size["ids"])

# %%
size  # bytes, on average

# %% [markdown]
# Over thirty times as large<!-- claim: size["features"] > 30 * size["ids"] -->, and still little: bytes are cheap. The price is elsewhere: the names and meanings of all features now stand in the web application. Whoever adds or renames one has to change both sides, or to keep two versions of the request alive. With IDs the application knows an address and two kinds of number.
#
# Slide 23 calls the coupling of this pattern "Loose", and slide 14 draws IDs. That the one explains the other is our reading.

# %% [markdown]
# **Your turn.** The feature DB becomes twice as slow; the model stays as it is. How many visits per second can the server take now, at most? (The times stand where the capacity was computed.)

# %%
capacity_per_s = ...
mb.check("06.slow_db", run=quiet, capacity_per_s=capacity_per_s)

# %% [markdown]
# ## What would break
# * **The evening peak.** Plan for the busiest minute, not for the mean of the day; know your utilisation there.
# * **A slow feature DB.** Its time is part of the service time: a slower lookup moves the knee to the left, while the model is as fast as ever.
# * **A restart as a deployment.** It works in every test with one user.
#
# ### Then and now

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** Back to their own systems.
#
# * **Ask:** "At which utilisation does your busiest service run in its busiest minute? Who of you could look it up today?"
# * **Ask:** one sentence each on paper, before ours is read.
# * **Watch for:** "we autoscale". Ask how long a new worker takes to start, and how long the rush lasts.
# * **Bridge:** "What if nobody had to wait for the model at all? The next lesson does that, and pays with age."

# %%
mb.then_and_now("06")

# %% [markdown]
# ### In one sentence
# *Once a server is busy the line decides: watch the utilisation, change models without a gap, and know who owns the names of the features.*
#
# **Next:** lesson 07 lets nobody wait for the model at all, and pays for it with age.

# %%
mb.report_card()

# %%
mb.glossary("06")

# %% [markdown]
# ## More, if you have time
# ### What the trained model is handed over as
# Slides 15 and 16 show two concrete systems. In the first, the training side exports the model as **PMML**, an XML format, and a scoring server, OpenScoring, loads it. In the second, the model goes to an **object storage** and is loaded by an API server whose whole runtime environment is packed with **Docker**.
#
# Both answer one question: what exactly does the serving side have to know? Take our model apart and see how little it is.

# %% [markdown] tags=["instructor"]
# **Instructor · 8 minutes.** For a room that deploys models.
#
# * **Ask:** "What exactly does the serving side need to know to give the same answers?" Collect a list, then look at the text: a few numbers.
# * **Ask**, before the last cell: "What can happen when you load a file?" Then run it.
# * **Watch for:** "we trust our own storage". Ask who else can write there.

# %%
import json
import pickle

pipeline = quiet.site.versions.newest().estimator
scaler, logistic = pipeline
numbers = {
    "mean": scaler.mean_.tolist(),
    "scale": scaler.scale_.tolist(),
    "weight": logistic.coef_[0].tolist(),
    "bias": float(logistic.intercept_[0]),
}
as_text = json.dumps(numbers)
as_pickle = pickle.dumps(pipeline)
{"bytes of text": len(as_text), "bytes of pickle": len(as_pickle)}

# %% [markdown]
# The text can be read by a program in any language. Here is one that knows neither scikit-learn nor numpy. We give both the same visitor and six items, and show the largest difference between their scores.

# %%
import math


def score(features, model):
    log_odds = model["bias"]
    rows = zip(features, model["mean"], model["scale"], model["weight"])
    for value, mean, scale, weight in rows:
        log_odds += weight * (value - mean) / scale
    return 1 / (1 + math.exp(-log_odds))


visitor = world.features([3] * 6, range(6), [8 * mb.DAY] * 6)
theirs = pipeline.predict_proba(visitor)[:, 1].tolist()
ours = [score(row, json.loads(as_text)) for row in visitor.tolist()]
max(abs(a - b) for a, b in zip(ours, theirs, strict=True))

# %% [markdown]
# Equal, but for rounding in the last digits of a computer's numbers<!-- claim: max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) < 1e-12 -->. That is the idea of PMML: write down the numbers, not the program. It works as far as the format has a word for every step of your model, and fails where it has none.
#
# The second way keeps everything Python has, and carries the whole environment along so that it still fits. In Python the handiest file for that is a pickle (the slide names no file format), and a pickle is not data. It is a program that runs when it is loaded:


# %%
class Harmless:
    def __reduce__(self):
        return (print, ("This line was printed by loading a file.",))


pickle.loads(pickle.dumps(Harmless()))

# %% [markdown]
# We chose a harmless program. Somebody else may not. So load pickles only from where nobody else can write, and prefer formats that hold numbers. (Real servers for both slides join this book later; here we claim no more than these cells show.)

# %% [markdown]
# ### A real week
# So far the visitors were invented. Here are real ones: seven days of impressions from a Japanese fashion shop, a sample of the Open Bandit data (Saito and others, 2021). Every request keeps its real time, its anonymous user segment, and its real click.

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** The honest ending: real data that cannot tell.
#
# * **Ask:** "Look at the AUC and its interval. May we say that this model ranks?" The answer is no, and nobody should leave without having said it.
# * **Say at the hours of the day:** "The bars are a real shop in Japan, the line is ours, which borrows its shape: late evening is the rush."
# * **Watch for:** the wish to rescue the result with another seed or a smaller group of users.

# %%
week = mb.ReplayWorld("men")
week

# %% [markdown]
# The same pattern, unchanged, serves that week. The first day is left out, because there is no model yet.

# %%
real = mb.run(rest, week)
real

# %% [markdown]
# Look at the AUC and its interval before anything else. The interval contains one half<!-- claim: (lambda auc, half: auc - half < 0.5 < auc + half)(*mb.measure.auc(real)) -->, so **this run cannot tell our ranker from a coin**. A hundred clicks or so, spread over two policies that chose the items, are too few to train on and too few to judge by.
#
# What is real here is the rhythm of the day and the mix of segments. The sample is thinned, so its rates and bursts are not real; it has no user IDs; and we know the click of the item that was shown, never of the others. So there is no money here and no "what if". The plot shows the visits by hour in Japan. Our simulated shop borrows this shape.

# %%
mb.charts.RhythmDisplay.from_run(real)

# %% [markdown]
# Lesson A1, the latency lab, stays with the line of this lesson: its law, what a measured p99 is worth, and a server that does not come back after a burst.
