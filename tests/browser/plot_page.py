"""The product's addresses, and one page more with a plot on it and the table of its words."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from caselog.urls import urlpatterns
from tests.audit.plots import thirds

PAGE = """{% extends "base.html" %}{% load static %}
{% block head %}<link rel="stylesheet" href="{% static 'audit/audit.css' %}">
<link rel="stylesheet" href="{% static 'audit/charts.css' %}">
<script src="{% static 'audit/charts.js' %}" defer></script>
<script src="{% static 'audit/charts_save.js' %}" defer></script>{% endblock %}
{% block content %}{% include "audit/charts/_plot.html" with source="Cedar Clinic" %}
{% data_table "Rates" %}<tbody>
{% for mark in plot.marks %}<tr><td>{{ mark.words }}</td></tr>{% endfor %}
</tbody>{% end_data_table %}{% endblock %}"""


def show(request):
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"plot": thirds()}, request))


urlpatterns = [path("plot/", show), *urlpatterns]
