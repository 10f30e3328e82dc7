"""Reads a calendar from standard input with other people's libraries; prints what they see as JSON.

The zones come from the calendar's own definitions only, under names that nobody knows, so that a wrong definition shows.
"""

import datetime
import json
import re
import sys

import icalendar
import recurring_ical_events
from icalendar.parser.property import unescape_backslash

source = sys.stdin.buffer.read()


def instant(value):
    """A day as it is, a time in UTC."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def texts(component):
    """What people wrote, by name of property."""
    said = {}
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "URL", "CONTACT"):
        if name in component:
            said[name] = str(component[name])
    if "CATEGORIES" in component:
        said["CATEGORIES"] = [str(it) for it in component["CATEGORIES"].cats]
    if "ORGANIZER" in component:
        said["ORGANIZER"] = component["ORGANIZER"].params["CN"]
    return said


def occurrences(calendar):
    """Everything that happens in the window, as instants."""
    found = recurring_ical_events.of(calendar).between((2027, 1, 1), (2028, 1, 1))
    return sorted([str(it["UID"]), instant(it["DTSTART"].dt), instant(it["DTEND"].dt)] for it in found)


calendar = icalendar.Calendar.from_ical(source)
own = re.sub(rb"(TZID[:=])([A-Za-z_]+)/", rb"\1Nowhere-\2/", source)
components = [
    {
        "uid": str(it["UID"]),
        "names": sorted(it.keys()),
        "texts": texts(it),
        "errors": [str(error) for error in it.errors],
    }
    for it in calendar.walk("VEVENT")
]
print(
    json.dumps(
        {
            # The library does not know that this property is a text.
            "name": unescape_backslash(str(calendar["NAME"])),
            "refresh": calendar["REFRESH-INTERVAL"].dt.total_seconds(),
            "errors": [str(error) for it in calendar.walk() for error in it.errors],
            "events": components,
            "occurrences": occurrences(calendar),
            "by_definitions": occurrences(icalendar.Calendar.from_ical(own)),
        }
    )
)
