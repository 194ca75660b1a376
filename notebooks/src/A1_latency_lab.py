# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The latency lab
# *By the end you can say how slow the slowest answers will be before you build the server, how far to trust a measured p99, and why a server may stay down long after the burst that hit it has gone.*
#
# 30 minutes · lesson 06 helps · slides 13-16

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** No shop today, no model: only a line and who stands in it.
#
# * **Ask:** "What is left of a server when you take away the model, the network and the data?" A line, some workers, and the rule who is next.
# * **Say at the code:** "These ten lines are the whole server; everything today is what they do to a crowd."
# * **Watch for:** readers who look for the queue in the code. There is none: a request only has to know when the first worker is free.

# %% tags=["parameters"]
requests: int = 100_000  # a simulation, 20_000 to 1_000_000; full: 400_000
busy_frac: float = 0.6  # share of the capacity in use, 0.1 to 0.9
tries: int = 3  # how often a client tries at most, 1 to 5
timeout_ms: float = 500.0  # how long it waits for each try, in ms, 100 to 3000
places: int = 200  # how many may wait in the line, 0 to 400
seed: int = 7  # which luck, a whole number from 0

# %%
import mlbook as mb

# %% [markdown]
# Lesson 06 met the line in front of an API server with a whole shop around it. The talk's pattern 1 is this server, and here we keep nothing else of it. So a hundred thousand requests take a few milliseconds, and we can ask what no shop would let us try. This is the server:

# %%
mb.source(mb.queueing.first_come.scan)

# %% [markdown]
# Each request takes the worker that is free first, and starts when both are there. (`@jit` compiles it; the library then uses a faster way to the same numbers.) The talk has no slide on what follows: the questions and the answers of this lesson are ours, the laws are as old as the telephone.

# %% [markdown]
# ## p99 is not a property of the model
# One worker. A request keeps it for 10 ms on average, at random and without memory. At 90 requests a second it is busy nine tenths of the time. <!-- source: the cell below --> **Guess first:** what is p99, in milliseconds? Half of the work is done in less than 7 ms<!-- claim: 10 * np.log(2) ~ 7 tol 0.1 -->, and 99 of 100 pieces in less than 46 ms<!-- claim: 10 * np.log(100) ~ 46 tol 0.1 -->.

# %% [markdown] tags=["instructor"]
# **Instructor · 9 minutes.** The law first, then the purchase that everybody has an opinion about.
#
# * **Ask:** "Ten milliseconds of work, nine tenths busy. What does the unluckiest visitor of a hundred wait?" Everybody writes a number before the cell runs.
# * **Say at the marks and the dashed lines:** "Nobody fitted these lines; they were on paper before the first request came."
# * **Ask**, before the panel: "One more worker of the same speed, or one that is twice as fast: what do you buy?" Hands. Then let them find a variability that makes them change their mind.
# * **Say at the falling curve:** "Read it from the side: one in a hundred waits longer than the lowest dot says."
# * **Watch for:** "two are safer". They are, when one of them breaks. Today nothing breaks, it only takes longer.
# * **Watch for**, in the exercise: those who answer from the panel's first setting. The times in the question are not without memory.

# %%
mb.guess("A1.p99_ms", ...)

# %% [markdown]
# The plot shows three percentiles at seven loads. The marks are simulations, the dashed lines are a law that knows nothing of them.

# %%
one = mb.queueing.Station("one", mb.queueing.Exponential(10 * mb.MS))
results = {}
for busy in [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95]:
    visits = mb.queueing.Workload.poisson(
        rate_per_s=100 * busy, n=requests, seed=seed
    )
    results[busy] = mb.queueing.simulate(visits, one)
mb.charts.PercentilesDisplay.from_results(results)

# %%
mb.guess("A1.p99_ms", measured=results[0.9].quantile(0.99) / mb.MS)

# %% [markdown]
# The law is short. With a mean service time *s* and a utilisation *ρ*, the time from arrival to answer is again without memory, and its mean is *s* / (1 − *ρ*). <!-- source: mb.queueing.mm1_quantile --> So
#
# > *p99 = ln(100) · s / (1 − ρ)* <!-- source: mb.queueing.mm1_quantile -->
#
# At 90 % that is 461 ms<!-- claim: mb.queueing.mm1_quantile(0.99, 90, 0.01) / mb.MS ~ 461 tol 1 -->, and at 95 % twice as much<!-- claim: mb.queueing.mm1_quantile(0.99, 95, 0.01) / mb.queueing.mm1_quantile(0.99, 90, 0.01) ~ 2 tol 1e-6 -->. <!-- source: loads of the plot --> Whenever the idle share is halved, every percentile doubles. (The run is somewhat off. Keep that in mind for the next section.) The work was the same all the time. **p99 belongs to the model, the workers and the crowd together**, as in lesson 06; now you can compute it.
#
# *This would be wrong if* the times varied more or less than times without memory do, or if the requests did not come independently of one another. The first of these is a knob of the next panel.
#
# ### Two workers, or one that is twice as fast?
# The panel shows which share of the requests waits longer than a given time. Set it to 140 requests a second and two workers with 10 ms each; then to one worker with 5 ms. <!-- source: given for the panel --> Which has the shorter p99? Now raise the **variability** (the standard deviation of the service time over its mean) from one to three and do both again.

# %%
mb.explore.tail(rate_per_s=50.0, workers=1, service_ms=10.0, cv=1.0)

# %% [markdown]
# **Your turn.** Your service times are wild, like the panel's with a variability of three: most are short, and a few are monsters. The server is busy 70 % of the time. <!-- source: given for the exercise --> For a short p99, do you buy `"two workers"` or `"one twice as fast"`, or is there `"no difference"`?

# %%
mb.check("A1.two", buy=...)

# %% [markdown]
# The table divides the times of the fast worker by those of the two slow ones, with the same luck. Below one, the fast worker is better. The columns are the mean and three percentiles. Go along the last two rows slowly.

# %%
import pandas as pd


def times(visits, work, workers):
    """Simulate one server, always with the same luck."""
    server = mb.queueing.Station("server", work, workers=workers)
    latency_s = mb.queueing.simulate(visits, server).frame()["latency_s"]
    found = latency_s.describe(percentiles=[0.5, 0.95, 0.99])
    return found[["mean", "50%", "95%", "99%"]]


faster = {}
for cv, rate in [(1, 50), (1, 140), (3, 50), (3, 140)]:
    visits = mb.queueing.Workload.poisson(
        rate_per_s=rate, n=requests, seed=seed
    )
    two = times(visits, mb.queueing.Weibull(10 * mb.MS, cv), workers=2)
    fast = times(visits, mb.queueing.Weibull(5 * mb.MS, cv), workers=1)
    faster[f"variability {cv}, {rate} a second"] = fast / two
faster = pd.DataFrame(faster).T.rename_axis("fast over two")
faster.round(2)

# %% [markdown]
# With work without memory the fast worker wins at every percentile and every load<!-- claim: (faster.filter(like="variability 1", axis=0) < 1).all().all() -->: it is never half idle. With wild work and a busy server it loses everywhere<!-- claim: (faster.loc["variability 3, 140 a second"] > 1).all() -->: one monster blocks everybody behind it, and beside the second worker they could have passed. And with wild work in a quiet hour the answer depends on whom you ask: the median prefers the fast worker, the mean and p95 the two slow ones<!-- claim: faster["50%"]["variability 3, 50 a second"] < 1 < faster["95%"]["variability 3, 50 a second"] -->.
#
# (The shape of the times counts, not the one number alone. We tried a mixture of two lengths, 1 and 90 ms, with a variability of 2.7: p99 was equal for both, and only the median preferred two workers. <!-- source: five seeds, 200,000 requests each, a tenth of them long --> So try it with your own times.)

# %% [markdown]
# ## How far can you trust a p99?
# A load test sends a thousand requests to our one worker, at a utilisation of 0.95. <!-- source: given --> Here is what it reports:

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** A number without its interval, and what becomes of it.
#
# * **Ask**, at the single number: "Would you sign a contract on it?" Then run the next cell without a word.
# * **Say at the circles:** "Each circle is a whole load test, and every one of them was reported as the p99."
# * **Ask:** "Why are nearly all circles of the busy server too low?" The line starts empty, and a thousand requests are over before it has grown.
# * **Watch for**, in the exercise: twice as exact for twice the requests. It takes four times.


# %%
def p99_ms(busy, n, seed):
    """Measure p99 once, in milliseconds."""
    visits = mb.queueing.Workload.poisson(
        rate_per_s=100 * busy, n=n, seed=seed
    )
    return mb.queueing.simulate(visits, one).quantile(0.99) / mb.MS


round(p99_ms(0.95, 1000, seed))

# %% [markdown]
# Twenty colleagues do the same, with the same server and other luck, <!-- source: the cell below --> and once more at a utilisation of one half. The plot shows each result as a circle, in percent of the law.

# %%
import numpy as np


def labs(busy, n, count=20):
    """Repeat the measurement with other luck, in percent of the law."""
    law = mb.queueing.mm1_quantile(0.99, 100 * busy, 10 * mb.MS) / mb.MS
    return np.array(
        [100 * p99_ms(busy, n, seed + i) / law for i in range(count)]
    )


thousand = {f"busy {busy}": labs(busy, 1000) for busy in (0.5, 0.95)}
mb.charts.SpreadDisplay(thousand, "p99 of 1,000 requests, in % of the law")

# %% [markdown]
# At one half the colleagues scatter around the law. Near the limit hardly anybody comes close: **most of them find less than half of it**<!-- claim: np.median(thousand["busy 0.95"]) < 50 -->. A thousand requests are over before the line has grown. A measured p99 is a number with an interval, and the interval belongs beside it. What helps is more requests:

# %%
half_width = pd.DataFrame(
    {
        f"busy {busy}": {
            n: 1.96 * labs(busy, n).std(ddof=1)
            for n in (1000, 10_000, 100_000)
        }
        for busy in (0.5, 0.95)
    }
).rename_axis("± % of the law, requests")
half_width.round(1)

# %% [markdown]
# In a quiet server a hundred times the requests make the interval about ten times narrower, the square root of a hundred<!-- claim: 5 < half_width["busy 0.5"][1000] / half_width["busy 0.5"][100_000] < 20 --> (twenty repetitions give each width to a sixth of itself<!-- source: 1 / sqrt(2 * 19) -->). In a busy one that begins only when the line has grown to its usual length. Requests in one line are no independent witnesses: who waits long has neighbours who wait long.
#
# **Your turn.** From the last row on the square root holds for both. How many requests do you need at a utilisation of 0.95 to know p99 to ± 5 %? <!-- source: given for the exercise -->

# %%
widest = half_width["busy 0.95"][100_000]
needed = ...
mb.check("A1.enough", half_width=widest, requests=needed)

# %% [markdown]
# Millions, and at this load they take hours<!-- claim: 100_000 * (widest / 5) ** 2 / 95 / mb.HOUR > 1 -->. No evening peak lasts so long. So near the limit nobody knows a p99 from measuring it once: compute it, or stay away from there. One seed proves nothing, and neither does one evening.

# %% [markdown]
# ## The retry storm
# Now a bigger server: 16 workers, 100 ms of work on average, so it can do 160 requests a second. <!-- source: the cell below --> It is busy 60 % of the time, <!-- source: `busy_frac` --> comfortably below every knee. In its line are 200 places, <!-- source: `places` --> and who finds it full is refused at once.
#
# A client waits half a second for the answer. If it was refused or nothing has come, it pauses a tenth of a second and tries again, three times in all; <!-- source: the parameters and the cell below --> each further pause is twice as long (a **backoff**). The server does not notice that a client has gone, and works on what nobody waits for.

# %% [markdown] tags=["instructor"]
# **Instructor · 11 minutes.** The hero of the lesson. The guess is about seconds; take your time with the hands.
#
# * **Ask:** "One minute of calm, five seconds of burst, and calm again. How long until all is well?" Fill in the poll.
# * **Say at the first picture:** "Without second tries: a notch, and over."
# * **Say at the second picture:** "The burst is over where the notch ends; look how far to the right the floor goes."
# * **Ask:** "The workers are busy from now on, every second. With what?" With answers to people who have hung up. Let somebody say it.
# * **Say at the two bars of the panel:** "Both above the line: it can last. Push one of them below, and it cannot."
# * **Say at the ways out:** "Three of them let people go sooner or keep them longer; the fourth only asks them to come back later, all of them."
# * **Watch for:** "the load must have been too high". It is the load of the first minute, to the digit.
# * **Watch for:** more backoff as the remedy. A pause moves a try to later; it does not take it away. Let them try.
# * **Watch for**, in the exercise: eighty. The last in line needs time for the answer itself, too.
# * **If time is short:** leave out the picture of the ways out; the panel shows them one by one.


# %%
def server(tries=tries, timeout_ms=timeout_ms, places=places, backoff_s=0.1):
    """The same server and the same luck, with other clients or places."""
    clients = mb.queueing.Retry(
        timeout_s=timeout_ms * mb.MS, tries=tries, backoff_s=backoff_s
    )
    work = mb.queueing.Exponential(100 * mb.MS)
    return mb.queueing.Station(
        "api", work, workers=16, places=places, retry=clients
    )


def five_minutes(peak_per_s, seed=seed):
    """A calm minute, five seconds with a peak, a calm rest, and a reserve."""
    rates_per_s = [calm_per_s, peak_per_s, calm_per_s]
    return mb.queueing.Workload.stepped(
        rates_per_s=rates_per_s, lasting_s=[60, 5, 235 + 30], seed=seed
    )


can_do_per_s = 16 / (100 * mb.MS)
calm_per_s, peak_per_s = busy_frac * can_do_per_s, 1.5 * can_do_per_s
burst = five_minutes(peak_per_s)

# %% [markdown]
# After one minute there is a burst: for five seconds half as many again as the server can do. <!-- source: the cell above --> First with clients that give up after one try. The plot shows the share of those who came in each moment and were answered in time, the **goodput** in percent.

# %%
once = mb.queueing.simulate(burst, server(tries=1))
mb.charts.GoodputDisplay.from_results(300, one_try=once)

# %% [markdown]
# A notch, and a few seconds later all is well. Some clients of the burst got nothing. Surely it would be kind to let them try again? **Guess first:** with up to three tries, how many seconds after the burst are more than nine of ten requests answered in time again? <!-- source: `tries` -->

# %%
mb.guess("A1.back_s", ...)

# %% [markdown]
# (In a class: hands up, and write the counts here.)

# %%
mb.poll("A1.back_s", {1: 0, 5: 0, 20: 0, 60: 0, 200: 0})

# %% [markdown]
# The plot lays both over each other: same server, same requests, same burst.

# %%
storm = mb.queueing.simulate(burst, server())
waves = mb.charts.GoodputDisplay.from_results(
    300, one_try=once, try_again=storm
)
waves

# %%
mb.guess("A1.back_s", measured=waves.down_for_s("try again", after_s=65))

# %% [markdown]
# It does not come back. The number is simply where the picture ends<!-- claim: waves.down_for_s("try again", after_s=65) ~ 235 tol 5 -->. The burst has been gone for almost four minutes, <!-- source: the cell above --> the load is that of the first minute, and of the last minute's requests 0 % <!-- claim: 100 * (lambda f: (f["status"] == "ok").mean())(storm.frame().query("240 < arrive_s < 300")) ~ 0 tol 1 --> were answered in time. Clients that gave up at once fared better: 95 % <!-- claim: 100 * waves.total["one try"] ~ 95 tol 1.5 --> of them in all, against 20 %<!-- claim: 100 * waves.total["try again"] ~ 20 tol 3 -->. What are the workers doing?

# %%
frame = storm.frame()
late = frame[frame["arrive_s"].between(240, 300)]
{
    "requests a second": round(len(late) / 60),
    "tries a request": round(float(late["tries"].mean()), 1),
    "tries a second": round(late["tries"].sum() / 60),
    "the workers can do": round(can_do_per_s),
    "a full line takes, ms": round(1000 * places / can_do_per_s),
    "a client waits, ms": timeout_ms,
}

# %% [markdown]
# Read it from above. Nearly all requests are tried three times<!-- claim: late["tries"].mean() ~ 3 tol 0.05 -->. That makes more tries than the workers can do<!-- claim: late["tries"].sum() / 60 > can_do_per_s -->, so the line is full, and the rest is refused. A full line takes longer than a client waits<!-- claim: places / can_do_per_s > timeout_ms * mb.MS -->. So whoever gets in is served after hanging up; the work is done for nobody, and the client tries again. **The workers are busy all the time, and nobody gets an answer** (a test of the library follows each try and finds it so). This is a **retry storm**.
#
# The state is **metastable**: at this very load the server can work and it can fail, it stays in either state, and a short push moves it from the one to the other. One world proves nothing, so here are ten, with the burst and without it. The cell counts those in which the last minute was lost:


# %%
def last_minute(result):
    """Share of the last minute's requests that were answered in time."""
    frame = result.frame()
    late = frame[frame["arrive_s"].between(240, 300)]
    return (late["status"] == "ok").mean()


fallen = {"without a burst": 0, "with the burst": 0}
for world in range(seed, seed + 10):
    for name, peak in zip(fallen, (calm_per_s, peak_per_s)):
        visits = five_minutes(peak, seed=world)
        result = mb.queueing.simulate(visits, server())
        fallen[name] += int(last_minute(result) < 0.5)
fallen

# %% [markdown]
# None without, all ten with it<!-- claim: (fallen["without a burst"], fallen["with the burst"]) == (0, 10) -->. <!-- source: the cell above --> Two conditions keep a storm alive, and both are simple arithmetic (ours, and rough: the line is not full at every instant):
#
# * the last in a full line waits in vain: *(places / workers + 1) · s* > *timeout*;
# * all tries together are more than the workers can do: *tries · ρ* > 1. <!-- source: arithmetic -->
#
# The panel has them as two bars. Find three knobs that end the storm, each alone. Then see how small a burst can be and still do it.

# %%
mb.explore.storm(
    100 * busy_frac, tries=tries, timeout_ms=timeout_ms, places=places
)

# %% [markdown]
# **Your turn.** You may change the line only. How many places, at most, so that the last in a full line is still answered within the timeout, on average?

# %%
most_places = ...
mb.check("A1.places", server=server(), places=most_places)

# %% [markdown]
# A shorter line turns people away sooner, and that is the point: a refusal in time is cheaper than an answer too late. Letting fewer in is called **load shedding**. It also ends a storm that is under way. (At the limit itself a storm dies slowly, because some lines move slower than the mean. So take half.) The plot shows three ways out, and one that people try first.

# %%
few = int(16 * max(timeout_ms / 100 - 1, 0)) // 2  # half of the limit
calmer = mb.queueing.Workload.stepped(
    rates_per_s=[
        calm_per_s,
        peak_per_s,
        calm_per_s,
        calm_per_s / 3,
        calm_per_s,
    ],
    lasting_s=[60, 5, 85, 10, 140 + 30],
    seed=seed,
)
ways = {
    "few places": mb.queueing.simulate(burst, server(places=few)),
    "patience": mb.queueing.simulate(burst, server(timeout_ms=2000)),
    "shedding": mb.queueing.simulate(calmer, server()),
    "backoff": mb.queueing.simulate(burst, server(backoff_s=5.0)),
}
mb.charts.GoodputDisplay.from_results(300, **ways)

# %% [markdown]
# With half the places of the limit all is well when the burst is over; so it is with a timeout longer than the line<!-- claim: min(last_minute(ways[name]) for name in ("few places", "patience", "shedding")) > 0.9 -->. Ten seconds with a third of the visitors, at second 150, end a storm that had lasted for a minute and a half. <!-- source: the cell above --> Fifty times the backoff hardly helps: <!-- source: the cell above --> it moves the tries to later and takes none away<!-- claim: last_minute(ways["backoff"]) < 0.3 -->. A **budget of tries** would: with second tries for one request in ten and no more, <!-- source: an example --> the second bar of the panel falls to little more than the load itself. (That is the condition's word; we did not run it.)
#
# *This would be wrong if* the server threw away a try as soon as its client has gone. It would have to know: send the deadline along with the request.

# %% [markdown]
# ## What would break
# * **Second tries on every floor.** If three layers try three times each, one click may become 27 requests. <!-- source: 3 * 3 * 3 -->
# * **A dashboard of the server alone.** In the storm it works at its limit and answers as many as it can; what it refuses looks like a busy evening. Count the answers that somebody still waits for.
# * **A load test without impatient clients.** It finds the knee and never the storm.
#
# ### Then and now

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** Back to their own systems.
#
# * **Ask:** "How many times does your client library try by default, and how long does it wait? Who set these two numbers?" Usually nobody knows; that is the lesson.
# * **Ask:** one sentence each on paper, before ours is read.
# * **Bridge:** "Under More there is a measuring tool that hides exactly the waits you are looking for."

# %%
mb.then_and_now("A1")

# %% [markdown]
# ### In one sentence
# *A line turns a little more load into a lot more waiting, a p99 without its interval is an anecdote, and clients that try again can keep a server down that nothing else is wrong with.*
#
# **Next:** this was an appendix to lesson 06; lesson 07 goes on with a pattern in which nobody stands in line.

# %%
mb.report_card()

# %%
mb.glossary("A1")

# %% [markdown]
# ## More, if you have time
# ### A window that only hurts
# A model that scores many requests at once is cheap by the piece: say a batch of *n* takes 20 + *n* milliseconds. <!-- source: our choice --> So people let the first request of a batch wait for company, for a **window** of time. **Guess first:** at 20 requests a second, by how many milliseconds does a window of 50 ms change p99, against taking whoever is there? <!-- source: given for the guess -->

# %% [markdown] tags=["instructor"]
# **Instructor · 8 minutes.** An optimisation that everybody has heard of.
#
# * **Ask:** "Does a window make the slowest answers faster or slower, in a quiet hour?" Then the guess.
# * **Say at the panel:** "The dotted line hits the wall, the solid one does not; and the dashed one is never below the solid one."
# * **Watch for:** "so batching is bad". Look at the dotted line at a hundred a second. What hurts is the waiting, not the company.
# * **Watch for**, in the exercise: the time of one request forgotten. A batch that is twice as long also gives twice as many time to come.

# %%
mb.guess("A1.window_ms", ...)

# %%
visits = mb.queueing.Workload.poisson(rate_per_s=20, n=requests, seed=seed)
arrive_s = visits.arrivals()
p99 = {}
for window_s in (0.0, 0.05):
    done_s, together = mb.queueing.batch(
        arrive_s,
        size=32,
        wait_s=window_s,
        per_batch_s=0.020,
        per_request_s=0.001,
    )
    p99[window_s] = np.quantile(done_s - arrive_s, 0.99) / mb.MS
mb.guess("A1.window_ms", measured=p99[0.05] - p99[0.0])

# %% [markdown]
# Turn the load up in the panel and look for a place where the dashed line is below the solid one. At which load does serving one by one hit the wall?

# %%
mb.explore.batching(rate_per_s=20.0, size=32, window_ms=50.0)

# %% [markdown]
# In our panel there is no such place<!-- claim: (lambda p: (p["window"] > 0.98 * p["who is there"]).all())(mb.explore.batching(20.0, 32, 50.0).result.p99_s) -->. A busy server collects its next batch while it works on this one, without any window, and a quiet one has nobody to wait for. Without batches the wall is at 48 requests a second<!-- claim: 1 / 0.021 ~ 48 tol 0.5 -->; with them it is more than ten times farther away<!-- claim: (32 / 0.052) / (1 / 0.021) > 10 -->. So batching saves the day, and the window only adds to it. (A window does make fewer, larger batches. Where you pay by the batch, that may be worth a wait.)
#
# How large do the batches become by themselves? While a batch of *n* is worked on, *b + a n* seconds, the next one gathers: *λ (b + a n)* requests. The two are equal at *n = λ b / (1 − a λ)*, <!-- source: mb.queueing.greedy_batch_size --> the law of the micro-batches of lesson 08.
#
# **Your turn.** At 400 requests a second, with *b* = 20 ms and *a* = 1 ms, how large is a batch when the server takes whoever is there? <!-- source: given for the exercise -->

# %%
batch_size = ...
mb.check("A1.batch", size=batch_size)

# %% [markdown]
# ### A cache sells freshness
# Features are asked for again and again. A cache answers from memory for a fixed time to live (**TTL**) after each miss. The table looks up 10,000 keys, <!-- source: the cell below --> some of them very popular, 200 times a second. <!-- source: the cell below --> Before you run it: how old is what a hit finds, on average?

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** A trade between two numbers that one dashboard never shows together.
#
# * **Ask:** "Ten times the time to live: how many more hits, and how much older?"
# * **Say at the table:** "The last but one column grows slowly and the last one does not grow slowly."
# * **Watch for:** "a longer TTL is safer". Ask for whom.

# %%
keys = mb.queueing.Zipf(1.0, kinds=10_000)
at_s = mb.queueing.Workload.poisson(
    rate_per_s=200, n=200_000, seed=seed
).arrivals()
key = keys.sample(np.random.default_rng(seed), at_s.size)
rows = {}
for ttl_s in (1, 10, 60, 300):
    hit, age_s = mb.queueing.cache(at_s, key, ttl_s=ttl_s)
    rows[ttl_s] = {
        "hits, %": 100 * hit.mean(),
        "by law, %": 100 * mb.queueing.ttl_hit_share(200, keys.shares, ttl_s),
        "mean age of a hit, s": age_s[hit].mean(),
    }
cached = pd.DataFrame(rows).T.rename_axis("TTL, s")
cached.round(1)

# %% [markdown]
# A hit is half as old as the TTL, whatever the TTL is<!-- claim: np.abs(cached["mean age of a hit, s"] / cached.index / 0.5 - 1).max() < 0.08 -->. The hits grow slowly: from ten seconds to sixty they rise by less than a third <!-- claim: 1.2 < cached["hits, %"][60] / cached["hits, %"][10] < 1.33 --> and the answers become six times older. It is the trade of lesson 07 again, bought at another counter.
#
# *This would be wrong if* the look-ups of a key came in bursts: then hits would be younger than half.

# %% [markdown]
# ### The tester who waits
# A server answers in 4 ms, 100 requests a second come, and once a minute it stops for a second to tidy its memory. <!-- source: our choice --> A load tester sends one request after the other, on schedule, and **waits for each answer before it sends the next**. **Guess first:** how many times too small is its p99, against that of users who come when they like?

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** The measuring tool that looks away when it hurts.
#
# * **Ask:** "While the server stands still for a second, how many requests does the tester send?" None. "And how many users come?" A hundred.
# * **Say at the two numbers:** "Same server, same requests, same second; only the stop-watch was started later."
# * **Watch for:** "our tool has many connections". Then each of them waits; ask when its clock starts.

# %%
mb.guess("A1.times_too_small", ...)

# %%
planned_s = np.arange(60 * 60 * 100) / 100  # an hour on schedule
work_s = np.full(planned_s.size, 0.004)
work_s[3000::6000] += 1.0  # once a minute it stops for a second
done_s = mb.queueing.fifo(planned_s, work_s)
sent_s = np.maximum(planned_s, np.r_[0.0, done_s[:-1]])  # not before an answer
users_ms, tester_ms = (
    np.quantile(done_s - since_s, 0.99) / mb.MS
    for since_s in (planned_s, sent_s)
)
mb.guess("A1.times_too_small", measured=users_ms / tester_ms)

# %%
{"p99 of users, ms": round(users_ms), "of the tester, ms": round(tester_ms)}

# %% [markdown]
# One run, two clocks. The tester meets one slow answer a minute, one of six thousand<!-- claim: (done_s - sent_s > 0.1).mean() * 6000 ~ 1 tol 0.01 -->, <!-- source: one a minute at 100 a second --> and its p99 does not see it. While the server stands still the tester stands still, too, and everybody who should have come in that second is left out: nearly three of a hundred users waited<!-- claim: 100 * (done_s - planned_s > 0.1).mean() ~ 2.6 tol 0.4 -->. Gil Tene named this **coordinated omission**.
#
# The remedy is one line: start the clock when the request *should* have been sent. *This would be wrong if* your users, too, waited for one answer before they asked the next question. Some programs do; crowds do not.

# %% [markdown]
# ### Long answers
# A language model writes word by word, and a machine works on several answers at once. Answers have very different lengths. The old way: take up to eight, and the next ones when **all** of them are finished. The other way: whoever is finished leaves, and the next in line **joins** at the next word. The numbers are teaching values, not those of any product: <!-- source: our choice --> a mean of 100 words and a variability of 1.5, a step takes 30 ms and 2 ms more for each answer in it. <!-- source: the cell below -->

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** Pattern 1 with a service time that the answer decides.
#
# * **Ask:** "Seven short answers and one long one start together. When does the ninth begin, in each of the two ways?"
# * **Say at the table:** "The machine is the same, and the answers are the same; only the door is opened at another moment."
# * **Watch for:** these numbers taken for a product's. They are teaching values.

# %%
mb.source(mb.queueing.answering.word_by_word)

# %%
luck = np.random.default_rng(seed)
words = np.ceil(mb.queueing.Weibull(100.0, cv=1.5).sample(luck, 3000))
gaps = luck.standard_exponential(3000)
rows = {}
for rate_per_s in (0.2, 0.4, 0.8):
    arrive_s = np.cumsum(gaps) / rate_per_s
    for name, join in {"all finish": False, "join": True}.items():
        first_s, done_s = mb.queueing.long_answers(
            arrive_s,
            words,
            places=8,
            per_step_s=0.03,
            per_answer_s=0.002,
            join=join,
        )
        rows[rate_per_s, name] = {
            "first word p50, s": np.quantile(first_s - arrive_s, 0.5),
            "first word p99, s": np.quantile(first_s - arrive_s, 0.99),
            "last word p99, s": np.quantile(done_s - arrive_s, 0.99),
        }
answers = pd.DataFrame(rows).T.rename_axis(["answers a second", "door"])
answers.round(2)

# %% [markdown]
# Until all are finished, the longest answer of eight keeps seven places empty. Already at a fifth of an answer a second <!-- source: the table --> the unlucky wait many seconds for their **first word**, and those who join wait for a fraction of one<!-- claim: answers["first word p99, s"][0.2, "all finish"] > 20 > 1 > answers["first word p99, s"][0.2, "join"] -->. At 0.8 a second <!-- source: the table --> the old way has no steady state any more, while the same machine with an open door is at ease<!-- claim: answers["first word p99, s"][0.8, "all finish"] > 100 * answers["first word p99, s"][0.8, "join"] -->. The time to the last word depends on the length of the answer, and no door changes that.
#
# *This would be wrong if* all answers had the same length and came together. Then both doors are the same.
