import json

from mlbook.lessons.lab import for_a_room


def settings_of(options):
    named = dict(option.split("=", 1) for option in options)
    return named["--LabApp.user_settings_dir"], named["--LabApp.workspaces_dir"]


def test_a_room_has_settings_of_its_own_inside_of_the_work_folder(tmp_path):
    options = for_a_room(tmp_path)
    for folder in settings_of(options):
        assert folder.startswith(str(tmp_path / ".projector"))
    assert "--LabApp.default_url=/doc" in options


def test_what_the_teacher_changed_in_front_of_the_room_is_kept_but_not_the_layout(tmp_path):
    folder, layouts = map(tmp_path.joinpath, settings_of(for_a_room(tmp_path)))
    themes = folder / "@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    assert json.loads(themes.read_text())["overrides"]["content-font-size1"] == "20px"
    themes.write_text('{"theme": "JupyterLab Dark"}')
    layouts.mkdir()
    (layouts / "default.jupyterlab-workspace").write_text("{}")
    for_a_room(tmp_path)
    assert json.loads(themes.read_text()) == {"theme": "JupyterLab Dark"}
    assert not layouts.exists()
