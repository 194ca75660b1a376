# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pattern 3: streaming
# *By the end you can say which half of a stream notices that the world has changed, and how long a queue that stood still at night keeps answers old.*
#
# 20 minutes · lesson 07 helps · slides 19, 23

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** The same shop without a clock: things happen when an event arrives.
#
# * **Ask**, at the drawing: "A visitor looks at a pair of shoes. Follow this event with your finger. When does the next answer know it?"
# * **Say at the drawing:** "Everything goes through the queue: the events on their way in, and the results on their way out."
# * **Say at the code:** "Read, work, count, and only then tell the queue that it is done."
# * **Watch for:** "so it is real time". Ask how long one micro-batch takes.

# %% tags=["parameters"]
flip_day: float = 9.0  # day on which everybody's taste turns round, 8 to 11
down_h: float = 6.0  # hours for which the stream job is down, 1 to 12
busy_percent: float = 45.0  # how busy the stream job of the night is, 5 to 50
trigger_s: float = 1.0  # the panel's trigger in seconds, 0.1 to 5
seed: int = 7  # which shop, a whole number from 0
users: int = 600  # number of users, 300 to 3000; full: 1500

# %%
import mlbook as mb

# %% [markdown]
# Slide 13: *train, predict, serve by streaming*. The picture is our drawing of slide 19; the labels are the slide's, the directions of the arrows are how we read it. Somebody looks at a pair of shoes. Follow that event with your finger until an answer knows it.

# %%
mb.charts.Diagram("streaming")

# %% [markdown]
# Between the web application and the model lies a **message queue**. The application writes events into it and does not wait. The stream job takes, at every **trigger**, all that has arrived: a **micro-batch**.

# %%
mb.source(mb.Streaming.micro_batch)

# %% [markdown]
# Read it as a diary: take what waits, work on it, count it into the features, and *then* tell the queue that it is done (`commit`). What was taken and not committed is taken again. And every half hour the model learns from the clicks that have become known since the last time.

# %% [markdown]
# ## The day taste flips
# In this shop everybody likes some categories more than others, and this taste turns slowly. On one day it turns round at once: what was liked most is liked least from then on. Visitors, their own interests, and luck stay the same.
#
# The nightly batch trains every midnight on the clicks of the last four days. **Guess first:** after how many hours does its model stop liking what everybody dislikes now?

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** The hero. Guess, hands, the clicks, then the models themselves.
#
# * **Ask:** "The batch trains every midnight. When does it notice?" Fill the hands into the poll.
# * **Say at the two lines:** "Left of the black line the stream is better every day; right of it one of the two falls into a hole."
# * **Say at the stairs:** "This is not about clicks. We ask each model what it likes, and the dotted line is the truth."
# * **Watch for:** one day. It is the usual guess: the next training. Ask what share of the last four days it saw.

# %%
mb.guess("08.turned_h", ...)

# %% [markdown]
# (In a class: hands up, and write the counts here. Run the cell once more when the answer is known.)

# %%
mb.poll("08.turned_h", {6: 0, 24: 0, 48: 0, 72: 0})

# %% [markdown]
# The plot shows clicks per 100 visits, half a day at a time, for the nightly batch of lesson 07 and for the stream, with the very same visitors.

# %%
flips_at = flip_day * mb.DAY
world = mb.World(seed=seed, users=users, taste_flips_at=flips_at)
nightly, streaming = mb.SharedDb(), mb.Streaming()
runs = mb.compare(world, nightly=nightly, stream=streaming)
mb.charts.ClicksOverTimeDisplay.from_runs(runs)

# %% [markdown]
# The stream stumbles; the nightly batch falls, and stays down for two days. Single points are noisy. But both met the same visitors, so their difference on the first day is known well:

# %%
first_day = {
    name: run.between(flips_at, flips_at + mb.DAY)
    for name, run in runs.items()
}
mb.measure.difference_per_100(first_day["stream"], first_day["nightly"])

# %% [markdown]
# When did each of them notice? Clicks are noisy, so ask the models themselves. The next plot shows how much each version of each model likes the category that everybody liked most, and the truth beside it.

# %%
mb.charts.TasteDisplay.from_runs(runs)

# %%
turned_h = {
    name: mb.measure.turned_after_s(run) / mb.HOUR
    for name, run in runs.items()
}
mb.guess("08.turned_h", measured=turned_h["nightly"])

# %% [markdown]
# The stream has turned after 9 hours<!-- claim: turned_h["stream"] ~ 9 tol 1 -->, the nightly model after three days<!-- claim: turned_h["nightly"] / 24 ~ 3 tol 5% -->. It was trained every night, and that was not enough, because it remembers **four days**: as long as most of them are old, it believes the old taste. Two new days, one hour until a click is known: so the third midnight.
#
# *This would be wrong if* the batch remembered one day only. Its memory is ours to choose, and a short one is noisier on all other days: look at the unrest of the stream's line.

# %% [markdown]
# ## Which half was it?
# A stream does two things at once: it refreshes the *features* within a second, and it *trains* all day. Slide 19 draws both in one box. Take them apart: `mixed` streams its features, and its model is trained at midnight like that of the batch. Will it notice? The plot adds it, a whole day at a time.

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** The surprise: which half of the stream it was.
#
# * **Ask**, before the third line: "The stream has fresher features *and* a fresher model. Which of the two was it?" Hands for each.
# * **Say at the three lines:** "Green has the features of the stream and the model of the batch; it falls as deep as the batch."
# * **Watch for:** "so streaming features are useless". Look to the left of the line.
# * **Watch for**, in the exercise: those who look at the day of the flip. The question is about all the other days.

# %%
mixed = streaming.but(
    trains_by="batch", train_every=1 * mb.DAY, train_takes=30 * mb.MINUTE
)
runs = mb.Runs({**runs, "mixed": mb.run(mixed, world)})
mb.charts.ClicksOverTimeDisplay.from_runs(runs, every=1 * mb.DAY)

# %% [markdown]
# Two effects, clearly apart. **Fresh features** lift the whole line, by 4 clicks <!-- claim: (lambda d: (d["mixed"] - d["nightly"]).loc[-3:-1].mean())(mb.measure.clicks_by_period(runs, since=flips_at)) ~ 4 tol 0.7 --> per 100 visits before the flip, because the interests of single users change every day. They do *not* notice that everybody's taste has turned: `mixed` falls as deep as the batch. **Training** by streaming notices. What did the flip cost, in clicks, within two days?

# %%
days = mb.measure.clicks_by_period(runs, since=flips_at)
names = ["nightly", "mixed", "stream"]
usual = days.loc[-3:-1, names].mean()
visits = days.loc[0:1, "visits"]
lost = (usual - days.loc[0:1, names]).mul(visits / 100, axis=0)
lost.sum().round().astype(int)

# %% [markdown]
# (Each of these numbers is known to a few dozen clicks only.) On the first day `mixed` lost 12 clicks <!-- claim: usual["mixed"] - days.loc[0, "mixed"] ~ 12 tol 1 --> per 100 visits and the stream 3<!-- claim: usual["stream"] - days.loc[0, "stream"] ~ 3 tol 1 -->. So "we have a stream" says little: ask *what* is streamed.
#
# One shop is one shop. In ten of them (seeds 0 to 9) <!-- source: this cell run for each seed, outside of the lesson --> the first day cost `mixed` 9 clicks on average and the stream 2, <!-- source: the same ten runs --> the nightly model turned on the third midnight each time, and the stream within about ten hours.
#
# *This would be wrong if* something else had turned. Had each user's own interest changed instead, the weights of the model would have stayed right, and the features would have had to notice.
#
# **Your turn.** The fourth combination has its features once a day and trains by streaming. Run it. If you could pay for one half only, which would you stream **first**, for all the weeks in which taste does not flip: `"features"` or `"training"`?

# %%
daily = mb.run(streaming.but(trigger=1 * mb.DAY), world)
four = mb.Runs({**runs, "daily": daily})
mb.measure.clicks_by_period(four, since=flips_at).round(1)

# %%
stream_first = ...
mb.check(
    "08.half", mixed=runs["mixed"], daily=daily, stream_first=stream_first
)

# %% [markdown]
# ## Three in the morning
# The stream job goes down at three at night, and somebody restarts it hours later. The web application keeps on writing into the queue: a **backlog** grows. Our shop is small, so we take a job that is slow in proportion; what counts is how busy it usually is, `busy_percent`.
#
# **Guess first:** after the restart, how many hours until nothing old waits any more?

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** A failure without a failure, and a law to take home.
#
# * **Ask:** "It was down for six hours and is usually busy nearly half of its time. How long until it has caught up?" Let them write a number before anybody calculates.
# * **Say at the hill:** "On the way up only visitors count, and at night there are few; on the way down it is the job's spare time."
# * **Say at the moving dots:** "They enter, and they stay; the application notices nothing."
# * **Say at the triangle:** "Everybody was answered, at once, from what was known before three."
# * **Ask**, after the clicks: "Hardly a click was lost. Should a pager have woken somebody?" Take both sides.
# * **Watch for**, in the exercise: the backlog divided by the speed of the job. It forgets the events that come meanwhile.

# %%
mb.guess("08.catch_up_h", ...)

# %% [markdown]
# The plot counts the events that wait, and lays the law over them. (The job takes at most five events from each partition of the queue at a time, and accepts late ones for a day: both matter under "More".)

# %%
calm = mb.World(seed=seed, users=users, days=9)
rate_per_s = calm.activity.at_s.size / calm.horizon_s
per_event = busy_percent / 100 / rate_per_s
slow = streaming.but(per_event=per_event, at_most=5, watermark=1 * mb.DAY)
down_at = 7 * mb.DAY + 3 * mb.HOUR
up_at = down_at + down_h * mb.HOUR
asleep = mb.down("stream_job", at=down_at, lasting=up_at - down_at)
night = mb.run(slow, calm, faults=[asleep])
mb.charts.BacklogDisplay.from_run(night, per_event)

# %%
catch_up_s = mb.measure.caught_up_s(night, since=up_at) - up_at
mb.guess("08.catch_up_h", measured=catch_up_s / mb.HOUR)

# %% [markdown]
# While the job is down the queue grows by `lambda` events a second. Afterwards the job works off `1/a` a second (an event takes `a` seconds), but `lambda` more keep coming: the backlog shrinks by `1/a - lambda` only. With the events that really came in both stretches:

# %%
event_s = calm.activity.at_s
waiting = ((event_s >= down_at) & (event_s < up_at)).sum()
came = ((event_s >= up_at) & (event_s < up_at + catch_up_s)).sum()
law_s = mb.queueing.catch_up_time(waiting, came / catch_up_s, per_event)
{
    "events that waited": int(waiting),
    "hours by law": round(float(law_s / mb.HOUR), 2),
    "hours measured": round(float(catch_up_s / mb.HOUR), 2),
}

# %% [markdown]
# Law and run agree<!-- claim: catch_up_s / law_s ~ 1 tol 3% -->. In steady traffic it has a shape to remember: an outage of `L` hours needs `L rho / (1 - rho)` more, where `rho` is the share of its time for which the job is usually busy. At one half, as long again as the outage. **Spare capacity is not waste; it is how fast you recover.**
#
# And the users? Each dot is a visit, its height the age of what was read.

# %%
around = night.between(down_at - 6 * mb.HOUR, up_at + 12 * mb.HOUR)
mb.charts.AgeDisplay.from_runs(night=around)

# %% [markdown]
# The picture plays that night in fast motion: dots are events, and you can see where they stand. (On a page the end of the outage stands still.)

# %%
mb.explore.flow(night)

# %% [markdown]
# Nothing failed<!-- claim: mb.measure.availability(night) ~ 1 tol 0 -->, and no answer took longer: they were as old as the outage, that is all. What did it cost, against the same day without the fault, from three o'clock until everything was fresh again?

# %%
usual_night = mb.run(slow, calm)
fresh_at = up_at + catch_up_s
mb.measure.difference_per_100(
    night.between(down_at, fresh_at), usual_night.between(down_at, fresh_at)
)

# %% [markdown]
# Too little to be told from nothing<!-- claim: (lambda d: abs(d.clicks_per_100) <= 2 * d.standard_error)(mb.measure.difference_per_100(night.between(down_at, fresh_at), usual_night.between(down_at, fresh_at))) -->: few people visit at that hour, and they have done little since three. We had expected a loss. Make the outage twice as long (`down_h`) and look again. So no alarm on errors would have rung, and none on clicks; what you can watch is the **lag**: how old the oldest waiting event is.
#
# **Your turn.** The same job is down for the same hours in *steady* traffic, at its mean rate of events. How many hours after the restart has it caught up?

# %%
catch_up_h = ...
mb.check("08.catch_up", run=night, catch_up_h=catch_up_h)

# %% [markdown]
# ## How short a trigger?
# Slide 23 says "Very low" in the row *Latency for prediction from getting new data*. How low? That is the trigger `tau`, and a micro-batch of `n` events that takes `b + a n` seconds (here `b` is a fifth of a second and `a` two milliseconds). Make the trigger shorter and shorter in the panel. Where does it stop helping, and what happens there?

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** One knob, down to where it breaks; then the rate of events.
#
# * **Ask:** "Fresher is better: why not a trigger of a tenth of a second?"
# * **Say at the panel:** "The dot follows the law down to the red line; then it stays, or the red dashes run away."
# * **Watch for:** "it exploded". Ask which of the two kinds of job did, and which of them they have at home.

# %%
mb.explore.trigger(trigger_s=trigger_s)

# %% [markdown]
# An event waits half a trigger on average, and then for the whole micro-batch: the mean lag is `tau/2 + b + a (1 + lambda tau)`. Below `b / (1 - a lambda)` a micro-batch takes longer than its trigger. If every trigger has a micro-batch of its own, they queue up and the lag **explodes**.
#
# A job that takes all that waits, like ours, merely ignores the knob: its micro-batches run back to back, and the lag stays at one and a half of the shortest trigger<!-- claim: (lambda r: r.lag_s.mean() / r.least_s)(mb.explore.trigger(0.2, 250).result) ~ 1.5 tol 2% -->. Only when more comes than can be done, `a lambda` above one, nothing helps. (A server that collects requests into batches obeys the same law.)

# %% [markdown]
# ## What would break
# * **A job that stands still.** Nothing fails. Watch the lag, and know your spare capacity.
# * **A long memory.** Whoever trains on many days notices late, however often he trains. See below.
# * **Events that come late, or twice.** See below, too.
#
# ### Then and now

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** Half a stream may be what they need.
#
# * **Ask:** "Which half would your team stream first, and what turns round in your business: single users, or everybody?"
# * **Ask:** one sentence on paper, before ours is read.
# * **Watch for:** the wish to stream everything. The last section, on what it costs, is for them.

# %%
mb.then_and_now("08")

# %% [markdown]
# ### In one sentence
# *Stream the features and every day gets a little better; stream the training and you notice when the world turns; and watch the lag, because nothing else will tell you that the stream stands still.*
#
# **Next:** lesson 09 takes the model to where the user is, into the phone, and cannot call it back.

# %%
mb.report_card()

# %%
mb.glossary("08")

# %% [markdown]
# ## More, if you have time
# ### The shortest trigger
# At the red line of the panel a micro-batch takes exactly as long as the trigger: what came in `tau` seconds is worked off in `tau` seconds. The rate of events moves the line.
#
# **Your turn.** A sale brings 300 events per second. <!-- source: given for the exercise --> What is the shortest trigger that `streaming` can keep, in seconds?

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** One equation, for those who like to check a panel.
#
# * **Ask:** "How many events are in a micro-batch, and how long do they take?" The answer contains what we look for on both sides.
# * **Watch for:** the time that one second of events takes. The trigger need not be a second.

# %%
shortest_s = ...
mb.check("08.trigger", run=runs["stream"], shortest_s=shortest_s)

# %% [markdown]
# ### Would training more often have done it?
# The mixed run trained once a day. Suppose it trained every six hours, still on the last four days. **Guess first:** of the 12 clicks per 100 visits <!-- claim: usual["mixed"] - days.loc[0, "mixed"] ~ 12 tol 1 --> that it lost on the first day, how many does that save?

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** Against the expectation of most engineers.
#
# * **Ask:** "Retrain four times as often. Does the hole get half as deep?"
# * **Say at the two lines:** "Four trainings a day, and the same hole: each of them believes in four days."
# * **Watch for:** "then streaming wins because it is a stream". A batch with a memory of some hours would notice as well.

# %%
mb.guess("08.saved", ...)

# %% [markdown]
# The plot lays both over each other, a day at a time.

# %%
often = mixed.but(train_every=6 * mb.HOUR)
eager = mb.Runs(
    {"once a day": runs["mixed"], "every 6 h": mb.run(often, world)}
)
mb.charts.ClicksOverTimeDisplay.from_runs(eager, every=1 * mb.DAY)

# %%
more = mb.measure.clicks_by_period(eager, since=flips_at)
saved = (more["every 6 h"] - more["once a day"])[0]
mb.guess("08.saved", measured=saved)

# %% [markdown]
# One or two at best<!-- claim: saved < 2 -->. What noticed was not the clock of the training but its **memory**: the stream takes small steps and forgets within a day, whatever triggers them. Streaming is a convenient way to have a short memory, not the only one.

# %% [markdown]
# ### Late events, and the watermark
# A phone in a tunnel sends its events later. How long shall the job wait for them? The **watermark** says: an event that lies further behind the newest one seen is dropped. The table compares the dropped share with the law, the probability of being later than that, when half of all events take more than five seconds and one in a hundred more than 20 minutes.<!-- source: the cell below -->

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** A knob that throws data away, and says so to nobody.
#
# * **Ask:** "How long do you wait for the last event?" There is no right answer; there is a share that you decide to lose.
# * **Watch for:** "we drop nothing". Ask what happens to an event that is a day late.

# %%
import numpy as np
import pandas as pd

late = mb.queueing.LogNormal(p50=5 * mb.SECOND, p99=20 * mb.MINUTE)
many_s = late.sample(np.random.default_rng(0), 200_000)
patient = streaming.but(lateness=late, train_every=1 * mb.DAY)
table = pd.DataFrame({"watermark, min": [2, 5, 20]})
table["law, %"] = [
    100 * (many_s > minutes * mb.MINUTE).mean()
    for minutes in table["watermark, min"]
]
table["dropped, %"] = [
    100 * mb.measure.dropped_frac(mb.run(patient.but(watermark=w), calm))
    for w in table["watermark, min"] * mb.MINUTE
]
table.round(1)

# %% [markdown]
# Law and run agree roughly<!-- claim: (table["dropped, %"] / table["law, %"]).between(0.6, 1.4).all() -->; with a short watermark somewhat less is dropped, because in a small shop the newest event seen is itself a little old. No error, no gap: events are missing, and features are computed without them. There is a trap in it for our night, too, where we had set the watermark to a day. With the default of ten minutes, how much of the backlog would have been dropped as too late?

# %%
impatient = mb.run(slow.but(watermark=10 * mb.MINUTE), calm, faults=[asleep])
gone = mb.measure.dropped_frac(impatient, since=down_at, until=up_at)
round(100 * gone)  # percent

# %% [markdown]
# 47 % <!-- claim: 100 * gone ~ 47 tol 8 --> of the night, and nobody is told. The job takes five events at a time from each of four partitions of the queue, and five events are not the same stretch of the night in all of them: the emptiest partition is soon well ahead, and what comes from the others counts as late. In our version one watermark holds for all partitions; a system that keeps one for each does not fall into this trap.

# %% [markdown]
# ### Counted twice
# A job that dies in the middle of a micro-batch has counted a part of it and committed nothing, so it takes all of it again: *at least once*. Let the restarted job swallow the whole night in one bite, and die again after an hour. An **idempotent** job knows what it has counted. How many events are counted twice with and without?

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** Why "exactly once" is a property of the counting, not of the queue.
#
# * **Ask:** "Before the commit, or after the commit: which crash loses events, and which doubles them?"
# * **Watch for:** relief that the clicks are equal. Ask the same about money.

# %%
again = mb.down("stream_job", at=up_at + 0.8 * mb.HOUR, lasting=60)
bite = slow.but(at_most=10_000)
twice = mb.compare(
    calm,
    faults=[asleep, again],
    idempotent=bite,
    careless=bite.but(idempotent=False),
)
{name: mb.measure.counted_twice(run) for name, run in twice.items()}

# %%
mb.measure.difference_per_100(twice["careless"], twice["idempotent"])

# %% [markdown]
# The doubled events hardly moved a click, because our features are *shares*, and a share forgives. A stock, a budget or a bill does not. A queue may promise more than "at least once" within itself; what leaves it has to be idempotent.

# %% [markdown]
# ### Asking and alerting
# A note on slide 19 names two uses of a stream: *querying for prediction*, and *showing or sending alerts*. All visits so far were queries. An alert needs no visitor: whenever an event makes the item just looked at score high, a message goes out. How soon?

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** The use that no other pattern has.
#
# * **Ask:** "Who asks for the prediction here?" Nobody; the event does.
# * **Watch for:** fraud, machines, patients. Let the room name what must not wait for a query.

# %%
alerts = mb.measure.alerts(runs["stream"], above=0.8)
alerts[["at_s", "user", "item", "score", "delay_s"]].head().round(2)

# %%
delay_s = float(alerts["delay_s"].median())
{"alerts": len(alerts), "median delay, s": round(delay_s, 2)}

# %% [markdown]
# Less than a second<!-- claim: delay_s < 1 --> after the event, half a trigger and one micro-batch, as the law says. The REST API could have known as much, if anybody had asked it. No batch could.

# %% [markdown]
# ### What *Very hard* costs
# Slide 23 calls the management of this pattern "Very hard", and of the shared DB "Easy". We can put numbers to it only by judgement: how often a part fails, whether anybody can wait until it is repaired, how long somebody works. The table gives minutes a month.

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** A judgement, dressed as a number; undress it.
#
# * **Ask:** "Which of our weights do you not believe?" Change it in `mb.coupling` and see whether the word changes.
# * **Watch for:** the number taken for a measurement. It is the talk's word, made arguable.

# %%
patterns = [mb.SharedDb(), mb.RestApi(), mb.Streaming()]
minutes = {
    type(pattern).__name__: mb.coupling.operator_minutes_a_month(pattern)
    for pattern in patterns
}
pd.Series(minutes).round(1).rename("operator minutes a month").to_frame()

# %% [markdown]
# Twelve hours a month<!-- claim: minutes["Streaming"] / 60 ~ 12 tol 1% --> against next to nothing. A nightly batch that fails has a day of patience; a queue and a job that run day and night have none, and what keeps state is mended slowly (our weights: two failures a month each, three hours of work). With half as many failures and repairs of an hour the stream would cost two hours a month<!-- claim: sum(u.incidents_a_month / 2 for u in mb.Streaming().units) ~ 2 tol 0 -->: still the dearest of the three. And our own night showed that not every outage is worth a pager.
