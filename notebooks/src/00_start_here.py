# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Start here: the shop without a model
# *By the end you can say what a recommendation earns, and read the four numbers that every later lesson uses.*
#
# 15 minutes · needs nothing · slides 1-3
#
# Read from the top, and run every cell as you come to it: Shift and Enter.

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** Arrive, and open the shop.
#
# * **Ask:** "Who has put a model into a product? Who has had to say what it earned?" Two shows of hands. The second is smaller, and it is today's subject.
# * **Do:** run all cells down to "Be the model" together, before you explain anything. Who sees an error now goes to the next rung of the ladder.
# * **Watch for:** somebody who says that a simulated shop proves nothing about theirs. Right: it shows which question to put to yours, because here the answer can be looked up.

# %% tags=["parameters"]
seed: int = 7  # which shop, a whole number from 0
days: float = 14.0  # length of the shop's history in days, 8 to 60; full: 28
users: int = 400  # number of users, 100 to 4000; full: 1000

# %%
import mlbook as mb

# %% [markdown]
# In May 2018 Aki Ariga gave a talk called 仕事ではじめる機械学習, "Machine learning at work". Its third slide puts three blocks together with plus signs: **culture**, **project procedure**, and **hidden technical debt in machine learning systems**. That a product needs all three is our reading of the plus signs. This book follows the talk, and where it can it lets you measure what the talk claims.

# %% [markdown]
# Everything happens in one small online shop. Its users look at items (the *events* below) and now and then visit a page that shows them one recommended item, which they click or do not. The shop is simulated, so we know what nobody knows about a real one: what would have happened with another item.

# %%
world = mb.World(seed=seed, days=days, users=users)
world

# %% [markdown]
# ## Be the model
# Below are ten visitors, one a row. On the left is how often each of them looked at which kind of item in the last two days; such numbers are called **features**. On the right are the six items you may show. Dear items are clicked a little less. Which item would you show to each?

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** Everybody does by hand what a model does. Give ninety seconds for the ten choices, and count the end down aloud. Then the guess, and only then the plot: it gives the answer away.
#
# * **Ask:** "Take the fourth row. What would you show this visitor, and what in the picture told you so?"
# * **Say at the table:** "One row is one visitor: on the left what they looked at, on the right the six items you may show."
# * **Ask**, before the plot: "Out of a hundred visits, how many clicks does a shop get that knows everything?" Let somebody defend a high number and somebody a low one. Count hands into the poll.
# * **Watch for:** guesses near a hundred for the perfect shop. Knowing a visitor's chances is not knowing the visitor's mind: even the best choice is a chance.
# * **Say at the bars:** "The bar is what luck gave you today, the diamond is what your choices are worth."
# * **Watch for:** a proud long bar. The first item for everybody got five clicks in the default shop, and is worth half of that. Ask for both figures, and let the room say which to believe.
# * **Watch for:** a choice by position. The order of the six items means nothing.
# * **If time is short:** the first five rows by hand, the first item for the rest.

# %%
game = mb.explore.BeTheModel(world)
game

# %% [markdown]
# Put ten positions from one to six in place of the three dots, top row first.

# %%
my_picks = [...]  # ten numbers with commas between them

# %% [markdown]
# **Guess first:** a perfect shop knows every visitor's chances, and shows the best of the six. Out of 100 visits, how many end with a click? Put a number in place of the three dots.

# %%
mb.guess("00.perfect", ...)

# %% [markdown]
# (In a class: count the hands, write them into the next cell, and run it once more when the answer is known. Alone, pass it by.)

# %%
mb.poll("00.perfect", {40: 0, 60: 0, 80: 0, 95: 0})

# %% [markdown]
# The next plot counts clicks: yours, those of a shop that picks at random, of one that picks the most popular kind of item, and of the perfect one. The bar is what happened *today*. The diamond is what the same choices get *on average*, if the same ten come again and again.

# %%
game.play(my_picks)

# %% [markdown]
# The bar is choice and luck together: with ten visitors, luck moves it by a click or two in either direction. The diamond is the choice alone. Is yours to the right of *most popular*? Then you turned recent behaviour into a choice, and a model does nothing else.

# %% [markdown]
# ## What there is to win
# Against luck we need more visitors. The next plot counts all visits but those of the first five days, which a model needs to learn from.

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** The same three shops, without the luck; then the poll once more.
#
# * **Say at the bars:** "Everything that we will build lives between the second bar and the last."
# * **Watch for:** "one visit in five, at random? The web gets one in a hundred." Here a visitor has come to a page for this one item; only the order of the bars is to be taken home.

# %%
yardsticks = mb.measure.yardsticks(world)["clicks_per_100"]
mb.charts.YardstickDisplay(yardsticks.to_dict())

# %%
mb.guess("00.perfect", measured=yardsticks["perfect"])

# %% [markdown]
# This is the shop without a model. Popularity is a fair guess, and it earns 31.5 <!-- claim: yardsticks["most popular"] ~ 31.5 tol 0.1 --> clicks per 100 visits; but it shows everybody the same kind of item. And even a perfect choice is clicked only 55 <!-- claim: yardsticks["perfect"] ~ 55 tol 0.5 --> times: chance decides the rest. What we build has to beat the second bar and cannot beat the last.

# %% [markdown]
# ## A model, and four numbers
# A **model** is a formula that turns features into a **score**: how likely is a click on this item? **Training** fits the formula, here a logistic regression, to the clicks of the past days, once a day. Whenever somebody visits, the shop asks the model over the network; that is the talk's first pattern, the REST API.

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** Four numbers, one picture each; write them on the board as they come: wait, age, rank, how sure. Read no code aloud.
#
# * **Ask**, before the second plot: "A shop answers at once, from a table that was made last night. Is it fast? Is it fresh?" Two questions, two answers: that is the one thing they must keep.
# * **Ask**, before the third: "One candidate will be clicked, one will not. In how many of a hundred such pairs does the model put the right one first?"
# * **Say at the waiting times:** "Look at the right end, not at the hill: one visit in a hundred is beyond the last line."
# * **Say at the ages:** "A tooth is one night's table growing old; the flat band at the bottom is the REST API."
# * **Say at the scores:** "The two outlines overlap a lot, and the gap between them is all that the model knows."
# * **Say at the four bars:** "The small gap of the last picture has become this step."
# * **Watch for:** `"nightly"` as the fresh one, because it answers sooner.
# * **Watch for:** "one half would be a bad AUC, so three quarters is a mediocre one". Nobody is paid in AUC: point back at the bars.
# * **If time is short:** say the rows of the report aloud instead of reading the text above it.

# %%
rest = mb.run(mb.RestApi(), world)

# %% [markdown]
# Four numbers describe such a run, and each gets one picture.
#
# **First: how long do users wait?** The plot counts the visits by the time they waited for their answer. Note the scale: each step to the right is about three times as long.

# %%
mb.charts.LatencyDisplay.from_run(rest)

# %% [markdown]
# Half of the visits wait less than **p50**, five in a hundred longer than p95. One in a hundred waits longer than **p99**, here about four times as long<!-- claim: rest.summary()["latency_p99_s"].iloc[0] / rest.summary()["latency_p50_s"].iloc[0] ~ 4 tol 0.3 -->. A mean would hide that hundredth visit.

# %% [markdown]
# **Second: how old is what the answer knows?** A prediction knows the events up to some instant and nothing after it. In the next plot each dot is a visit, and its height is the age of the features behind the answer. Beside the REST API stands the talk's second pattern, which computes all predictions in advance, here once a night.

# %%
nightly = mb.run(mb.SharedDb(), world)
mb.charts.AgeDisplay.from_runs(rest=rest, nightly=nightly)

# %% [markdown]
# This is the **age of the features**, or freshness. (The REST API is not at zero: a job refreshes its features once an hour.) It says nothing about how long the user waits; lesson 07 takes the two apart.

# %% [markdown]
# **Third: how well does it rank?** The six items of a visit are its candidates. Take one that would be clicked and one that would not, from anybody's visits. How often does the model give the first the higher score? That share is the **AUC**. **Guess first:** in how many of 100 such pairs?

# %%
mb.guess("00.pairs", ...)

# %% [markdown]
# The plot shows the scores of both kinds, each outline with the same area.

# %%
mb.charts.RankingDisplay.from_run(rest)

# %%
mb.guess("00.pairs", measured=100 * mb.measure.auc(rest)[0])

# %% [markdown]
# A coin would win half of the pairs, and the model wins 74 <!-- claim: 100 * mb.measure.auc(rest)[0] ~ 74 tol 0.5 --> of 100. The gap between the two outlines looks small. Does it matter? Put the model beside the yardsticks:

# %%
clicks, half_width = mb.measure.clicks_per_100(rest)
mb.charts.YardstickDisplay(yardsticks.to_dict() | {"model": clicks})

# %% [markdown]
# It does: 12 <!-- claim: clicks - yardsticks["most popular"] ~ 12 tol 0.6 --> more clicks per 100 visits than popularity. A modest ranking, used on every visit, takes a good part of what popularity leaves.

# %% [markdown]
# **Fourth: how sure are we?** Here is the whole report of both patterns. The figure after ± is half of a **95 % interval**: a range that misses the true value in one repetition of twenty. (New rows: *event to answer* is how long something a user does needs to reach an answer; *age of the model* is the time since its training read the data.)

# %%
runs = mb.Runs({"rest": rest, "nightly": nightly})
runs

# %% [markdown]
# **Your turn.** Somebody has just begun to look for shoes. Whose next answer is more likely to know it: `"rest"` or `"nightly"`? (Stuck? `mb.hint("00.fresh")`, three times if need be.)

# %%
mb.check("00.fresh", runs=runs, name=...)

# %% [markdown]
# The fresher pattern earns more clicks<!-- claim: (lambda d: d.clicks_per_100 > 2 * d.standard_error)(mb.measure.difference_per_100(rest, nightly)) -->. *This would be wrong if* users' interests never changed: in a shop made with `interest_holds=60 * mb.DAY` less than a third of the gap is left<!-- claim: (lambda w: mb.measure.difference_per_100(mb.run(mb.RestApi(), w), mb.run(mb.SharedDb(), w)))(mb.World(seed=seed, days=days, users=users, interest_holds=60 * mb.DAY)).clicks_per_100 < mb.measure.difference_per_100(rest, nightly).clicks_per_100 / 3 -->.

# %% [markdown]
# ## What would break
# In a real shop there is no bar called *perfect*, and nobody can show the same visitor two different answers at the same moment. A real team sees one number. Before you believe it, ask how wide its interval is and what else changed that day.
#
# ### Then and now

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** Close the laptops halfway.
#
# * **Ask:** "In your own company, which bar of this chart can you draw? Which one can nobody draw?"
# * **Ask:** everybody writes the lesson in one sentence before reading ours. Two people read theirs aloud.
# * **Watch for:** "we always run an A/B test". Then ask how wide its interval was.
# * **Bridge:** "The model was a black box behind a network. We open it now and fill it with visitors."

# %%
mb.then_and_now("00")

# %% [markdown]
# ### In one sentence
# *A recommendation is worth what it earns above the shop without a model, and no single measurement says so without its interval.*
#
# **Next:** lesson 06 opens the REST API and fills it with visitors until it breaks.

# %%
mb.report_card()

# %%
mb.glossary("00")

# %% [markdown]
# ## More, if you have time
# ### How large a part?
# **Your turn.** Of the way from the most popular shop to the perfect one, which share has the model gone? (Stuck? `mb.hint("00.share")`.)

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** One division, and the only one in this lesson.
#
# * **Ask:** "The model gets twelve clicks more than popularity. Is that much?" Let them find out what it has to be compared with.
# * **Watch for:** a share that divides by the perfect bar without taking the popular one off.

# %%
share = ...  # between 0 and 1
mb.check("00.share", run=rest, share=share)

# %% [markdown]
# ### Ten other shops
# The ± counts only the luck of these users in this shop. Another shop has other users and other prices. The next cell opens ten, and measures both patterns in each. It takes some seconds; in the plot each line is one shop, seen twice.

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** Why this book compares on the same visitors.
#
# * **Ask:** "Somebody tried the one pattern last month and the other one this month. What did they compare?"
# * **Say at the ten shops:** "Shops differ as much as patterns do, and still every line leans the same way."
# * **Watch for:** "the two groups hardly mix, so one shop would have done". With this gap, yes; ask what they would have seen if it were half as large.

# %%
others = []
for k in range(1, 11):
    other = mb.World(seed=seed + k, days=8, users=users)
    others.append(mb.compare(other, rest=mb.RestApi(), nightly=mb.SharedDb()))
spread = mb.measure.clicks_by_name(others)
mb.charts.SpreadDisplay(spread)

# %% [markdown]
# The shops differ by 4 <!-- claim: spread["rest"].max() - spread["rest"].min() ~ 4 tol 0.5 --> clicks per 100 visits, as much as the two patterns do. But within a shop the fresher of these two patterns is always ahead<!-- claim: (spread["rest"] > spread["nightly"]).all() -->, and the gaps vary only about half as much as the shops<!-- claim: (spread["rest"] - spread["nightly"]).std() < 0.6 * spread["rest"].std() -->. **Compare inside one world, and most of the luck cancels.** That is why this book compares patterns on the very same visitors.

# %% [markdown]
# ### How many visitors do you need?
# The panel has two shops whose true click rates you set, and gives each as many visitors as you like. It measures them in ten worlds (the title speaks of two thousand). Start with ten visitors, as in your game, then move the slider until you would bet your salary on the better shop.

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** Good for those who are early, and as a warm-up for the chapter on A/B tests.
#
# * **Ask:** "You had ten visitors. Would you have bet your salary on the better shop? At how many would you?"
# * **Say at the panel:** "Each ring is one world; move the slider until the two groups stop mixing."
# * **Watch for:** three times the visitors for a third of the width. Let them try on the panel what twice the visitors does.

# %%
mb.explore.how_sure(visitors=10)

# %% [markdown]
# Four times the visitors give half the interval<!-- claim: mb.explore.how_sure(400).result.half_width / mb.explore.how_sure(100).result.half_width ~ 0.5 tol 1% -->, as long as the visitors are independent of each other: the law of the square root. It is why small improvements need large tests.
#
# **Your turn.** With 100 visitors a shop <!-- source: given for the exercise --> your interval is three times too wide. How many visitors do you need?

# %%
visitors = ...
mb.check("00.visitors", had=100, visitors=visitors)

# %% [markdown]
# ### More clicks, more money?
# The perfect chooser maximised clicks. A shop lives from money. Here are both for the three yardsticks, and a fourth that knows the chances as well and goes for the price times the chance:

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** A discussion, not a computation.
#
# * **Ask:** "Two shops: one has more clicks, one has more money. Which of the two is the better recommender, and who decides it where you work?"
# * **Watch for:** "money, of course". Then ask what dear recommendations do to the visitors of next month; nothing in this table can see it.

# %%
import numpy as np

table = mb.measure.yardsticks(world)
value = world.truth * world.price[world.visits.slate]
late = world.visits.at_s >= world.default_warmup_s
rows, pick = np.flatnonzero(late), value[late].argmax(axis=1)
earned = world.visits.revenue[rows, pick].sum() / (days - 5)
clicked = 100 * world.visits.clicked[rows, pick].mean()
table.loc["perfect for money"] = [clicked, earned]
table.round({"clicks_per_100": 1, "revenue_per_day": -2})

# %% [markdown]
# Fewer clicks, and 26 % <!-- claim: 100 * (table.loc["perfect for money", "revenue_per_day"] / table.loc["perfect", "revenue_per_day"] - 1) ~ 26 tol 1 --> more money. What a model should be perfect *at* is a decision, and no measure of ranking makes it for you. The talk asks what separates academia from industry and answers with one word, "Production" (slides 8-9); that this table is part of the answer is our reading.

# %% [markdown]
# ### How much of this is machine learning?
# We can count it for this library: the lines of the files that train and score (those of federated learning among them, a later chapter), all lines, and the share in percent. **Guess first:** how many percent?

# %% [markdown] tags=["instructor"]
# **Instructor · 3 minutes.** Guess the share before the cell runs.
#
# * **Ask:** "Of all lines of this library, how many in a hundred train and score the model?" Everybody writes a number down.
# * **Watch for:** the wish to call the rest waste. Ask which of those lines could be missing without anybody noticing, and how long it would take until somebody did.

# %%
mb.guess("00.lines", ...)

# %%
from pathlib import Path

folder = Path(mb.__file__).parent
lines = {}
for path in folder.rglob("*.py"):
    lines[path] = len(path.read_text(encoding="utf-8").splitlines())
model = lines[folder / "model.py"]
model += sum(lines[path] for path in lines if path.parent.name == "fedavg")
everything = sum(lines.values())
{"model": model, "all": everything, "%": round(100 * model / everything, 1)}

# %%
mb.guess("00.lines", measured=100 * model / everything)

# %% [markdown]
# Less than a tenth<!-- claim: model / everything < 0.1 -->. The count is honest about lines only; it includes docstrings, and a library for teaching is no production system. But look at what the other lines do: they fetch, schedule, serve, swap, measure and draw. The third block of slide 3 is about what goes wrong in those.
