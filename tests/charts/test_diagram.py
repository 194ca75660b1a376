"""The diagrams say what the talk draws, and no label touches another, a line or a box."""

from __future__ import annotations

import itertools
from dataclasses import MISSING, fields

import pytest

import mlbook as mb
from mlbook.charts import Diagram
from mlbook.charts.drawn import Line, Pile
from mlbook.charts.wiring import SPECS, wiring

PATTERNS = sorted(SPECS)
WIDER = 1.04  # a page may show the SVG's words in a font that is a little wider than ours


@pytest.mark.parametrize("name", PATTERNS)
def test_every_arrow_begins_and_ends_at_a_part(name):
    spec = wiring(name)
    for arrow in spec.arrows:
        for x, y in (arrow.start, arrow.end):
            touched = [
                part
                for part in spec.parts
                if abs(x - part.x) <= part.width / 2 + 0.1 and abs(y - part.y) <= 0.35 + 0.1
            ]
            assert touched, (name, arrow.label, (x, y))


@pytest.mark.parametrize("dpi", [150, 72], ids=["PNG", "SVG"])
@pytest.mark.parametrize("name", PATTERNS)
def test_labels_touch_neither_each_other_nor_an_arrow(name, dpi):
    display = Diagram(name).plot()
    display.figure_.dpi = dpi
    renderer = display.figure_.canvas.get_renderer()
    boxes = {
        text.get_text(): text.get_window_extent(renderer).expanded(WIDER, 1)
        for text in display.ax_.texts
        if text.get_text() != wiring(name).title
    }
    for (one, box), (other, second) in itertools.combinations(boxes.items(), 2):
        assert not box.overlaps(second), (name, one, other)
    for arrow in wiring(name).arrows:
        points = display.ax_.transData.transform([arrow.start, *arrow.via, arrow.end])
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            steps = [(x0 + (x1 - x0) * k / 200, y0 + (y1 - y0) * k / 200) for k in range(201)]
            for label, box in boxes.items():
                assert not any(box.contains(x, y) for x, y in steps), (name, label, arrow.label)


@pytest.mark.parametrize("name", PATTERNS)
def test_every_label_lies_inside_the_picture(name):
    display = Diagram(name).plot()
    renderer = display.figure_.canvas.get_renderer()
    frame = display.figure_.bbox
    for text in display.ax_.texts:
        box = text.get_window_extent(renderer)
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1, text.get_text()
        assert frame.y0 <= box.y0 < box.y1 <= frame.y1, text.get_text()


@pytest.mark.parametrize("name", ["rest_api", "shared_db", "streaming"])
def test_a_route_follows_arrows_of_its_diagram(name):
    spec = wiring(name)
    route = spec.route
    if isinstance(route, Pile):
        arrows = (route.there, route.away)
    else:
        arrows = (
            (route.there, route.back) if isinstance(route, Line) else (*route.batch, route.back)
        )
    assert set(arrows) <= set(spec.arrows)


def test_the_line_of_pattern_1_stands_on_the_arrow_of_the_request_outside_of_the_server():
    spec = wiring("rest_api")
    server = next(frame for frame in spec.frames if frame.label == "API server")
    (start, height), (x, y) = spec.route.there.start, spec.route.head
    assert y == height
    assert start < x < server.x
    for desk in spec.route.desks:
        assert server.x < desk[0] < server.x + server.width
        assert server.y < desk[1] < server.y + server.height


def test_pattern_1_has_one_box_that_extracts_features_for_training_and_serving():
    spec = wiring("rest_api")
    assert [part.label for part in spec.parts].count("Extract feature") == 1
    assert [arrow.label for arrow in spec.arrows].count("feature") == 2


def test_the_request_of_pattern_1_carries_ids_and_no_features():
    request = wiring("rest_api").arrows[2]
    assert "ID" in request.label
    assert "feature" not in request.label


def test_in_pattern_3_everything_between_the_app_and_the_model_goes_through_the_queue():
    spec = wiring("streaming")
    system = spec.frames[0]
    crossing = [
        arrow for arrow in spec.arrows if (arrow.start[0] > system.x) != (arrow.end[0] > system.x)
    ]
    queue = next(part for part in spec.parts if part.label == "Message queue")
    assert {arrow.label.replace("\n", " ") for arrow in crossing} == {
        "recent log data",
        "prediction results",
    }
    for arrow in crossing:
        x = arrow.start[0] if arrow.start[0] < system.x else arrow.end[0]
        assert abs(x - queue.x) < queue.width / 2
    assert [part.label for part in spec.parts].count("Extract feature") == 1


def test_in_federated_learning_only_updates_go_to_the_server_and_only_models_come_back():
    spec = wiring("federated")
    server = next(frame for frame in spec.frames if frame.label == "Server")
    crossing = {
        arrow.label.replace("\n", " "): arrow.end[0] > server.x
        for arrow in spec.arrows
        if (arrow.start[0] > server.x) != (arrow.end[0] > server.x)
    }
    assert crossing == {"masked update": True, "global model": False}


def test_pattern_4_extracts_features_twice_and_asks_inside_the_app():
    spec = wiring("mobile_app")
    app = spec.frames[0]
    inside = [
        part
        for part in spec.parts
        if app.x < part.x < app.x + app.width and app.y < part.y < app.y + app.height
    ]
    assert [part.label for part in spec.parts].count("Extract feature") == 2
    assert [part.label for part in inside].count("Extract feature") == 1
    for arrow in spec.arrows[:2]:  # request and prediction result
        for x, y in (arrow.start, arrow.end):
            assert app.x < x < app.x + app.width, arrow.label
            assert app.y < y < app.y + app.height, arrow.label


def test_an_unknown_diagram_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"name must be one of .*'shared_db'.*got 'shared'"):
        Diagram("shared").plot()


ROUTERS = {
    "split": mb.Split,
    "canary": mb.Canary,
    "blue_green": mb.BlueGreen,
    "shadow": mb.Shadow,
    "fallback": mb.Fallback,
    "bandit": mb.Bandit,
}


@pytest.mark.parametrize("name", ROUTERS)
def test_the_diagram_of_a_router_names_its_arms_as_its_knobs_do(name):
    arms = ROUTERS[name](**dict.fromkeys(_arms(ROUTERS[name]), mb.SharedDb())).arms
    boxes = {part.label.split(":")[0].lower() for part in wiring(name).parts}
    assert set(arms) <= boxes


def _arms(router):
    return [each.name for each in fields(router) if each.default is MISSING]


def test_only_the_answer_of_the_primary_goes_back_from_a_shadow():
    spec = wiring("shadow")
    shadow = next(part for part in spec.parts if part.label.startswith("Shadow"))
    router = next(part for part in spec.parts if part.label == "Copies")
    away = [arrow for arrow in spec.arrows if abs(arrow.start[0] - shadow.x) <= 1.2]
    away = [arrow for arrow in away if abs(arrow.start[1] - shadow.y) <= 0.35]
    assert away
    assert all(arrow.end[0] > router.x + router.width for arrow in away)
