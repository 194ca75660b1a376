import base64

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mlbook.exercises.verdict import Verdict
from mlbook.lessons.claims import Claim, Found
from mlbook.lessons.compare import differing_claims, differing_rows
from mlbook.lessons.outcome import Outcome

WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}}


def shown(data, **metadata):
    return new_output("display_data", data=data, metadata=metadata)


def run(*outputs, text="## Age\n\nA long story.\n\nThe plot shows the **age**."):
    cells = [new_markdown_cell(text, id="m")]
    for place, output in enumerate(outputs):
        cells.append(new_code_cell(f"x = 1\nshow({place})", id=f"c{place}", outputs=[output]))
    return new_notebook(cells=cells)


def text(said):
    return shown({"text/plain": said})


def test_outputs_that_are_the_same_in_all_runs_are_counted_and_left_out():
    rows, same = differing_rows([run(text("1"), text("a")), run(text("1"), text("b"))])
    assert [row.cell_id for row in rows] == ["c1"]
    assert [each.content for each in rows[0].exhibits] == ["a", "b"]
    assert same == 1


def test_a_picture_comes_with_its_words_and_what_is_said_before_it():
    pictures = [
        shown({"image/png": data, "text/plain": "x"}, **{"image/png": {"alt": f"Waits {data}"}})
        for data in ("AAAA", "BBBB")
    ]
    (row,), _ = differing_rows([run(each) for each in pictures])
    assert (row.heading, row.before) == ("Age", "The plot shows the **age**.")
    assert [each.kind for each in row.exhibits] == ["picture", "picture"]
    assert row.exhibits[1].content == "data:image/png;base64,BBBB"
    assert row.exhibits[1].alt == "Waits BBBB"


def test_of_a_slider_panel_the_picture_is_compared():
    panels = [
        shown(WIDGET | {"image/png": data, "text/plain": f"At {data}."}) for data in ("A", "B")
    ]
    (row,), _ = differing_rows([run(each) for each in panels])
    assert [each.alt for each in row.exhibits] == ["At A.", "At B."]


def test_a_drawing_keeps_its_signs_in_its_address():
    drawings = [shown({"image/svg+xml": f"<svg a='#{n}'/>"}) for n in (1, 2)]
    (row,), _ = differing_rows([run(each) for each in drawings])
    kind, _, data = row.shown.content.partition(";base64,")
    assert (kind, base64.b64decode(data)) == ("data:image/svg+xml", b"<svg a='#1'/>")


@pytest.mark.parametrize(
    ("said", "kind"),
    [("42", "short"), ("two\nlines", "text"), ("x" * 61, "text")],
    ids=["a number", "a table", "a long line"],
)
def test_a_short_text_goes_into_the_table_of_numbers(said, kind):
    (row,), _ = differing_rows([run(text(said)), run(text("other"))])
    assert row.shown.kind == kind
    assert row.shown.name == "show(0)"


def test_a_measured_guess_is_compared_by_its_value_and_an_exercise_by_its_state():
    def verdicts(value, state):
        measured = Verdict("07.age", "noted", f"gave {value}", kind="measured", value=value)
        check = Verdict("07.mean", state, "said", value="7")
        return run(*(shown(each._repr_mimebundle_()) for each in (measured, check)))

    rows, _ = differing_rows([verdicts("16.1", "pass"), verdicts("5", "fail")])
    assert [row.shown.name for row in rows] == ["07.age", "07.mean"]
    assert [each.content for row in rows for each in row.exhibits] == ["16.1", "5", "pass", "fail"]


def test_what_a_cell_prints_is_compared_and_an_error_is_not():
    printed = [run(new_output("stream", name="stdout", text=f"{n}\n")) for n in (1, 2)]
    (row,), _ = differing_rows(printed)
    assert [each.content for each in row.exhibits] == ["1", "2"]
    error = new_output("error", ename="E", evalue="1", traceback=[])
    assert differing_rows([run(error), run(error)]) == ([], 0)


def test_a_run_that_stopped_early_or_did_not_end_leaves_a_gap():
    rows, same = differing_rows([None, run(text("1")), run(text("2"), text("a"))])
    assert [each and each.content for each in rows[0].exhibits] == [None, "1", "2"]
    assert same == 1
    assert differing_rows([None, None]) == ([], 0)


def test_a_cell_without_a_text_directly_before_it_has_only_its_heading():
    (row,), _ = differing_rows([run(text("1"), text("a")), run(text("1"), text("b"))])
    assert (row.heading, row.before) == ("Age", "")


def test_the_numbers_in_the_text_are_compared_by_what_the_runs_gave(good):
    age = Claim("", "age_h", value=14.0, tolerance=1.0)
    order = Claim("", "a > b")
    same = Claim("", "n", value=3.0, tolerance=0.1)

    def ended(age_h, larger, **more):
        found = (Found(age, "m", age_h, **more), Found(order, "m", larger), Found(same, "m", 3.0))
        return Outcome(lesson=good, seconds=1, claims=found)

    broken = ended(float("nan"), 1.0, problem="NameError")
    rows = differing_claims([ended(14.04999, 1.0), ended(5.0, 0.0), broken, None])
    assert [(row.shown.name, row.cell_id) for row in rows] == [("age_h", "m"), ("a > b", "m")]
    said = [[each and each.content for each in row.exhibits] for row in rows]
    assert said == [["14.05", "5", "no value", None], ["true", "not true", "true", None]]
