# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # CI, CD and blue-green deployment
# *By the end you can say how large a canary should be, how long the way back takes, and which bad release no average will show you.*
#
# 25 minutes · lesson 06 helps · slide 24

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** From a slide with a title and a borrowed figure to a question that costs money.
#
# * **Ask:** "When did you last take a release back? How long did it take, from the decision to the last user?" Collect minutes, hours, days.
# * **Say at the drawing:** "Two whole systems and one pointer; the release is the pointer, and so is the way back."
# * **Watch for:** "we have tests". Tests see what somebody thought of; today's releases pass all of theirs.

# %% tags=["parameters"]
seed: int = 11  # which releases and visitors, a whole number from 0
games: int = 100  # games that the rules play, 50 to 1000; full: 400
drop_per_100: float = 1.0  # clicks lost in "Which share?", 0.5 to 2
visits_an_hour: float = 8_000.0  # in all, there; 2000 to 50000
rush_per_s: float = 200.0  # visits a second in the rush, 150 to 250

# %%
import mlbook as mb
import pandas as pd

# %% [markdown]
# Slide 24 names three things, over a figure that it borrowed. **Continuous integration**: a machine checks every change. **Continuous delivery**: what has passed can go to the users at any time. **Blue-green deployment**: two whole systems, and a pointer that says which of them answers.

# %%
mb.charts.Diagram("blue_green")

# %% [markdown]
# The slide gives no numbers; all that we measure here is ours. Three questions: does a release hurt anybody, who finds out and when, and how fast is the way back? For a model they are harder than for a button, because a bad model raises no error. It only earns less.

# %% [markdown]
# ## Be the release captain
# Our shop has 8,000 visits an hour and 5 clicks per 100 of them<!-- source: mlbook/releases/captain.py -->. Three releases wait, A, B and C. All have passed their tests. One is good. One is bad. One is good for most and bad for a *slice* of the visits, those that come by the app: a tenth.
#
# Each begins as a **canary release** on 1 % of the visits. Hour by hour you may hold, grow to 5, 20, 50 and 100 %, or take it back: a **rollback**. At 100 % nobody is left to compare with, so it is final; a mistake is then found after three days, when somebody has complained loudly enough. <!-- source: mlbook/releases/captain.py -->
#
# The panel shows what a captain has: counts. Play all three to the end.

# %% [markdown] tags=["instructor"]
# **Instructor · 9 minutes.** The hero: three minutes of play, in pairs, then the table, then the third release.
#
# * **Do:** let pairs play, one holds the mouse, the other one may say "stop". One seed for the whole room, so that decisions can be compared.
# * **Say at the panel:** "A diamond is one hour of the new version; the smaller it is, the less it knows. The line is everybody else."
# * **Say at the table:** "Above is you, below is the rule; the last column is the price, in clicks, against somebody who knew the truth from the first hour."
# * **Ask**, after the table: "Who shipped the one that is bad for the app? What did you look at?" Nobody has to be ashamed: the rule did, too.
# * **Ask**, before the guess is resolved: "Is the rule unlucky, or blind?" Then the mean over many games.
# * **Say at the two bands:** "Blue says no difference, and it is right. The dashed line says that one visitor in ten is served half as well, and it is right, too."
# * **Watch for:** those who roll everything back. Ask for their hours lost.
# * **Watch for:** "then look at every slice". Ask how many slices their shop has, and what becomes of one time in twenty.
# * **If time is short:** one release a pair, A, B or C.

# %%
game = mb.explore.captain(seed=seed)
game

# %% [markdown]
# (Without buttons: `game.set(A=["hold 6", "grow", "roll back"])` plays by a list of moves, and `game.look(release="A", visits="app")` turns the picture.)
#
# Now the truth, and a rule that has played the same releases. It grows to a fifth and watches an interval for the difference, new minus old, in clicks per 100 visits. All of it below zero: roll back. No loss of more than half a click left in it: on to everybody.
#
# An ordinary 95 % interval may be looked at once. Ours *may be looked at every hour*: in one release of twenty, at most, is it ever wrong.

# %%
rule = mb.releases.Rule()
by_rule = [rule.play(letter, seed) for letter in "ABC"]
players = {"you": game.captains.values(), "rule": by_rule}
mb.releases.score(players).round().convert_dtypes()

# %% [markdown]
# `users_hurt` are visits to a version that was worse for them, `hours_lost` the hours by which a good release came late (with half of the visits, half an hour counts), and `clicks_lost` is the price of both; what other visits win is not set off. (A release that you did not end goes on as it is.)
#
# The rule needed some hours for the good and for the bad one. The third it shipped<!-- claim: [c.ended for c in by_rule if c.truth.name == "bad for the app"] == ["shipped"] -->. Bad luck? **Guess first:** of 100 releases that are bad for the app only, how many does the rule ship?

# %%
mb.guess("11.shipped", ...)

# %% [markdown]
# (In a class: hands up, and write the counts here.)

# %%
mb.poll("11.shipped", {5: 0, 25: 0, 50: 0, 95: 0})

# %%
rules = {
    "all visits": rule,
    "each slice, too": mb.releases.Rule(by_slice=True),
}
costs = mb.releases.mean_costs(rules, games=games, seed=seed)
mb.guess(
    "11.shipped",
    measured=costs.loc[("all visits", "bad for the app"), "shipped_percent"],
)

# %%
costs.loc[["all visits"]].round().astype(int)

# %% [markdown]
# Ninety-five of 100<!-- claim: costs.loc[("all visits", "bad for the app"), "shipped_percent"] ~ 95 tol 5 -->, give or take a few, and hardly a mistake with the other two<!-- claim: costs.loc[("all visits", "good"), "shipped_percent"] > 95 and costs.loc[("all visits", "bad"), "shipped_percent"] < 5 -->. The rule is not unlucky, it is blind. The plot shows why: the difference in clicks as counted hour by hour, with its interval, over all visits and in the app alone, until the rule shipped.

# %%
third = next(c for c in by_rule if c.truth.name == "bad for the app")
mb.charts.GapDisplay.from_captain(third, "app")

# %% [markdown]
# Both lines are right. Nine visitors in ten win a little, one in ten loses half of the clicks; together that is a loss of 0.07 clicks per 100 visits<!-- claim: 0.1 * 2.5 - 0.9 * 0.2 ~ 0.07 tol 0.001 -->, which no interval of a few days can tell from nothing. The app's own line had left zero within hours<!-- claim: 0 < mb.charts.GapDisplay.from_captain(third, "app").found("the app") < 15 -->.
#
# So let the rule look at each slice as well, the web and the app. To be wrong no more often, it shares its one in twenty among three intervals, which makes each of them wider. The table shows both rules, over the same games.

# %%
costs.round().astype(int)

# %% [markdown]
# Looking costs a good release less than two hours <!-- claim: 0 < costs["hours_lost"]["each slice, too", "good"] - costs["hours_lost"]["all visits", "good"] < 2 --> and saves most of the clicks <!-- claim: costs["clicks_lost"]["each slice, too", "bad for the app"] < 0.3 * costs["clicks_lost"]["all visits", "bad for the app"] --> of a release that is bad for the app.
#
# *This would be wrong if* the slice had not been on our list: we looked at the app because we knew. With fifty slices each interval gets a fiftieth of the one in twenty, and a slice ten times smaller takes ten times as long to be heard.
#
# **Your turn.** Suppose that some of 100 releases are bad for the app, and all others good. At least how many must be bad, so that looking at slices pays, counted in clicks?

# %%
bad_of_100 = ...
mb.check("11.pays", costs=costs, bad_of_100=bad_of_100)

# %% [markdown]
# ## Which share?
# A small canary is a careful one. So: the same bad release, 1 click per 100 visits <!-- claim: drop_per_100 ~ 1 tol 0 --> worse for everybody, once with 20 % of the visits and once with 1 %<!-- source: the cell below -->, each taken back as soon as its interval lies below zero.
#
# **Guess first:** by which factor does the small canary hurt fewer visits until then?

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** The small canary that hurts nearly as many.
#
# * **Ask:** "Twenty times smaller: twenty times fewer people hurt?" Most say yes. Write the guesses on the board.
# * **Say at the hook:** "From right to left the canary grows: first it only gets faster, then faster and dearer, and beyond a half slower and dearer."
# * **Ask:** "What is a canary of one percent good for, then?" For what shows at once: crashes, errors, a page that does not come up. A second answer comes with the phones.
# * **Say at the panel:** "To the left is what a small canary costs, to the right what it saves: one curve is steep, the other one is flat."
# * **Watch for:** "with everybody we know soonest". With everybody there is nobody to compare with.

# %%
mb.guess("11.fewer", ...)

# %% [markdown]
# Each dot of the plot is a share of the visits, over 1,000 repetitions<!-- source: the default of mb.releases.canary -->: how long until the release is found, and how many visits it has hurt by then. Each line of the grid is ten times the last.

# %%
shares = [0.01, 0.05, 0.2, 0.5, 0.8, 0.95]
new = 0.05 - drop_per_100 / 100  # clicks a visit; the old version has 0.05
shop = {"usual": 0.05, "new": new, "visits_an_hour": visits_an_hour}
canaries = [mb.releases.canary(share, **shop) for share in shares]
mb.charts.CanaryShareDisplay.from_outcomes(canaries, **shop)

# %%
factor = canaries[2].hurt.mean() / canaries[0].hurt.mean()
mb.guess("11.fewer", measured=factor)

# %% [markdown]
# Not by twenty, but by 1.5<!-- claim: factor ~ 1.5 tol 0.15 -->. To see a difference takes a number of *visits*, and a canary of any size has to collect them. The small one is not gentler, it is slower: 55 hours <!-- claim: canaries[0].hours.mean() ~ 55 tol 3 --> instead of 4<!-- claim: canaries[2].hours.mean() ~ 4 tol 0.3 -->.
#
# The law behind the dashed line: beside an old version with endless visits, the new one needs *n* of them, here 4,400<!-- claim: mb.releases.canary_law(1e-6, **shop)[1] ~ 4400 tol 50 -->. With *N* visits an hour and a share *c*,
#
# > *hours = n / (N c (1 − c))* and *visits hurt = n / (1 − c)*. <!-- source: mb.releases.canary_law -->
#
# Beyond one half the old version becomes the small side of the comparison. A canary of 95 % takes as long as one of 5 %<!-- claim: mb.releases.canary_law(0.95, **shop)[0] / mb.releases.canary_law(0.05, **shop)[0] ~ 1 tol 1% --> and hurts many times as many<!-- claim: canaries[5].hurt.mean() > 10 * canaries[1].hurt.mean() -->; with 100 %<!-- source: c = 1 in the law --> it never ends. (Where few hours decide, the dots lie beside the line: we look once an hour.)
#
# *This would be wrong if* a release did harm that shows at once, a crash or an error page: then a handful of visits is enough, and the smallest canary is the best. In the panel, make the loss smaller and look at the hours.

# %%
mb.explore.canary_share(20, drop_per_100, visits_an_hour)

# %% [markdown]
# Half of the loss takes about four times the visits<!-- claim: 3.5 < mb.releases.canary_law(0.2, new=0.045)[0] / mb.releases.canary_law(0.2, new=0.04)[0] < 4.5 -->. In a shop with a thousand visits an hour, a loss of a fifth of a click per 100 visits stays invisible to a canary of a fifth for more than three weeks<!-- claim: mb.releases.canary_law(0.2, new=0.048, visits_an_hour=1000)[0] > 3 * 7 * 24 -->.
#
# **Your turn.** You may wait four times as long as the quickest canary takes. Which share hurts the fewest visits then, in percent?

# %%
share_percent = ...
mb.check("11.share", share_percent=share_percent)

# %% [markdown]
# ## The switch
# The captain has said yes. Now everybody has to be moved, in the worst minute: a rush of 200 visits a second<!-- claim: rush_per_s ~ 200 tol 0 -->. Four ways, each with a switch and, some time later, a rollback:
#
# * *In place*: the server is stopped, exchanged and started, which takes 20 seconds<!-- source: the cell below -->.
# * *Blue-green*, prepared: green is up and warm before the switch.
# * *Started late*: green is up 20 seconds <!-- source: the cell below --> after the switch.
# * *Still cold*: green is up, but its caches are empty. For 20 seconds each lookup takes 20 ms longer. <!-- source: the cell below -->
#
# **Guess first:** the cold green needs 20 seconds <!-- source: the cell below --> to become warm. For how many seconds do visitors wait longer than a fifth of a second?

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** The slide's own subject: one pointer, and two ways to spoil it.
#
# * **Ask:** "What can go wrong, when nothing is exchanged and only a pointer moves?" Collect: not started, not warm, too small, shut down too soon, another schema.
# * **Say at the strips:** "The second strip is empty, and that is the picture of a good release. In the third green was not ready; in the fourth it was, and nobody could use it."
# * **Ask**, at the last strip: "No request failed. Would your alarm have rung?"
# * **Watch for:** "green needs twice the workers only for a minute". That minute is when everybody looks.
# * **Say at the last table:** "The same decision four times; what differs is who has to move: a pointer, a server, half of the phones of a country."

# %%
mb.guess("11.slow_s", ...)

# %%
world = mb.World(seed=seed, users=400)
begin = 8 * mb.DAY
switch, back = begin + 40, begin + 100
rush = world.rush(at=begin, lasting=140, rate_per_s=rush_per_s)

# %%
api = mb.RestApi()
release = mb.BlueGreen(
    blue=api, green=api, switch_at=switch, roll_back_at=back
)
late = release.but(starts_before=release.start_takes - 20)
cold = mb.slow("green/feature_db", at=switch, lasting=20, by=20 * mb.MS)
away = [mb.down("api", at=at, lasting=20) for at in [switch, back]]

# %% [markdown]
# The plot has one strip for each way, over the seconds of the rush. Height is the share of the visits; hatched: no answer; plain: a slow one.

# %%
ways = {
    "in place": mb.run(api, rush, faults=away),
    "blue-green": mb.run(release, rush),
    "started late": mb.run(late, rush),
    "still cold": mb.run(release, rush, faults=[cold]),
}
moments = {"switch": switch, "rollback": back}
mb.charts.SwitchDisplay.from_runs(ways, moments)

# %%
slow_s = mb.releases.seconds_slow(ways["still cold"], since=switch)
mb.guess("11.slow_s", measured=slow_s)

# %%
missed = mb.releases.switch_costs(ways, moments)
missed

# %% [markdown]
# Exchanged in place, two times about 4,000 visits <!-- claim: missed.loc["in place", ("switch", "failed")] ~ 4000 tol 6% --> got nothing. Prepared blue-green lost none, there and back<!-- claim: missed.loc["blue-green", [("switch", "failed"), ("rollback", "failed")]].sum() == 0 -->.
#
# What is bought is not the switch but the *preparation*. A green that is started late loses as many as the exchange in place<!-- claim: missed.loc["started late", ("switch", "failed")] ~ 4000 tol 6% -->. A cold one answers everybody, and keeps thousands waiting<!-- claim: missed.loc["still cold", ("switch", "slow")] > 2000 -->: four workers<!-- claim: api.workers ~ 4 tol 0 -->, enough for warm lookups, are too few for cold ones. A line grows, and it outlives its cause: visitors wait for 30 seconds<!-- claim: slow_s ~ 30 tol 3 -->, half as long again as the caches took.
#
# *This would be wrong if* it were quiet: at a hundred visits a second even the cold green keeps up<!-- claim: 100 * (api.service.mean + api.lookup.mean + cold.by_s) < api.workers -->. So rehearse under load.
#
# **Your turn.** How many workers must green have at least, so that in this rush also a cold one keeps up? (What a request takes is in `api.service.mean`, `api.lookup.mean` and `cold.by_s`, in seconds.)

# %%
workers = ...
mb.check(
    "11.workers",
    run=ways["still cold"],
    rush_per_s=rush_per_s,
    workers=workers,
)

# %% [markdown]
# ### The way back, in seconds
# The same decision, "back to the version before", for four ways to deliver: how long until the old one answers everybody again? For a canary the share is set to zero. For an app on phones the old version is sent as a new release, a day after the bad one went live; there we count until half of the phones that have the bad one are rid of it, by the law of lesson 09.

# %%
steps = ((switch, 0.2), (back, 0.0))
canary = mb.Canary(current=api, candidate=api, steps=steps)
moved = {name: ways[name] for name in ["blue-green", "in place"]}
moved["canary"] = mb.run(canary, rush)

# %%
from mlbook.units import duration

back_s = {n: mb.releases.seconds_back(run, back) for n, run in moved.items()}
back_s["an app on phones"] = mb.releases.seconds_on_phones(mb.MobileApp())
pd.DataFrame({"the way back": {n: duration(s) for n, s in back_s.items()}})

# %% [markdown]
# From a blink<!-- claim: back_s["blue-green"] < 0.5 and back_s["canary"] < 0.5 --> to more than two days<!-- claim: 2 < back_s["an app on phones"] / mb.DAY < 3 -->. And while the way back takes *T*, a canary goes on hurting: *N c T* visits more. With a pointer that is nothing. With phones, a fifth of the visits and our shop it is about 90,000<!-- claim: 8000 * 0.2 * back_s["an app on phones"] / mb.HOUR ~ 90000 tol 3% -->, against 6,000 <!-- claim: canaries[2].hurt.mean() ~ 6000 tol 10% --> during the looking. Here is what a canary of one in a hundred is for: *a way back that is slow*.

# %% [markdown]
# ## What would break
# * **The average that hides a slice.** Write down the slices before the release, and share the one in twenty among them.
# * **A release with nothing beside it.** Who goes to everybody at once compares with last week, and last week had other weather.
# * **A green that nobody has used.** Start it, warm it, send it a copy of the traffic, then switch.
# * **A way back that was never walked.** Roll back on a quiet day, with a watch.
#
# ### Then and now

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** What they will ask on Monday.
#
# * **Ask:** "Which release of yours cannot be taken back?" Phones, e-mails, a changed table, a price that was shown.
# * **Ask:** one sentence on paper, before ours is read.
# * **Watch for:** names of tools. Every tool asks for a share, a measurement and a limit; that is where today's numbers go.

# %%
mb.then_and_now("11")

# %% [markdown]
# ### In one sentence
# *A release is a question to the users: ask enough of them to hear the answer, look at the slices that you would be ashamed of, and keep the way back shorter than your patience.*
#
# **Next:** the captain compared two versions at the same time, by chance and fairly. What else can go wrong with such a comparison is the subject of lesson 02.

# %%
mb.report_card()

# %%
mb.glossary("11")

# %% [markdown]
# ## More, if you have time
# ### The same code, other data
# A model has two sources, code and data, and only one of them is usually checked. `mb.monitoring.Gate` compares the rows that a training would read with those of the last good build: columns, number of rows, missing values, how far each column has moved (the largest gap between two cumulative shares, 0 to 1; ours may move by 0.15<!-- source: the cell below -->). The code below stays the same five times. <!-- source: the five builds in the cell below -->

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** A red build without a change of the code.
#
# * **Ask:** "Whose fault is a red build, when nobody has committed anything?" That is why somebody has to be named for it before.
# * **Ask:** "Which of these would your training have noticed by itself?" Only the renamed column: the others train without a word.
# * **Watch for:** a limit that is so tight that every Monday is red. Ask who still reads it after a month.

# %%
import numpy as np
from mlbook.faults import written

last = mb.monitoring.training_rows(world, 8 * mb.DAY)
today = mb.monitoring.training_rows(world, 12 * mb.DAY)
lost = mb.drop("activity_log", at=7 * mb.DAY, lasting=5 * mb.DAY, share=0.5)
half = written(world, [lost], seed).seen_through(world)
builds = {
    "as usual": today,
    "a column renamed": today.rename(columns={"item_value": "price"}),
    "prices in thousands": today.assign(
        item_value=today["item_value"] - np.log(1000)
    ),
    "one day of the four": today.tail(len(today) // 4),
    "half of the events lost": mb.monitoring.training_rows(half, 12 * mb.DAY),
}

# %%
gate = mb.monitoring.Gate(moved_at_most=0.15)
verdicts = {name: gate.data(rows, last) for name, rows in builds.items()}
pd.Series({name: verdict.passed for name, verdict in verdicts.items()})

# %%
checks = pd.concat({name: v.table() for name, v in verdicts.items()})
checks.loc[~checks["passed"], ["name", "about", "says"]].droplevel(1)

# %% [markdown]
# Four red builds<!-- claim: sum(not v.passed for v in verdicts.values()) ~ 4 tol 0 -->, and the ordinary change of four days passes<!-- claim: verdicts["as usual"].passed -->. The reason names the column; where to look is half of the repair. In a pipeline it is one line of a test: `assert verdict.passed, verdict.reasons`.
#
# A limit needs the ordinary change first. Here four quiet days move one column by 0.10<!-- claim: max(c.value for c in verdicts["as usual"].checks if c.name == "distribution") ~ 0.10 tol 0.015 -->. With the gate's usual limit, which is as much<!-- claim: mb.monitoring.Gate().moved_at_most ~ 0.1 tol 0 -->, the shop of `seed=2` <!-- claim: not mb.monitoring.Gate().data(*(mb.monitoring.training_rows(mb.World(seed=2, users=400), day * mb.DAY) for day in (12, 8))).passed --> is red without a fault.
#
# *This would be wrong if* the last good build had not been good: the gate compares with it, and with nothing else. And it sees columns, not rows: clicks that have slipped by one row pass<!-- claim: gate.data(today.assign(clicked=np.roll(today["clicked"], 1)), last).passed -->. Those take the model's own check, the next section.

# %% [markdown]
# ### How strict?
# The other half of the gate asks whether the new model is no worse than the one in use by more than 0.005 <!-- source: the default of mb.monitoring.Gate --> of log loss, on a hold-out that neither has seen. It passes when an interval says so with 95 % confidence<!-- source: the default of mb.monitoring.Gate -->. **Guess first:** with 2,000 rows <!-- source: the cell below --> of hold-out, how many of 100 models that are exactly as good as the old one does it block?

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** A gate has two errors, and only one of them is ever talked about.
#
# * **Ask:** "When did your gate last block a good model? How would you know?" Nobody ever finds out.
# * **Say at the curves:** "Along a curve one error is traded for the other; only more rows bring you to another curve."
# * **Watch for:** those who want to move the mark only. Ask what it costs to label ten times as many rows.

# %%
mb.guess("11.blocked", ...)

# %% [markdown]
# The plot lets good models (as good as the one in use) and bad ones (worse by a hundredth of log loss) knock at the gate, 300 of each <!-- source: the cell below --> for each size of the hold-out. Along a line the gate becomes stricter.

# %%
curves = {
    f"{rows:,} rows": mb.monitoring.gate_curve(rows, candidates=300)
    for rows in [500, 2_000, 20_000]
}
mb.charts.GateDisplay(curves)

# %%
shipped, blocked = curves["2,000 rows"].at(0.95)
mb.guess("11.blocked", measured=100 * blocked)

# %% [markdown]
# More than four of five<!-- claim: blocked > 0.8 -->. The gate ships almost no bad model<!-- claim: shipped < 0.03 -->, and almost none at all: it asks for proof that two thousand rows cannot give. With ten times as many rows it blocks every fourth<!-- claim: curves["20,000 rows"].at(0.95)[1] ~ 0.24 tol 0.06 -->. The dashed lines are the normal law: four times the rows bring the two kinds twice as far apart.
#
# (A blocked model is not seen again, so this error leaves no trace. Count how many are blocked, and look at some of them by hand.)

# %% [markdown]
# ### A column is renamed while both colours live
# Blue-green keeps two versions of the program alive over one database. Now a column gets another name. Blue knows the old one, green the new one. The plot shows who is refused when the column is renamed in one step, shortly before the switch, and when it is done in three: **expand** (add the new column, fill both), switch, **contract** (drop the old one) much later.

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** The database has no green.
#
# * **Ask:** "Both colours, one table. Which of the two is broken between the rename and the switch? And after the rollback?"
# * **Say at the two plateaus:** "The first one is short, because the switch comes soon; the second is the way back that is none."
# * **Watch for:** "then rename at the switch". Ask what the rollback would read.

# %%
calm = world.rush(at=begin, lasting=140, rate_per_s=20)
end, before = calm.horizon_s, switch - 10
plans = {
    "in one step": mb.releases.Migration(new_from=before, old_until=before),
    "expand, contract": mb.releases.Migration(new_from=before, old_until=end),
}
renamed = {
    name: mb.run(release, calm, faults=plan.faults(until=end))
    for name, plan in plans.items()
}
mb.charts.StatusDisplay.from_runs(renamed, "schema", bins=70)

# %% [markdown]
# In one step, blue fails from the rename until the switch, and again after the rollback<!-- claim: mb.charts.StatusDisplay.from_runs(renamed, "schema").total["in one step"] > 0.2 -->: there is no way back. In three steps nobody is refused<!-- claim: mb.charts.StatusDisplay.from_runs(renamed, "schema").total["expand, contract"] ~ 0 tol 0 -->.
#
# **Your turn.** When may the old column be dropped: `"before the switch"`, `"at the switch"` or `"when blue is shut down"`?

# %%
when = ...
mb.check("11.contract", when=when)
