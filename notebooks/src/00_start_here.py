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

# %% tags=["parameters"]
seed: int = 7  # which shop, a whole number from 0
days: float = 14.0  # length of the shop's history in days, 8 to 60
users: int = 400  # number of users, 100 to 4000

# %%
import mlbook as mb

# %% [markdown]
# In May 2018 Aki Ariga gave a talk called 仕事ではじめる機械学習, "Machine learning at work". Its third slide puts three blocks together with plus signs: **culture**, **project procedure**, and **hidden technical debt in machine learning systems**. That a product needs the sum of all three is our reading of the plus signs.
#
# This book follows the talk, slide by slide. Where it can, it lets you measure what the talk claims.

# %% [markdown]
# Everything happens in one small online shop. Users look at things, come back, are shown one recommendation, and click on it or do not. The shop is simulated, so we know what nobody knows about a real one: what would have happened if we had shown something else.

# %%
world = mb.World(seed=seed, days=days, users=users)
world

# %% [markdown]
# ## Be the model
# Below are ten visitors, one a row. On the left is what each of them looked at in the last two days. On the right are the six items you may show; such a list is called a **slate**. Which item would you show to each?

# %%
game = mb.explore.BeTheModel(world)
game

# %% [markdown]
# Write down ten numbers from 1 to 6, top row first. The ones below are only a placeholder: they show everybody the first item.

# %%
my_picks = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]  # change me

# %% [markdown]
# The next plot counts clicks: yours, those of a shop that picks at random, of one that always picks the most popular kind of item, and of a perfect one that knows what each visitor wants. The bar is what happened. The diamond is what would happen on average if the same ten came again and again.

# %%
game.play(my_picks)

# %% [markdown]
# If you looked at the left table before you picked, your diamond is probably far to the right of the random one. You have just done by hand what a model does: you turned recent behaviour into a choice.
#
# Your bar is another matter. With ten visitors, luck moves it by a click or two in either direction. We need more visitors.

# %% [markdown]
# ## What there is to win
# From here on we leave out the first five days, which a model needs to learn from, and count all visits after them. **Guess first:** out of 100 visits, how many clicks does the random shop get, and how many the perfect one?

# %%
yardsticks = mb.measure.yardsticks(world)
mb.charts.YardstickDisplay(yardsticks["clicks_per_100"].to_dict())

# %% [markdown]
# This is the shop without a model. Whatever we build has to beat the first two bars and cannot beat the last: even a perfect choice is not always clicked. The same three in money, for those who pay the bills:

# %%
yardsticks.round(1)

# %% [markdown]
# Is the order by money the same as the order by clicks? Keep the question: what academia measures and what production earns (slides 8-9) are not always the same.

# %% [markdown]
# ## Four numbers
# Now a model. It is a real logistic regression, trained every day on four days of clicks, and it answers through a REST API, which is the talk's first pattern. Lesson 06 opens it up; here we only read its numbers. There are four of them, and each gets one picture.

# %%
rest = mb.run(mb.RestApi(), world)

# %% [markdown]
# **First: how long do users wait?** The plot shows every visit's waiting time. Note the scale: each step to the right is about three times as long.

# %%
mb.charts.LatencyDisplay.from_run(rest)

# %% [markdown]
# Half of the users wait less than **p50**. One in a hundred waits longer than **p99**. The mean hides that hundredth user, so we will rarely look at it.

# %% [markdown]
# **Second: how old is what the answer knows?** A prediction knows the events up to some instant and nothing after it. In the next plot each dot is a visit, and its height is the age of the data behind the answer. Beside the REST API stands the talk's second pattern, which computes all predictions once a night.

# %%
nightly = mb.run(mb.SharedDb(), world)
mb.charts.AgeDisplay.from_runs(rest=rest, nightly=nightly)

# %% [markdown]
# The talk calls this row "latency for prediction from getting new data". We say **age of the features**, or freshness, because it has nothing to do with how long the user waits. The two are easily mixed up; lesson 07 puts them on one plot.

# %% [markdown]
# **Third: how well does it rank?** Take a candidate that would be clicked and one that would not. How often does the model give the first the higher score? That share is the **AUC**. The plot shows the scores of both kinds.

# %%
mb.charts.RankingDisplay.from_run(rest)

# %% [markdown]
# A coin would win half of the pairs. The gap between the two outlines looks small, yet it is all the model has, and it moves the clicks a long way, as the bars will show in a moment.

# %% [markdown]
# **Fourth: how sure are we?** Here is the whole report of both patterns. The figure after ± is the half width of a **95 % interval**.

# %%
runs = mb.compare(world, rest=mb.RestApi(), nightly=mb.SharedDb())
runs

# %% [markdown]
# An interval is a promise about other worlds, and other worlds are something we have. The next cell makes ten of them, each with other users and other luck, and measures both patterns in every one. It takes a few seconds.

# %%
others = []
for k in range(1, 11):
    other = mb.World(seed=seed + k, days=8, users=users)
    others.append(mb.compare(other, rest=mb.RestApi(), nightly=mb.SharedDb()))
mb.charts.SpreadDisplay(mb.measure.clicks_by_name(others))

# %% [markdown]
# Each circle is one world; the diamond is their mean. One circle alone could have told you almost any story. All ten together tell one: whoever serves fresher data gets more clicks in this shop.
#
# *This would be wrong if* users' interests never changed. Then yesterday's data would be as good as today's; try `mb.World(seed=seed, interest_holds=60 * mb.DAY)`.

# %% [markdown]
# ## How many visitors do you need?
# The panel has two shops whose true click rates you set. It measures each with as many visitors as you like, in ten worlds. Start with ten visitors, as in your game, then move the slider until you would bet your salary on the better shop.

# %%
mb.explore.how_sure(visitors=10)

# %% [markdown]
# Four times the visitors give half the interval: that is the law of the square root, and it is why small improvements need large tests. A later lesson, on A/B tests, lives off it.

# %% [markdown]
# ## What would break
# In a real shop there is no row called *perfect*, and nobody can show the same visitor two items at once. So real teams see one circle, on one day, with one pattern running. Before you believe such a circle, ask how wide its interval is and what else changed that day.
#
# ### In one sentence
# *A recommendation is worth what it earns above the shop without a model, and no single measurement says so without its interval.*
#
# **Next:** lesson 06 opens the REST API and fills it with visitors until it breaks.

# %%
mb.glossary("00")

# %% [markdown]
# # More, if you have time
# ### How much of this is machine learning?
# A figure often quoted in this field says that only a small part of a real ML system is ML code. We can count instead of quoting: here are the lines of this very library that train and score, beside all the others.

# %%
from pathlib import Path

folder = Path(mb.__file__).parent
lines = {}
for path in folder.rglob("*.py"):
    lines[path] = len(path.read_text(encoding="utf-8").splitlines())
{"model.py": lines[folder / "model.py"], "all": sum(lines.values())}

# %% [markdown]
# The count is honest about one thing only: lines. It includes docstrings, and a library for teaching is no production system. But look at what the other lines do: they fetch, schedule, serve, swap, measure and draw. That is the technical debt of slide 3, before any of it has gone wrong.
