"""The words of the book: one meaning each, with the Japanese term of the field."""

from __future__ import annotations

from dataclasses import dataclass

from mlbook.validate import one_of

__all__ = ["TERMS", "Glossary", "Term", "glossary"]


@dataclass(frozen=True)
class Term:
    """One entry.

    Parameters
    ----------
    name, japanese : str
        The term in both languages.
    meaning : str
        One sentence.
    chapter : str
        Where it is introduced.
    """

    name: str
    japanese: str
    meaning: str
    chapter: str


TERMS = (
    Term(
        "feature",
        "特徴量",
        "A number about a user or an item that goes into a model.",
        "00",
    ),
    Term(
        "p99", "99パーセンタイル",
        "The time that one request in a hundred exceeds; p50 is the median.", "00",
    ),
    Term(
        "age of the features (freshness)", "特徴量の鮮度",
        "Time between the newest event a prediction can know and the request it answers.", "00",
    ),
    Term(
        "AUC", "ROC曲線下面積",
        "Of a clicked and an unclicked candidate, how often the clicked one has the higher score; "
        "one half is chance.", "00",
    ),
    Term(
        "95 % interval", "95%信頼区間",
        "A range made by a rule that contains the true value in 95 of 100 repetitions.", "00",
    ),
    Term(
        "A/A test", "A/Aテスト",
        "An A/B test whose arms are the same: whatever it finds is an error of the test.", "02",
    ),
    Term(
        "p-value", "p値",
        "How often chance alone makes a difference at least as large, when there is none.", "02",
    ),
    Term(
        "power", "検出力",
        "How often a test finds a difference that is really there.", "02",
    ),
    Term(
        "peeking", "のぞき見",
        "Reading a running test again and again, and stopping when it looks good.", "02",
    ),
    Term(
        "winner's curse", "勝者の呪い",
        "Tests that win show more than the truth, because they were picked for showing much.", "02",
    ),
    Term(
        "service time", "サービス時間",
        "How long one request keeps a worker, from when it gets one to when it frees it.", "06",
    ),
    Term(
        "utilisation", "利用率",
        "Share of the time that the workers are busy: arrivals per second times service time, "
        "divided by the number of workers.", "06",
    ),
    Term(
        "hot swap", "無停止入れ替え",
        "Loading a new model beside the old one and moving a pointer, so that no request fails.",
        "06",
    ),
    Term(
        "feature DB", "特徴量データベース",
        "A store that a job fills with features, so that a server can look them up by ID.", "06",
    ),
    Term(
        "batch prediction", "バッチ予測",
        "Computing predictions for everybody on a schedule, before anybody asks.", "07",
    ),
    Term(
        "batch window", "バッチウィンドウ",
        "The hours set aside for a batch, in which it must be finished.",
        "07",
    ),
    Term(
        "atomic swap", "アトミックな入れ替え",
        "Writing a new table beside the old one and exchanging the two in one step, so that no "
        "reader sees half of each.", "07",
    ),
    Term(
        "message queue", "メッセージキュー",
        "A log of events between the programs that write them and those that read them, each at "
        "its own pace.", "08",
    ),
    Term(
        "micro-batch", "マイクロバッチ",
        "The events that a stream job takes at one go: all that have arrived since the last time.",
        "08",
    ),
    Term(
        "trigger", "トリガー間隔",
        "The time between two micro-batches, if the job can keep up with it.", "08",
    ),
    Term(
        "backlog", "バックログ（滞留）",
        "Events that have arrived in the queue and have not been worked on yet.", "08",
    ),
    Term(
        "watermark", "ウォーターマーク",
        "How far an event may lie behind the newest one seen; what is later is dropped.", "08",
    ),
    Term(
        "idempotent", "冪等",
        "Doing it twice has the same effect as doing it once.", "08",
    ),
    Term(
        "release train", "リリーストレイン",
        "Releases of an app that leave on a schedule; what is not ready waits for the next one.",
        "09",
    ),
    Term(
        "adoption curve", "普及曲線",
        "The share of the devices that have installed a release, over the time since it went live.",
        "09",
    ),
    Term(
        "download over the air", "OTA配信",
        "The app fetches a new model by itself, without a release of the app.", "09",
    ),
    Term(
        "quantisation", "量子化",
        "Storing the weights of a model in fewer bits, which rounds them.", "09",
    ),
    Term(
        "federated learning", "連合学習",
        "Devices train on their own data and send updates of the model, which a server averages.",
        "09",
    ),
    Term(
        "coupling", "結合度",
        "How much one part has to change, or to be up, when another one changes or is away.", "10",
    ),
    Term(
        "operator minutes", "運用工数",
        "Expected minutes a month in which somebody is called because something cannot wait.", "10",
    ),
    Term(
        "flip point", "分岐点",
        "The value of a need or a belief at which another choice becomes the better one.", "10",
    ),
    Term(
        "black box", "ブラックボックス",
        "A system that is judged by what it answers, without looking inside.", "10",
    ),
    Term(
        "continuous integration", "継続的インテグレーション",
        "A machine builds and checks every change, of the code and of the data, before it is "
        "merged or trained on.", "11",
    ),
    Term(
        "continuous delivery", "継続的デリバリー",
        "Every change that has passed the checks can go to the users at any time, by a machine.",
        "11",
    ),
    Term(
        "canary release", "カナリアリリース",
        "A new version answers a small share of the visits first, and more only while its numbers "
        "hold.", "11",
    ),
    Term(
        "blue-green deployment", "ブルーグリーンデプロイメント",
        "Two whole systems stand side by side, and a pointer says which of them answers.", "11",
    ),
    Term(
        "rollback", "ロールバック",
        "Going back to the version before.", "11",
    ),
    Term(
        "variability (coefficient of variation)", "変動係数",
        "Standard deviation over mean: 0 for a constant, 1 for times without memory.", "A1",
    ),
    Term(
        "goodput", "グッドプット",
        "The share, or the number a second, of requests answered while somebody still waits.", "A1",
    ),
    Term(
        "retry storm", "リトライストーム",
        "Clients that got no answer in time try again, and their tries are why nobody gets one.",
        "A1",
    ),
    Term(
        "metastable state", "準安定状態",
        "A state that lasts although its cause is gone, until something pushes the system out.",
        "A1",
    ),
    Term(
        "load shedding", "負荷制限",
        "Refusing some requests at once, so that the others are answered in time.", "A1",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Glossary:
    """Some terms, shown as a table.

    Parameters
    ----------
    terms : tuple of Term
        What to show.
    """

    terms: tuple[Term, ...]

    def __repr__(self) -> str:
        return "\n".join(f"{term.name} ({term.japanese}): {term.meaning}" for term in self.terms)

    def _repr_markdown_(self) -> str:
        rows = [f"| **{term.name}** | {term.japanese} | {term.meaning} |" for term in self.terms]
        return "\n".join(["| word | 日本語 | meaning |", "|:--|:--|:--|", *rows])


def glossary(chapter: str | None = None) -> Glossary:
    """Show the words that a chapter introduces.

    Parameters
    ----------
    chapter : str, optional
        Its number, for example ``"06"``; all chapters when left out.

    Returns
    -------
    Glossary
        As the last expression of a cell it is shown as a table.

    Examples
    --------
    >>> [term.name for term in glossary("07").terms]
    ['batch prediction', 'batch window', 'atomic swap']
    """
    if chapter is None:
        return Glossary(TERMS)
    one_of("chapter", chapter, dict.fromkeys(term.chapter for term in TERMS))
    return Glossary(tuple(term for term in TERMS if term.chapter == chapter))
