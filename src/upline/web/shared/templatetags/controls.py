"""A field of a form in our look, tied to its help and to what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field as HTML, and how it is to be laid out."""

    html: SafeString
    is_choice: bool
    is_group: bool
    help_id: str
    error_id: str
    described_by: str


@register.simple_tag
def control(field: BoundField, hint: str = "") -> Control:
    """Write the control of a field with its class, its help and its errors by id."""
    key = field.id_for_label or field.auto_id or field.html_name
    help_id, error_id = f"{key}-help", f"{key}-error"
    described = [error_id] if field.errors else []
    if hint or field.help_text:
        described.append(help_id)
    widget = field.field.widget
    attributes = {"class": " ".join(filter(None, (widget.attrs.get("class"), _class(widget))))}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["aria-invalid"] = "true"
    is_group = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return Control(
        html=_choices(field, attributes) if is_group else field.as_widget(attrs=attributes),
        is_choice=isinstance(widget, forms.CheckboxInput),
        is_group=is_group,
        help_id=help_id,
        error_id=error_id,
        described_by=" ".join(described),
    )


def _choices(field: BoundField, attributes: dict[str, str]) -> SafeString:
    """Write each choice in its own label; Django would give the class to their frame as well."""
    field.field.widget.attrs = {**field.field.widget.attrs, **attributes}
    choices = ((each.tag(), each.choice_label) for each in field.subwidgets)
    return format_html_join("", '<label class="field-check">{}<span>{}</span></label>', choices)


def _class(widget: forms.Widget) -> str:
    match widget:
        case forms.RadioSelect():
            return "radio"
        case forms.CheckboxInput() | forms.CheckboxSelectMultiple():
            return "checkbox"
        case forms.Select() | forms.SelectMultiple():
            return "select"
        case forms.Textarea():
            return "textarea"
        case _:
            return "input"
