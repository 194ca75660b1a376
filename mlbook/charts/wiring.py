"""The architecture diagrams as data: those of the talk here, those of the routers beside them.

Talk: slides 14 (REST API), 17 (shared DB), 19 (streaming) and 20 (mobile app). Slide 22 (federated
learning) names the idea; its diagram and the in-process baseline are ours.
"""

from __future__ import annotations

from mlbook.charts.drawn import Arrow, Frame, Line, Part, Pile, Table, Wiring
from mlbook.charts.router_wiring import ROUTERS
from mlbook.validate import one_of

__all__ = ["wiring"]

_WEB = Part("Web application", 1.1, 3.6, "app")
_DB = Part("DB", 1.1, 0.9, "store")
_LOG = Arrow((1.1, 3.25), (1.1, 1.3), "activity log,\ncontents data", (1.95, 2.25))
_ASK = Arrow((2.05, 3.8), (5.65, 3.8), "user ID, item IDs", (2.88, 4.03))
_ANSWER = Arrow((5.65, 3.4), (2.05, 3.4), "prediction result", (2.88, 3.17))
_READ = Arrow((2.05, 0.75), (4.15, 0.75), "data", (2.95, 0.52))
_FEATURE = Arrow((5.1, 1.25), (5.1, 3.15), "feature", (5.6, 2.2))
_WRITE = Arrow(
    (4.15, 3.5),
    (2.05, 1.05),
    "prediction\nresult",
    (3.1, 3.9),
    ((3.05, 3.5), (3.05, 1.05)),
)
_PUT = Arrow((2.05, 2.8), (3.35, 2.8), "log data", (2.7, 2.58))
_TAKE = Arrow((4.5, 2.65), (6.05, 1.3), "recent\nlog data", (5.1, 1.65), ((4.5, 1.3),))
_SERVE = Arrow((1.8, 1.3), (1.8, 3.25), "serve\nprediction", (2.37, 2.25))

SPECS = {
    "in_process": Wiring(
        "Baseline: the model inside the web application",
        "The web application holds the trained model and extracts features from its own DB. A "
        "training batch makes a new model, which goes live with the next release of the whole app.",
        (
            Part("Web pages", 1.3, 4.2, "app"),
            Part("Extract feature", 1.3, 3.2),
            Part("Trained model", 4.1, 3.2, "model"),
            Part("DB", 1.3, 0.9, "store"),
            Part("Execute training", 7.6, 0.9),
        ),
        (
            Arrow((1.3, 1.3), (1.3, 2.85), "activity log,\nfeatures", (2.15, 1.95)),
            Arrow((2.25, 3.2), (3.15, 3.2), "feature", (2.7, 3.4)),
            Arrow((4.1, 3.55), (2.25, 4.2), "prediction result", (3.2, 4.38), ((4.1, 4.2),)),
            Arrow((2.25, 0.9), (6.65, 0.9), "feature", (4.4, 1.1)),
            Arrow(
                (8.25, 1.25), (5.05, 3.2), "with the next\napp release", (9.0, 2.4), ((8.25, 3.2),)
            ),
        ),
        (Frame("Web application", 0.1, 2.6, 5.2, 2.4), Frame("Batch system", 6.4, 0.2, 2.4, 1.5)),
    ),
    "rest_api": Wiring(
        "Pattern 1: train by batch, predict on the fly, serve via REST API",
        "The web application sends a user ID and item IDs to an API server and gets the prediction "
        "result back. One box extracts features from the DB: for the training in the batch system, "
        "and for the trained model in the API server.",
        (
            _WEB,
            _DB,
            Part("Extract feature", 4.9, 0.9),
            Part("Trained model", 6.6, 3.6, "model"),
            Part("Execute training", 9.3, 0.9),
        ),
        (
            _LOG,
            Arrow((2.05, 0.9), (3.95, 0.9), "data", (3.0, 1.1)),
            _ASK,
            _ANSWER,
            Arrow((4.9, 1.25), (6.3, 3.25), "feature", (5.6, 2.2), ((4.9, 2.0), (6.3, 2.0))),
            Arrow((5.85, 0.9), (8.35, 0.9), "feature", (7.0, 1.1)),
            Arrow((10.0, 1.25), (7.55, 3.6), "training result", (9.1, 3.8), ((10.0, 3.6),)),
        ),
        (
            Frame("API server", 4.85, 2.85, 3.1, 1.75),
            Frame("Batch system", 8.1, 0.2, 2.4, 1.5),
            Frame("ML system", 3.7, 0.0, 7.0, 5.0),
        ),
        Line(_ASK, _ANSWER, head=(4.7, 3.8), door=(5.45, 4.13), desks=((5.95, 4.17), (7.7, 4.17))),
    ),
    "shared_db": Wiring(
        "Pattern 2: train by batch, predict by batch, serve through the shared DB",
        "A batch system extracts features from the DB, trains, predicts for every user and item, "
        "and writes the prediction results into the same DB, from which the web application serves "
        "them.",
        (
            _WEB,
            _DB,
            Part("Extract feature", 5.1, 0.9),
            Part("Trained model", 5.1, 3.5, "model"),
            Part("Execute training", 9.2, 0.9),
        ),
        (
            Arrow((0.35, 3.25), (0.35, 1.3), "activity log,\ncontents data", (1.06, 2.25)),
            _SERVE,
            _READ,
            _FEATURE,
            Arrow((6.05, 0.9), (8.25, 0.9), "feature", (6.9, 1.1)),
            Arrow((9.8, 1.25), (6.05, 3.5), "training result", (8.2, 3.7), ((9.8, 3.5),)),
            _WRITE,
        ),
        (
            Frame("Prediction batch", 4.0, 2.85, 2.5, 1.55),
            Frame("Training batch", 7.9, 0.2, 2.5, 1.6),
            Frame("Batch system", 3.75, 0.0, 6.95, 4.9),
        ),
        Table((_READ, _FEATURE, _WRITE), at=(1.68, 0.9), back=_SERVE),
    ),
    "streaming": Wiring(
        "Pattern 3: train, predict and serve by streaming",
        "The web application writes log data into a message queue. A stream-based ML system reads "
        "the recent log data from it, extracts features, and trains and predicts with them: it "
        "updates the trained model and uses it. The prediction results go back into the message "
        "queue, and from there to the web application.",
        (
            Part("Web application", 1.1, 3.0, "app"),
            Part("Message queue", 4.3, 3.0, "store"),
            Part("Extract feature", 7.0, 1.3),
            Part("Train & predict", 9.75, 1.3),
            Part("Trained model", 9.75, 3.9, "model"),
        ),
        (
            _PUT,
            Arrow((3.35, 3.2), (2.05, 3.2), "prediction\nresults", (2.7, 3.55)),
            _TAKE,
            Arrow((7.95, 1.3), (8.8, 1.3), "feature", (8.37, 1.5)),
            Arrow((9.45, 1.65), (9.45, 3.55), "model\nupdates", (8.98, 2.6)),
            Arrow((10.05, 3.55), (10.05, 1.65), "model", (10.42, 2.6)),
            Arrow(
                (9.75, 0.95),
                (3.9, 2.65),
                "prediction results",
                (7.0, 0.3),
                ((9.75, 0.52), (3.9, 0.52)),
            ),
        ),
        (Frame("Stream-based ML system", 5.75, 0.05, 5.05, 4.85),),
        Pile(_PUT, _TAKE, corner=(3.45, 3.55)),
    ),
    "mobile_app": Wiring(
        "Pattern 4: train by batch, predict on a mobile app",
        "A batch system extracts features from the server's DB and trains; the trained model is "
        "converted and put into the mobile app. The app extracts features once more, from a DB of "
        "its own, and the device model predicts inside the app: request and prediction result "
        "never leave it. Activity logs and contents data go from the app to the server's DB.",
        (
            Part("Screen", 1.25, 3.75, "app"),
            Part("DB on the phone", 1.25, 2.55, "store"),
            Part("Extract feature", 4.35, 2.55),
            Part("Device model", 4.35, 3.75, "model"),
            Part("DB", 1.25, 0.55, "store"),
            Part("Extract feature", 4.35, 0.55),
            Part("Execute training", 8.3, 0.55),
            Part("Trained model", 8.3, 3.75, "model"),
        ),
        (
            Arrow((2.2, 3.9), (3.4, 3.9), "request for\nprediction", (2.8, 4.25)),
            Arrow((3.4, 3.6), (2.2, 3.6), "prediction\nresult", (2.8, 3.26)),
            Arrow((2.2, 2.55), (3.4, 2.55), "data", (2.8, 2.73)),
            Arrow((4.35, 2.9), (4.35, 3.4), "feature", (4.85, 3.15)),
            Arrow((1.25, 2.2), (1.25, 0.9), "activity logs,\ncontents data", (2.12, 1.55)),
            Arrow((2.2, 0.55), (3.4, 0.55), "data", (2.8, 0.73)),
            Arrow((5.3, 0.55), (7.35, 0.55), "feature", (6.33, 0.73)),
            Arrow((8.3, 0.9), (8.3, 3.4), "training result", (9.2, 2.3)),
            Arrow((7.35, 3.75), (5.3, 3.75), "convert\nmodel", (6.33, 4.05)),
        ),
        (
            Frame("Mobile app", 0.1, 2.0, 5.5, 2.75),
            Frame("Batch system", 3.2, 0.0, 6.3, 1.35),
        ),
    ),
    "federated": Wiring(
        "Pattern 4': federated learning",
        "Each of many devices extracts features from a DB of its own, predicts with its copy of "
        "the model, and trains that copy a little on its own data. Only a masked update leaves "
        "the device. A server adds the updates up, makes a new global model of their mean, and "
        "sends it to the devices. Activity logs never leave the device.",
        (
            Part("Screen", 1.25, 3.75, "app"),
            Part("DB on the device", 1.25, 0.9, "store"),
            Part("Extract feature", 4.0, 0.9),
            Part("Device model", 4.0, 3.75, "model"),
            Part("Train a little", 6.3, 0.9),
            Part("Average updates", 9.55, 0.9),
            Part("Global model", 9.55, 3.75, "model"),
        ),
        (
            Arrow((2.2, 3.95), (3.05, 3.95), "request for\nprediction", (2.62, 4.33)),
            Arrow((3.05, 3.55), (2.2, 3.55), "prediction\nresult", (2.62, 3.15)),
            Arrow((1.25, 3.4), (1.25, 1.25), "activity log,\ncontents data", (2.08, 2.3)),
            Arrow((2.2, 0.9), (3.05, 0.9), "data", (2.62, 1.1)),
            Arrow((4.0, 1.25), (4.0, 3.4), "feature", (4.5, 2.3)),
            Arrow((4.95, 0.9), (5.35, 0.9), "feature", (5.15, 1.45)),
            Arrow((4.95, 3.6), (6.3, 1.25), "weights", (6.82, 2.3), ((6.3, 3.6),)),
            Arrow((7.25, 0.9), (8.6, 0.9), "masked\nupdate", (7.93, 1.25)),
            Arrow((9.55, 1.25), (9.55, 3.4), "mean", (9.95, 2.3)),
            Arrow((8.6, 3.9), (4.95, 3.9), "global model", (6.3, 4.1)),
        ),
        (
            Frame("Each of many devices", 0.1, 0.2, 7.35, 4.85),
            Frame("Server", 8.4, 0.2, 2.3, 4.85),
        ),
    ),
} | ROUTERS


def wiring(name: str) -> Wiring:
    """Give the diagram of one pattern.

    Parameters
    ----------
    name : str
        ``"in_process"``, ``"rest_api"``, ``"shared_db"``, ``"streaming"``, ``"mobile_app"`` or
        ``"federated"``; of the routers ``"split"``, ``"canary"``, ``"blue_green"``, ``"shadow"``,
        ``"fallback"`` or ``"bandit"``.

    Returns
    -------
    Wiring
        What is drawn.

    Examples
    --------
    >>> wiring("rest_api").title
    'Pattern 1: train by batch, predict on the fly, serve via REST API'
    """
    return SPECS[one_of("name", name, SPECS)]
