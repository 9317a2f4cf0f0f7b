"""What a person sees on a page, and what their browser sends back from it."""

import html
import re


def page_of(response) -> str:
    return response.content.decode()


def hidden_of(response) -> dict[str, list[str]]:
    """What goes along with the form: a browser sends it back as it is."""
    data: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page_of(response)):
        data.setdefault(html.unescape(name), []).append(html.unescape(value))
    return data


def answers_on(form) -> dict:
    """What a browser sends back of the questions of a form that nobody touched."""
    data = {}
    for question in form:
        value, widget = question.value(), question.field.widget
        if hasattr(widget, "decompress"):
            parts = value if isinstance(value, list) else widget.decompress(value)
            data |= {f"{question.html_name}_{n}": "" if p is None else p for n, p in enumerate(parts)}
        elif value not in (None, "", []):
            data[question.html_name] = value
    return data


def sent_back(response) -> dict:
    """What a browser sends back of a page that nobody touched."""
    return hidden_of(response) | answers_on(response.context["form"])
