# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The four patterns compared
# *By the end you can compute the talk's table yourself, say which of its words stand on a measurement and which on a belief, and recommend a pattern to a team, with the number that would change your mind.*
#
# 30 minutes · lessons 06 and 07 help, 08 and 09 too · slide 23

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** From four systems to one page.
#
# * **Ask:** "Who has ever been shown a comparison table in which the author's own tool did not win?" A short laugh, and the question of the lesson: what stands behind a word in a cell?
# * **Watch for:** those who did not do the four lessons before. They can follow: every pattern is a name with four numbers here.

# %% tags=["parameters"]
daily_requests: float = 20_000.0  # requests on a day, 100 to 1e9
freshness_need_s: float = 7_200.0  # event known within … seconds, 0.1 to 1e6
answer_need_s: float = 0.5  # answer within … seconds, 0.001 to 100
click_worth: float = 1.0  # yen that one more click brings, 0.01 to 1000
seed: int = 7  # which shop, a whole number from 0
users: int = 400  # number of users, 100 to 4000; full: 1000

# %%
import mlbook as mb
import pandas as pd

# %% [markdown]
# ## The table, computed
# Slide 23 compares the four patterns in eight rows: how each trains, predicts and delivers, how soon it knows something new, how long a prediction may take, how tightly it is coupled to the app, whether it dictates a language, and how hard it is to manage. Every cell holds a word or two, and no number.
#
# We have built the four. So let us fill the cells with measurements, turn those into words, and count. **Guess first:** of the 32 <!-- source: eight rows by four columns of slide 23 --> cells, in how many will our word be the talk's?

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** The table. The surprise is not the count; it is the last column of the next table.
#
# * **Ask:** "Eight rows, four columns. In how many cells will a simulation say what the speaker said?" Hands into the poll.
# * **Say at the table:** "A tick means that a number, cut into words by us, came out as the word on the slide."
# * **Ask**, before you scroll on: "What would you have to know before you believe these ticks?" Somebody will say: who made the cuts. Stay there.
# * **Watch for:** applause for the count. We built it knowing the slide. Say so before they do.
# * **Watch for:** the row that the slide does not have. Model freshness is ours; the phone's number is the one to remember.

# %%
mb.guess("10.agree", ...)

# %% [markdown]
# (In a class: hands up, and write the counts here. Run the cell once more when the answer is known.)

# %%
mb.poll("10.agree", {16: 0, 24: 0, 28: 0, 32: 0})

# %% [markdown]
# The next cell lets the four serve the very same visitors, with the knobs as the lessons before left them. In the table, ✓ stands before a word that is the talk's. The row *model freshness* is not on the slide.

# %%
world = mb.World(seed=seed, users=users)
nightly = mb.SharedDb()
runs = mb.compare(
    world,
    rest=mb.RestApi(),
    nightly=nightly,
    stream=mb.Streaming(),
    mobile=mb.MobileApp(),
)
table = runs.talk_table()
table

# %%
agree = int(table["agrees"].dropna().sum())
mb.guess("10.agree", measured=agree)

# %% [markdown]
# All of them<!-- claim: agree ~ 32 tol 0 -->. Before you are impressed: the cuts between the words are ours, and whoever sets the cuts knows the slide. Agreement alone proves little. What can be asked is *what each word stands on*, and how far a cut or a belief may move before the word changes.

# %% [markdown]
# ## What a word stands on
# The table has a column `basis`. **By construction** means that the word follows from the wiring: a batch trains by batch. **Measured** means that it was read off the request log. **Judged** means that it also needs weights that somebody has to believe, such as how often a part fails.

# %% [markdown] tags=["instructor"]
# **Instructor · 8 minutes.** Words, cuts and beliefs: the heart of the lesson for everybody who writes such tables.
#
# * **Ask**, at the exercise: "Which cells would change although nobody touches any system?"
# * **Say at the line:** "The diamonds are measurements. The dashed lines are ours, and between two diamonds a line may stand anywhere."
# * **Ask**, at the line: "Which of these cuts would you not dare to defend?" The one that stands close to a diamond.
# * **Say at the second line:** "Nobody measured these minutes. They are incidents times minutes, and both were put in by hand."
# * **Watch for**, in the exercise on the feature job: fifteen minutes. It forgets that the job itself takes time, and that the row asks for ninety-five events of a hundred.
# * **Watch for:** "so REST is So so". A pattern has no freshness; a pattern with its knobs has.

# %%
said = table[table["talk_word"] != ""]
said.groupby(["basis", "row"], sort=False).size()

# %% [markdown]
# **Your turn.** Of the talk's cells, how many can change their word although nobody touches any system, because somebody believes other numbers?

# %%
cells = ...
mb.check("10.judged", table=table, cells=cells)

# %% [markdown]
# **Guess:** from an event until an answer knows it, the slowest of the four needs how many times as long as the quickest?

# %%
mb.guess("10.times", ...)

# %% [markdown]
# Now the cuts. The plot shows the row *Latency for prediction from getting new data*: the time from an event until an answer knows it, for 95 of 100 <!-- source: the row is p95, see mb.measure.talk_rows --> events. Diamonds are measurements, dashed lines our cuts; every step to the right is a multiplication.

# %%
mb.charts.WordsDisplay.from_table(table, "latency from new data")

# %%
lag_s = said[said["row"] == "latency from new data"]["value"]
mb.guess("10.times", measured=lag_s.max() / lag_s.min())

# %% [markdown]
# Seconds, a quarter of an hour, an hour, a day: the four lie so far apart that words are kind to them, and most cuts have room. One does not. The phone is at 14 minutes<!-- claim: said.set_index(["row", "pattern"])["value"]["latency from new data", "mobile"] / mb.MINUTE ~ 14 tol 6% -->, and the cut behind it is a quarter of an hour. The next table says for each cut of the book between which values it may stand, alone, before any word changes.

# %%
ranges = runs.word_ranges()
cuts = ranges[ranges["knob"].str.startswith("cuts.")]
cuts.groupby(["knob", "value", "unit"]).agg(
    low=("low", "max"), high=("high", "min")
).round(3)

# %% [markdown]
# The first cut may stand anywhere between a second and a quarter of an hour; it says something about the patterns. The word *Low* for the phone rests on a cut that may not come down by more than a tenth<!-- claim: 0.85 < cuts[cuts["knob"] == "cuts.low"]["low"].max() / 900 < 0.95 -->; it says something about the cut. (The shared DB is measured with two periods, six hours and a day, because the slide gives a range there.)

# %% [markdown]
# ### A word that a belief decides
# The next plot is the row *System management difficulty*, in expected minutes a month in which somebody is called because something cannot wait.

# %%
mb.charts.WordsDisplay.from_table(table, "management difficulty")

# %% [markdown]
# Nothing here was measured. The minutes are a product: incidents a month, the share of the time in which a unit can fail, the chance that the repair takes longer than the failure may wait, and the minutes of a repair. The nightly batch wins because it can wait until tomorrow; the stream loses because its queue and its job never may, and because we believe that what keeps state fails twice as often and takes three hours. Believe one hour and one incident, and the stream is:

# %%
calm = mb.coupling.operator_minutes_a_month(mb.Streaming()) / 2 / 3
mb.experiment.talk_table.Cuts().difficulty(calm)

# %% [markdown]
# ### A word that a knob decides
# And the measured words? The REST API knows an event late because a job refreshes its features once an hour and takes ten minutes. An event waits for the next start of the job, at any time within its period *T*, and then for the job itself, *D*. So 95 of 100 <!-- source: the row is p95 --> events are known within *D* and 0.95 <!-- source: of an even wait, 95 of 100 are shorter than 0.95 of the period --> of *T*<!-- claim: said.set_index(["row", "pattern"])["value"]["latency from new data", "rest"] / (10 * mb.MINUTE + 0.95 * mb.HOUR) ~ 1 tol 1% -->.
#
# **Your turn.** Somebody makes the job faster: it takes two minutes now. At most how many minutes may lie between two starts, so that the word becomes *Low*, 15 minutes <!-- source: Cuts().low, a choice of ours --> or less?

# %%
every_min = ...
mb.check("10.low", every_min=every_min)

# %% [markdown]
# Here is one that runs every ten minutes. The table shows its column beside that of the usual one.

# %%
quick = mb.RestApi(features_every=10 * mb.MINUTE, features_takes=2 * mb.MINUTE)
mb.compare(world, usual=mb.RestApi(), quick=quick).talk_table()

# %% [markdown]
# The cross is no mistake of the slide<!-- claim: mb.compare(world, quick=quick).talk_table().set_index("row")["word"]["latency from new data"] == "Low" -->. A column of the table is a pattern *with its usual knobs*. That is our reading; the slide does not say which knobs it had in mind, and gives a range in one cell only.

# %% [markdown]
# ## From a table to a choice
# A table compares; it does not choose. For a choice you need two more things: what must be (**needs**, each met or not), and what things are worth (**beliefs**). The cell below adds two variants to the four, an hourly batch and a phone that downloads its models, and asks for the needs in the parameters cell.

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** The table becomes a decision, and the decision gets a price tag.
#
# * **Ask:** "From how many requests a day would you run a stream instead of an hourly table?" Collect orders of magnitude.
# * **Say at the bars:** "Blue is what better clicks bring, hatched is what running it costs, the diamond is what is left."
# * **Say at the ranges:** "The bar is how far you may be wrong before the choice changes."
# * **Do:** let somebody set the freshness to five seconds, and somebody else make the shop a hundred times as large. Same choice, two reasons.
# * **Ask:** "Which of these numbers do you know at work, and whom would you ask for the others?"
# * **Watch for:** those who argue with our prices. Good: hand them the slider.

# %%
several = {
    **runs,
    **mb.compare(
        world,
        hourly=nightly.but(
            predict_every=1 * mb.HOUR, predict_takes=10 * mb.MINUTE
        ),
        download=mb.MobileApp(delivery="download"),
    ),
}
needs = mb.decision.Needs(
    daily_requests=daily_requests,
    freshness_s=freshness_need_s,
    answer_s=answer_need_s,
)
beliefs = mb.decision.Beliefs(click_worth=click_worth)
choice = mb.decision.decide(several, needs, beliefs)
choice

# %% [markdown]
# The rule is short. Who misses a need is out. Of the others that one is recommended which leaves most after machines, repairs and forced releases of the app are paid from the clicks that it earns *beyond those of the most popular item*. When nothing is left, the recommendation is **no model**.

# %%
choice.table().round()

# %% [markdown]
# The bars show what there is to pay from: what each of them earns, and what the shop would earn without any model.

# %%
popular = mb.measure.yardsticks(world)["clicks_per_100"]["most popular"]
clicks = {
    name: mb.measure.clicks_per_100(run)[0] for name, run in several.items()
}
mb.charts.YardstickDisplay({"most popular item": popular, **clicks})

# %% [markdown]
# **Guess:** the hourly batch and the stream differ by a click or two in a hundred, and by tens of thousands of yen a month. From how many requests a day on does the stream leave more than the hourly batch?

# %%
mb.guess("10.requests", ...)

# %%
pair = {name: several[name] for name in ["hourly", "stream"]}
duel = mb.decision.decide(
    pair, mb.decision.Needs(daily_requests=20_000), beliefs
)
from_daily = duel.flip("daily_requests")["above"]
mb.guess("10.requests", measured=from_daily)

# %%
f"{from_daily:,.0f} requests a day"

# %% [markdown]
# About 190,000<!-- claim: from_daily ~ 190000 tol 10% -->. A large shop pays for its stream with better clicks; a small one pays for a stream that it cannot fill. Slide 23 has no row for size, and for this choice it may be the one that matters most.
#
# In the panel, the bars are yen for each thousand requests: what the clicks bring, what it costs (hatched), what is left (the diamond). Grey is out. On the right is how far each slider may move before another pattern is recommended. Which need throws the choice over first?

# %%
mb.explore.needs(choice)

# %% [markdown]
# **Your turn.** With the numbers of `choice.table()`: how many yen must one click be worth at least, so that the stream leaves as much as the hourly batch, at the requests of your parameters cell?

# %%
money = choice.table()
clicks = money["clicks"] / click_worth  # more clicks a month
costs = money["clicks"] - money["net"]  # yen a month
worth_yen = ...
mb.check("10.worth", choice=choice, worth_yen=worth_yen)

# %% [markdown]
# Two crossing lines, no more: a click's worth times the better clicks, against the higher costs. Every value at which a choice flips is of this kind, and it can be told to people who will never read the table. The next cell writes the page for Monday's meeting, with the choice, the runner-up, the flip points and the first alarm to build.

# %%
str(choice.write("decision.md"))

# %% [markdown]
# Before you build a stream: which half of it earns the lead? The next cell takes it apart as lesson 08 does. `mixed` streams the features and trains its model once a day, like the batch. The table adds up the lead, in clicks per 100 visits.

# %%
mixed = mb.run(
    mb.Streaming(
        trains_by="batch", train_every=mb.DAY, train_takes=30 * mb.MINUTE
    ),
    world,
)
features = mb.measure.difference_per_100(mixed, several["hourly"])
model = mb.measure.difference_per_100(several["stream"], mixed)
pd.DataFrame([features, model], index=["features by streaming", "model, too"])

# %% [markdown]
# The seconds by which a stream knows an event earlier bring the smaller part<!-- claim: features.clicks_per_100 < 0.5 * model.clicks_per_100 -->. Most comes from its *model*, renewed every half hour instead of once a day. So train the batch more often first: `nightly.but(train_every=2 * mb.HOUR)` needs no new system.
#
# *This would be wrong if* the taste of the shop stood still: try `mb.World(seed=seed, taste_drift=0)`.

# %% [markdown]
# ## Blind tasting
# Now without the name on the door. `mb.mystery` hides one of the book's patterns: the talk's four, federated learning, or a model inside the web application, with knobs that you do not know. Five probes show how it behaves from outside. Use as few as you need, and name it.

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** A game with a method. Everybody with the same seed has the same system before them, so let groups compete: fewest probes wins.
#
# * **Do:** set another `seed` for the class, and keep the cells of the probes unrun until a group asks for one.
# * **Ask**, before each probe: "Which candidates would it separate?" That is the whole skill.
# * **Say:** "The renamed column halves the field: either the app has the model built in, or it does not."
# * **Say:** "The outage counts who must be up at once: three parts for a REST API, one for a table or a stream, two for a model inside the web application, one for a phone."
# * **Watch for:** "it is fast, so it is a stream". An hourly table answers as fast, and a phone knows its own events at once.
# * **Watch for:** those who stop at two candidates. A phone and a federated phone differ in the new model only.

# %%
taste = mb.mystery(seed)

# %% [markdown]
# A user looks at an item. How long until an answer differs because of it?

# %%
taste.send_an_event()

# %% [markdown]
# Each part in turn is down for an hour at noon. Which share of that hour's visits fails? (The letters hide the parts' names.)

# %%
taste.kill_a_part()

# %% [markdown]
# A user does nothing for a day, and asks the same thing every ten minutes. How often does the answer differ from the one before?

# %%
taste.wait_a_day()

# %% [markdown]
# At noon the data scientists begin to train another model. When does the first visitor get its answers, and when does the last one get those of the old kind?

# %%
taste.ship_a_model()

# %% [markdown]
# A column that the features are made from gets another name. Who has to be built anew?

# %%
taste.rename_a_column()

# %% [markdown]
# **Your turn.** Name it: `"RestApi"`, `"SharedDb"`, `"Streaming"`, `"MobileApp"`, `"Federated"` or `"InProcess"`. Then look with `taste.reveal()`, and try another seed.

# %%
pattern = ...
mb.check("10.mystery", taste=taste, pattern=pattern)

# %% [markdown]
# No probe looked inside. An architecture shows in what it knows, when it changes, and who has to be awake: that is why it can be compared at all.

# %% [markdown]
# ## What would break
# * **A table without numbers.** Two years later nobody knows what *So so* meant. Keep the number and the cut beside the word.
# * **A belief that nobody wrote down.** Incidents, repair times and prices decide the judged rows; they change with the team.
# * **A default taken for a law.** A column is a pattern with its knobs.
#
# ### Then and now

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** Their own table.
#
# * **Ask:** "Which row would you add for your company?" Write them down: size, price, privacy, who carries the pager. Nobody will ask for *Result delivery*.
# * **Ask:** one sentence on paper, before ours is read.
# * **Watch for:** the wish to be told which pattern is best. Point to the needs.

# %%
mb.then_and_now("10")

# %% [markdown]
# ### In one sentence
# *A comparison is as good as the numbers behind its words, and a choice as good as the belief that would flip it: write both down.*
#
# **Next:** all differences in clicks here were measured on the very same visitors, which no real shop can do. How a real shop finds out is the A/B test of lesson 02.

# %%
mb.report_card()

# %%
mb.glossary("10")

# %% [markdown]
# ## More, if you have time
# ### Who must be up at the same time
# There is more than one coupling. Deploying together is the one of slide 23. Another is **runtime coupling**: who must be up at once. The table takes each part down for an hour at noon, and shows the share of that hour's visits that fail, the age of the oldest answer in the run, and the longest time from an event to an answer that knows it, both in seconds.

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** The second meaning of *loose*.
#
# * **Ask:** "Which of the two is coupled more loosely: the one whose app knows less, or the one that fails with fewer others?"
# * **Watch for:** the shared table as the winner in everything. Its schema is a contract that nobody versions, and when it is away, so is every answer.

# %%
outages = pd.concat(
    {
        name: mb.runtime_coupling(runs[name].pattern, world)
        for name in ["rest", "nightly"]
    }
)
outages.round(2)

# %% [markdown]
# The REST API needs three parts at once to answer<!-- claim: (outages.loc["rest"]["failed_frac"] > 0.99).sum() ~ 3 tol 0 -->, the shared DB one<!-- claim: (outages.loc["nightly"]["failed_frac"] > 0.99).sum() ~ 1 tol 0 -->. What runs in the background may be away for an hour, and nobody sees it.

# %% [markdown]
# ### What is built into what
# The row *Tight/loose coupling with app* counts changes: how often something changes that is *built into* the app, as a share of all changes on the ML side, weighted by how often each happens. Here is what the phone's units know, with our rates a year.

# %% [markdown] tags=["instructor"]
# **Instructor · 4 minutes.** The third table that is really a list of beliefs.
#
# * **Ask:** "Which of these rates is most wrong for your team?"
# * **Say at the line:** "Three patterns stand left of one dashed line, and a handful of changes a year pushes two of them over it."
# * **Watch for:** the REST API flips to tight when the schema of its request changes often enough. Ask how often theirs did last year.

# %%
mb.coupling.knowledge_table(mb.MobileApp())

# %% [markdown]
# The weights change most often, and a release of the app has to carry them. A phone that downloads its model keeps the rest built in. And the REST API is loose only as long as the schema of its request is left alone: the next table shows the rates at which the row changes its word.

# %%
coupled = ranges[ranges["row"] == "coupling with the app"]
beliefs_of = coupled[coupled["knob"].str.startswith("changes")]
beliefs_of[["pattern", "knob", "value", "low", "high", "word_above"]]

# %% [markdown]
# With about eight changes of the request's schema a year instead of two, the REST API is *Tight*<!-- claim: beliefs_of.query("pattern == 'rest' and knob == 'changes_a_year[request schema]'")["high"].item() ~ 7.55 tol 1% -->.

# %% [markdown]
# How far away is that? The plot shows the row with the rates as they are.

# %%
mb.charts.WordsDisplay.from_table(table, "coupling with the app")

# %% [markdown]
# ### Not in the talk: a hosted model
# Today many teams call a model that somebody else hosts. The wiring is that of pattern 1 with another owner: a longer wait, a quota, a price for each call, and a version that changes without notice. Ours is a simulation with teaching values, and its model learns from the same clicks, so that only the way of serving differs.

# %% [markdown] tags=["instructor"]
# **Instructor · 6 minutes.** Pattern 1, with somebody else's model.
#
# * **Ask:** "What do you lose when the model is not yours?" Collect before the table; *when it changes* is the one they forget.
# * **Say at the versions:** "Each line is a model that went live. Nobody told the app."
# * **Watch for:** "so it is cheaper". Move the requests in the decision and see the fee grow with them.

# %%
hosted = mb.compare(world, hosted=mb.HostedModel())
hosted

# %%
hosted["hosted"].versions.assign(
    asof_day=lambda v: v["asof_s"] / mb.DAY
).round(1)

# %% [markdown]
# The same functions measure it, and the same rule decides. With the needs of the parameters cell:

# %%
with_hosted = mb.decision.decide({**several, **hosted}, needs, beliefs)
with_hosted.table()[["answer", "misses", "clicks", "fees", "net"]].round()

# %% [markdown]
# At p99 the hosted model takes seconds<!-- claim: mb.measure.summary(hosted["hosted"])["latency_p99_s"] > 1.5 -->; whether that is a need, you decide. And what does a rush do? The quota lets ten calls a second through. The plot shows a minute with thirty visits a second.

# %%
rush = world.rush(at=9 * mb.DAY, lasting=60.0, rate_per_s=30.0)
crowd = mb.compare(rush, hosted=mb.HostedModel(), rest=mb.RestApi(workers=16))
mb.charts.StatusDisplay.from_runs(crowd, "down", bins=60)

# %% [markdown]
# After the first second two of three visits are refused<!-- claim: (lambda log: (log["status"][log["requested_at_s"] > 9 * mb.DAY + 5] == "down:quota").mean())(crowd["hosted"].log) ~ 0.667 tol 5% -->, and that is neither your outage nor theirs. An app that calls somebody else's model needs an answer for this case.

# %% [markdown]
# ### Build your own pattern
# A pattern is a class with two methods: `build` puts the parts in and schedules the jobs, `predict` answers request `i`. Here is the answer of the REST API; when its API server is down, the request fails.

# %% [markdown] tags=["instructor"]
# **Instructor · 20 minutes.** For those who write code. Pairs work well.
#
# * **Do:** let them read `mb.source(mb.SharedDb)` beside it; half of what they need stands there.
# * **Say:** "Catch the error where the answer is made, and have something to answer with. Where does it come from, and how old is it?"
# * **Watch for:** an answer without a model. It is an answer, and the grader says how many got a prediction.
# * **Watch for:** a table dated *now*. A law is broken: nothing in an answer may be younger than what it was made from.

# %%
mb.source(mb.RestApi.predict)

# %% [markdown]
# Make one that answers from last night's table instead: go on with the class below, and put `Mine` in place of the dots. It is graded by `mb.check_pattern`, the laws that hold for every pattern of this book, and by an outage of its API. (An `Answer` says which version and which features it saw: see `mb.source(mb.SharedDb)`.)

# %%
from mlbook.components import DownError


class Mine(mb.RestApi):
    """A REST API that answers from last night's table when it is down."""

    async def predict(self, i):
        try:
            return await super().predict(i)
        except DownError as down:
            raise NotImplementedError("answer from the table") from down


mine = ...  # Mine, when you want it graded
mb.check("10.own", mine=mine)

# %% [markdown]
# What did it cost? Put an instance of your class into `mb.compare` and read its row of the table: a batch more to run, a table more to keep in step, and an outage that nobody notices any more. Is the last one good news?
