"""The dates of calendars as the libraries icalendar and recurring-ical-events see them.

Reads a JSON list of iCalendar texts, and a window { "from", "until" } of days, from standard input:
{ "calendars": ["BEGIN:VCALENDAR…"], "from": "2026-01-01", "until": "2029-01-01" }.
Prints a list with, for each, the sorted starts as instants in UTC, or as days.
"""

import json
import sys
from datetime import date, datetime, timezone

import icalendar
import recurring_ical_events


def said(start):
    if isinstance(start, datetime):
        return start.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return start.isoformat()


asked = json.load(sys.stdin)
window = (date.fromisoformat(asked["from"]), date.fromisoformat(asked["until"]))
found = []
for text in asked["calendars"]:
    calendar = icalendar.Calendar.from_ical(text)
    events = recurring_ical_events.of(calendar).between(*window)
    found.append(sorted(said(event.start) for event in events))
json.dump(found, sys.stdout)
