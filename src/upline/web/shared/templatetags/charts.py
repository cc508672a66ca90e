"""`{% chart_data chart id %}`: the figures of a chart for its script."""

from __future__ import annotations

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from upline.web.shared.charts import Chart

register = template.Library()


@register.simple_tag
def chart_data(chart: Chart, key: str) -> SafeString:
    """Write the figures as JSON, which no browser runs."""
    return json_script(chart.as_data(), f"{key}-data")
