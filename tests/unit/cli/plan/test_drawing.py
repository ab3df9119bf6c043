"""Of a whole structure only what differs is drawn."""

import json

from autonomic.cli.plan.difference import FieldRow
from autonomic.cli.plan.drawing_changes import leaves


def _template(image: str, **more: object) -> str:
    return json.dumps({"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"image": image}], **more}})


def test_of_a_template_only_the_fields_that_differ_are_shown() -> None:
    row = FieldRow("/spec/template", _template("a", paused=True), _template("b"), _template("a", paused=True))
    assert list(leaves(row)) == [
        FieldRow("/spec/template/spec/containers", '[{"image":"a"}]', '[{"image":"b"}]', '[{"image":"a"}]'),
        FieldRow("/spec/template/spec/paused", "true", None, "true"),
    ]


def test_a_plain_value_is_shown_as_it_is() -> None:
    for row in (FieldRow("/a", "2", "4", "2"), FieldRow("/a", None, '"x"', None), FieldRow("/a", '{"b":1}', "2", None)):
        assert list(leaves(row)) == [row]


def test_of_a_text_that_is_a_structure_only_what_differs_is_shown() -> None:
    before, after = (json.dumps(json.dumps({"baseline": "a", "policy": {"algorithm": each}})) for each in ("T", "E"))
    assert list(leaves(FieldRow("/it", before, after, before))) == [
        FieldRow("/it/policy/algorithm", '"T"', '"E"', '"T"')
    ]


def test_a_text_that_only_begins_like_one_is_shown_as_it_is() -> None:
    row = FieldRow("/it", '"{a"', '"{b}"', '"{a"')
    assert list(leaves(row)) == [row]
