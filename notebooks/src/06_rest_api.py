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
# 30 minutes · lesson 00 helps · slides 13-16

# %% tags=["parameters"]
rate_per_s: float = 50.0  # visits per second in a calm minute, 10 to 300
workers: int = 4  # requests the API server works on at once, 1 to 16
service_ms: float = 8.0  # median time of one prediction, in ms, 2 to 40
load_s: float = 20.0  # seconds the server needs to load a new model, 1 to 29
seed: int = 7  # which shop, a whole number from 0

# %%
import mlbook as mb

# %% [markdown]
# Slide 13 lists four ways to get predictions to users. The first one: *train by batch, predict on the fly, serve via REST API*. The picture below is our drawing of slide 14. Follow the arrow from the web application: what travels along it?

# %%
mb.charts.Diagram("rest_api")

# %% [markdown]
# A user ID and item IDs, no features. The API server fetches the features itself, from the same box that the training uses. Remember that; we will try the other way below.
#
# The whole request path of our in-process version is short enough to read:

# %%
mb.source(mb.RestApi.predict)

# %% [markdown]
# `async with self.api` takes one of the server's workers, or stands in line for one. Everything inside the block keeps the worker busy; that time is called the **service time**.

# %% [markdown]
# ## A calm minute
# The table on slide 23 gives this pattern "Short" for the time to predict. Let us see how short. We keep eight days of history and then send one minute of visitors at a fixed rate. The plot shows how long they wait.

# %%
service = mb.queueing.LogNormal(
    p50=service_ms * mb.MS, p99=5 * service_ms * mb.MS
)
rest = mb.RestApi(workers=workers, service=service)
world = mb.World(seed=seed)
minute = world.rush(at=8 * mb.DAY, lasting=60, rate_per_s=rate_per_s)
calm = mb.run(rest, minute)
mb.charts.LatencyDisplay.from_run(calm)

# %% [markdown]
# Fine. Now marketing books a television spot, and several times as many visitors will come. The model stays the same, the server stays the same.
#
# **Guess first.** When six times as many come, what happens to p99: does it stay, does it grow six times, or more? Write your number down.

# %% [markdown]
# ## The knee
# The next cell runs the same minute at rising rates, up to almost all that the workers can do. The plot has the rate to the right and the waiting time upwards.

# %%
shares = [0.15, 0.3, 0.45, 0.6, 0.75, 0.87, 0.94, 0.99]
rates = [round(share * rest.capacity_per_s) for share in shares]
runs = {}
for rate in rates:
    minute = world.rush(at=8 * mb.DAY, lasting=60, rate_per_s=rate)
    runs[rate] = mb.run(rest, minute)
mb.charts.KneeDisplay.from_runs(runs)

# %% [markdown]
# Flat, flat, flat, and then a wall. Nothing in the model changed between the first point and the last. **p99 is not a property of the model**; it is a property of the model, the workers and the crowd together.
#
# The cause is the line in front of the server. The number to watch is the **utilisation**: visits per second, times service time, divided by workers. The dotted line is where it reaches one.

# %% [markdown]
# How much waiting does a utilisation buy? For service times without memory Erlang found the answer in 1917. The table counts the mean wait in units of one service time.

# %%
import pandas as pd

law = pd.DataFrame({"utilisation": [0.5, 0.8, 0.9, 0.95, 0.99]})
law["mean wait, in service times"] = [
    mb.queueing.mmc_wait_mean(busy * workers, 1.0, workers)
    for busy in law["utilisation"]
]
law.round(2)

# %% [markdown]
# Going from half busy to eighty percent busy costs little. The last few percent cost everything. That is why a server that looks comfortable in the afternoon fails in the evening: its load rose by a fifth, its waiting time many times.
#
# Our service times are not memoryless (they have a long tail, as real ones do), so our knee sits a little elsewhere. The shape is the same.
#
# *This would be wrong if* visitors came in step, one every few milliseconds, and every prediction took the same time. Then nobody would wait at all until the utilisation reached one.

# %% [markdown]
# ## Turn the knobs
# The panel sends twenty thousand requests to a server with as many workers as you like. Find the load at which p99 doubles. Then try to repair it twice: once with more workers, once with a faster model. Which repair works better when the server is calm, and which at the knee?

# %%
mb.explore.knee(rate_per_s=rate_per_s, workers=workers, service_ms=service_ms)

# %% [markdown]
# ## A new model, while people are waiting
# Training ends during the rush, and the new model has to get into the server. One way is to restart the server with the new file. Another is to load the new model beside the old one and then move a pointer; this is called a **hot swap**. Both take the same time to load.
#
# **Guess first:** of the visitors of that minute, how many get no answer with a restart? The plot shows it second by second.

# %%
training_ends = 8 * mb.DAY + rest.train_takes
minute = world.rush(at=training_ends - 15, lasting=60, rate_per_s=rate_per_s)
hot = rest.but(swap="hot", load_takes=load_s)
swaps = mb.compare(minute, restart=hot.but(swap="restart"), hot=hot)
mb.charts.StatusDisplay.from_runs(swaps, "down")

# %% [markdown]
# The restart loses everybody who comes while it loads. The hot swap loses nobody. Did it really change the model? Count the answers by model version:

# %%
swaps["hot"].requests.groupby("model_version").size().rename(
    "answers"
).to_frame()

# %% [markdown]
# Two versions answered within one minute, and each answer carries the number of its own. Keep that column in any system you build: when somebody asks "why did I see this?", it is the first thing you need.

# %% [markdown]
# ## IDs or features?
# Slide 14 sends IDs. Suppose the web application read the features itself and sent them along. The server's workers would no longer wait for the feature DB. Compare both at a busy minute:

# %%
rate = round(0.87 * rest.capacity_per_s)
minute = world.rush(at=8 * mb.DAY, lasting=60, rate_per_s=rate)
ways = mb.compare(minute, ids=rest, features=rest.but(send="features"))
ways.summary()[["latency_p50_s", "latency_p95_s", "latency_p99_s"]]

# %% [markdown]
# Sending features is faster here, because each worker is held for a shorter time. And how many bytes does one request weigh, on average?

# %%
{send: mb.measure.request_bytes(ways["ids"], send) for send in ways}

# %% [markdown]
# The bytes are cheap. The price is elsewhere: the names of all features now stand in the web application. Add one, rename one, and two teams have to release on the same day. With IDs the application knows an address and two kinds of number. This is the "Loose" in the coupling row of slide 23, and it explains why the talk draws IDs. Lesson 10 of this book will count it.

# %% [markdown]
# ## What would break
# * **The evening peak.** Plan for the busiest minute, not for the mean of the day; know your utilisation there.
# * **A slow feature DB.** Its time is service time. Twice as slow a lookup moves the knee to the left, and no dashboard of the model will show it.
# * **A restart as a deployment.** It works in every test with one user.
#
# ### In one sentence
# *A prediction on the fly is as fast as the line in front of it: watch the utilisation, swap models hot, send IDs.*
#
# **Next:** lesson 07 lets nobody wait for the model at all, and pays for it with age.

# %%
mb.glossary("06")

# %% [markdown]
# # More, if you have time
# ### What the trained model is handed over as
# Slides 15 and 16 show two concrete systems. In the first, the training side exports the model as **PMML**, an XML format, and a scoring server of the Java world, OpenScoring, loads it. In the second, the model goes to an **object storage** and is loaded by a server whose whole runtime is packed with **Docker**.
#
# The two answers solve one problem: what exactly does the serving side have to know? Take our model apart and see how little it is.

# %%
import json
import pickle

pipeline = calm.site.versions.newest().estimator
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
# The text can be read by a program in any language. Here is one that knows neither scikit-learn nor numpy. We give it the same visitor and six items and show the largest difference.

# %%
import math


def score(features, model):
    log_odds = model["bias"]
    rows = zip(features, model["mean"], model["scale"], model["weight"])
    for value, mean, scale, weight in rows:
        log_odds += weight * (value - mean) / scale
    return 1 / (1 + math.exp(-log_odds))


features = world.features([3] * 6, range(6), [8 * mb.DAY] * 6)
theirs = pipeline.predict_proba(features)[:, 1].tolist()
ours = [score(row, json.loads(as_text)) for row in features.tolist()]
max(abs(a - b) for a, b in zip(ours, theirs, strict=True))

# %% [markdown]
# Equal, but for rounding in the last digits of a computer's numbers. That is the idea of PMML: write down the numbers, not the program. It works as far as the format has a word for every step of your model, and fails where it has none.
#
# The second way keeps everything Python has, and carries the whole environment along so that it still fits. Its usual file is a pickle, and a pickle is not data. It is a program that runs when it is loaded:


# %%
class Harmless:
    def __reduce__(self):
        return (print, ("This line was printed by *loading* a file.",))


pickle.loads(pickle.dumps(Harmless()))

# %% [markdown]
# We chose a harmless program. Somebody else may not. So: load pickles only from where nobody else can write, and prefer formats that hold numbers. (Real servers for both slides join this book in a later chapter; here we only claim what the cells above show.)

# %% [markdown]
# ### A real week
# So far the visitors were invented. Here are real ones: a week of impressions from a Japanese fashion shop, the Open Bandit data (Saito and others, 2021). Every request keeps its real time, its anonymous user segment, and its real click.

# %%
week = mb.ReplayWorld("men")
week

# %% [markdown]
# The same pattern, unchanged, serves that week. The first day is left out, because there is no model yet.

# %%
real = mb.run(rest, week)
real

# %% [markdown]
# Look at the AUC and its interval before anything else. The interval contains one half, so **this run cannot tell our ranker from a coin**. With so few clicks in the whole week that is no surprise, and no cleverer model would change it much. What the real week does give us is real traffic: its rhythm over the day, its segments, its gaps.
#
# Two more honest limits. The log has no user IDs, only segments, and we know the click of the item that was shown, never of the others. So there is no money here and no "what if". The plot shows visits by hour in Japan, the shape that our simulated shop borrows.

# %%
mb.charts.RhythmDisplay.from_run(real)
