"""*Then and now*: what a slide said in 2018, what still holds, what changed; products only here.

Each box has the date on which its sources were read, so that an old one can be found and renewed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mlbook.validate import one_of

__all__ = ["BOXES", "Box", "then_and_now"]


@dataclass(frozen=True, kw_only=True)
class Box:
    """One box, at most 120 words.

    Parameters
    ----------
    chapter : str
        Its lesson.
    then : str
        What the slide said.
    holds : str
        What still holds, by the lesson's own number.
    now : str
        What changed.
    to_try : str
        One thing to try.
    read_on : date
        When the sources were read.
    sources : tuple of (str, str)
        Titles and addresses.
    """

    chapter: str
    then: str
    holds: str
    now: str
    to_try: str
    read_on: date
    sources: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The four parts, one after the other."""
        return " ".join((self.then, self.holds, self.now, self.to_try))

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        parts = [
            ("Then", self.then),
            ("Still holds", self.holds),
            ("Now", self.now),
            ("Try", self.to_try),
        ]
        lines = [f"> **{name}.** {text}" for name, text in parts]
        links = ", ".join(f"[{title}]({address})" for title, address in self.sources)
        return "\n>\n".join([*lines, f"> *Read on {self.read_on.isoformat()}: {links}.*"])


BOXES = (
    Box(
        chapter="00",
        then="Slide 3 adds culture, procedure and technical debt. The third block is the title of "
        "a paper of 2015, which warns that such systems are quickly built and dearly maintained.",
        holds="The count under *More*: training and scoring is less than a tenth of this library, "
        "too.",
        now="The work around the model got a name, MLOps, and job titles. And many teams no longer "
        "train the model that they serve: they call one that somebody else trained and may change. "
        "The shop without a model is still the bar that it has to pass.",
        to_try="Before your next model, write down what the most popular item alone would earn.",
        read_on=date(2026, 11, 25),
        sources=(
            (
                "Sculley and others: Hidden Technical Debt in Machine Learning Systems (2015)",
                "https://proceedings.neurips.cc/paper/2015/hash/86df7dcfd896fcaf2674f757a2463eba-Abstract.html",
            ),
        ),
    ),
    Box(
        chapter="02",
        then="Slide 5 puts two A/B steps between dashboards and machine learning; slide 28 sets "
        "online evaluation beside offline.",
        holds="Peeking: seven looks turn five percent of false finds into seventeen, by a law "
        "published in 1969.",
        now="Experimentation is bought as a service, and the checks come with it: Statsig and "
        "LaunchDarkly, for example, test the sample ratio of every experiment, and Statsig raises "
        "its red alert at p below .001, as our `analyze` does. Prompts and models of others are "
        "tested in the same way. What no service knows is how many users your effect needs.",
        to_try="Take the last test that your team has won, and compute its power.",
        read_on=date(2026, 11, 25),
        sources=(
            ("Statsig: monitor an experiment", "https://docs.statsig.com/experiments/monitor"),
            (
                "LaunchDarkly: experiment health checks",
                "https://launchdarkly.com/docs/home/experimentation/health-checks",
            ),
        ),
    ),
    Box(
        chapter="06",
        then="Slides 14 to 16 put a model behind an address, and freeze its runtime with Docker.",
        holds="The knee: your last minutes at the limit multiplied p99 with the same model.",
        now="Model servers such as KServe and vLLM ship what we left out. They collect requests "
        "into batches; for language models, requests join and leave a running batch at every "
        "step, because the service time depends on the length of the answer. It is pattern 1 with "
        "a longer tail.",
        to_try="Set the panel to a service time of 40 ms and one worker: how few visitors does it "
        "take?",
        read_on=date(2026, 11, 24),
        sources=(
            (
                "KServe: inference batcher",
                "https://kserve.github.io/website/docs/model-serving/predictive-inference/batcher",
            ),
            ("vLLM documentation", "https://docs.vllm.ai/"),
        ),
    ),
    Box(
        chapter="07",
        then="Slides 17 and 18 write predictions into a table that the application reads.",
        holds="The saw: an answer is never younger than its own batch, whatever store holds it.",
        now="A feature store such as Feast applies the same idea one step earlier: a job loads "
        "feature values into an online store, and the model runs on request. What is looked up "
        "has an age, too, the age since the last load. A vector index built overnight is another "
        "batch product with an age.",
        to_try="In lesson 06, set `features_every` of `mb.RestApi` to a day. Which pattern does "
        "its freshness look like now?",
        read_on=date(2026, 11, 24),
        sources=(
            (
                "Feast: online store",
                "https://docs.feast.dev/getting-started/components/online-store",
            ),
        ),
    ),
    Box(
        chapter="08",
        then="Slide 19 names Kafka for the queue and Spark Streaming for the system behind it, "
        "which trains and predicts.",
        holds="Your two halves: fresh features paid on every day, the training on the day of the "
        "flip.",
        now="Spark's own guide calls Spark Streaming legacy; its successor, Structured Streaming, "
        "starts a late micro-batch when the one before it ends: the blue line of the panel. And "
        "the two halves came apart: after talks with some thirty companies, one author wrote in "
        "2022 that they invest in predicting online, and that training all the time is still "
        "years from the mainstream. That is your `mixed` run.",
        to_try="Look up how many days of data your own model remembers. When would it turn?",
        read_on=date(2026, 11, 25),
        sources=(
            (
                "Apache Spark: Spark Streaming Programming Guide",
                "https://spark.apache.org/docs/latest/streaming-programming-guide.html",
            ),
            (
                "Apache Spark, SPARK-20209: next trigger at once when the batch took longer",
                "https://issues.apache.org/jira/browse/SPARK-20209",
            ),
            (
                "Huyen: Real-time machine learning (2022)",
                "https://huyenchip.com/2022/01/02/real-time-machine-learning-challenges-and-solutions.html",
            ),
        ),
    ),
    Box(
        chapter="09",
        then="Slides 20 and 21 convert the model for the phone and build it into the app; slide 22 "
        "names federated learning.",
        holds="The tail: two weeks after the bad release went live, a week after its repair, some "
        "phones still ran it.",
        now="TensorFlow Lite is called LiteRT today. Apple's documentation describes fetching a "
        "Core ML model over the network instead of bundling it with the app. A new model then "
        "needs no release, which loosens the coupling that slide 23 calls tight. The feature code "
        "and the runtime stay built in.",
        to_try="Let the app look for models once a week only: `download_every=7 * mb.DAY`. What "
        "does the same mistake cost then?",
        read_on=date(2026, 11, 25),
        sources=(
            (
                "Google: migrate from TensorFlow Lite to LiteRT",
                "https://ai.google.dev/edge/litert/migration",
            ),
            (
                "Apple: downloading and compiling a model on the user's device",
                "https://developer.apple.com/documentation/coreml/downloading-and-compiling-a-model-on-the-user-s-device",
            ),
        ),
    ),
    Box(
        chapter="10",
        then="Slide 23 compares four patterns in eight rows of words.",
        holds="The cells: measured here, their words came out as the slide's, and the cuts have "
        "room.",
        now="The rows have company. A model is often somebody else's, behind their REST API: then "
        "price a call, quota and a version with a date of retirement belong into the table, and "
        "providers publish such dates. And teams mix the columns: features by streaming, a model "
        "by batch, answers by REST.",
        to_try="Add one row to the table that your company would ask for first, with a number "
        "and a cut.",
        read_on=date(2026, 11, 25),
        sources=(("OpenAI: deprecations", "https://platform.openai.com/docs/deprecations"),),
    ),
    Box(
        chapter="11",
        then="Slide 24 names CI, CD and blue-green deployment, over a figure borrowed from another "
        "talk.",
        holds="The switch: prepared, it cost nobody an answer, and the way back took less than a "
        "second.",
        now="The steps between one user and all of them got a name, progressive delivery. Argo "
        "Rollouts brings to Kubernetes blue-green, canary steps and an analysis of measurements "
        "that may take a release back. KServe takes the share of a model's canary as one number in "
        "its configuration. Which share, which measurement and which slices remain your "
        "decisions.",
        to_try="Find out who at work may roll back at night, and how many minutes the last "
        "rollback took.",
        read_on=date(2026, 11, 25),
        sources=(
            ("Argo Rollouts", "https://argoproj.github.io/argo-rollouts/"),
            (
                "KServe: canary rollout strategy",
                "https://kserve.github.io/website/docs/model-serving/predictive-inference/rollout-strategies/canary",
            ),
        ),
    ),
    Box(
        chapter="A1",
        then="Slides 13 to 16 put a model behind an address. Nothing on them waits, fails or tries "
        "again.",
        holds="The law: for work without memory, halving the idle share doubled every percentile.",
        now="In 2021 a paper gave failures that outlive their cause a name, metastable, with "
        "second tries among what sustains them. Google's book on site reliability describes "
        "budgets for second tries, per request and per client. Servers for language models let "
        "answers join and leave a running batch at every step.",
        to_try="Set the panel of the storm to two tries. At which load does the burst no longer "
        "do harm?",
        read_on=date(2026, 11, 25),
        sources=(
            (
                "Bronson and others: Metastable Failures in Distributed Systems (2021)",
                "https://sigops.org/s/conferences/hotos/2021/papers/hotos21-s11-bronson.pdf",
            ),
            (
                "Google: Site Reliability Engineering, Handling Overload",
                "https://sre.google/sre-book/handling-overload/",
            ),
            ("vLLM documentation", "https://docs.vllm.ai/"),
        ),
    ),
)


def then_and_now(chapter: str) -> Box:
    """Show what has changed since the talk.

    Parameters
    ----------
    chapter : str
        The lesson's number, for example ``"06"``.

    Returns
    -------
    Box
        As the last expression of a cell it is shown as a box.

    Examples
    --------
    >>> then_and_now("07").chapter
    '07'
    """
    known = {box.chapter: box for box in BOXES}
    return known[one_of("chapter", chapter, known)]
