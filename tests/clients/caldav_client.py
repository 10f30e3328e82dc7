"""The calendars of a feed as the library caldav sees them: listed, searched, read, and synchronised across changes."""

import json
import sys
from datetime import datetime, timezone

import caldav
import requests

asked = json.load(sys.stdin)


def mutate(kind, mutation, variables):
    query = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code message }} }} }}"
    headers = {"authorization": f"Bearer {asked['planner']}"}
    body = {"query": query, "variables": {"input": variables}}
    answer = requests.post(f"{asked['base']}/graphql", json=body, headers=headers, timeout=20).json()
    assert answer["data"][mutation]["userErrors"] == [], answer


def follow(secret):
    """Opens a calendar with a secret and takes everything from it."""
    # A connection each time: one that lies idle is closed by the server after a while.
    address, once = f"{asked['base']}/.well-known/caldav", {"Connection": "close"}
    client = caldav.DAVClient(url=address, username="anybody", password=secret, headers=once)
    principal = client.principal()
    calendars = {calendar.get_display_name(): calendar for calendar in principal.calendars()}
    calendar = calendars[asked["name"]]
    window = [datetime.fromisoformat(it).astimezone(timezone.utc) for it in asked["window"]]
    found = calendar.search(start=window[0], end=window[1], event=True, expand=False)
    everything = calendar.objects(load_objects=True)
    return sorted(calendars), calendar, found, everything


def words(event):
    """What a component says, as far as the test asks for it."""
    component = event.icalendar_component
    return [str(component.get("UID")), str(component.get("SUMMARY")), str(component.get("STATUS")), str(component.get("DESCRIPTION"))]


def name(event):
    return str(event.url).rsplit("/", 1)[-1]


followed = {level: follow(secret) for level, secret in asked["secrets"].items()}
told = {}
for level, (names, calendar, found, everything) in followed.items():
    told[level] = {
        "calendars": names,
        "found": sorted(words(it) for it in found),
        "all": sorted(words(it) for it in everything),
        "read": [words(calendar.event_by_url(str(it.url))) for it in found],
        "series": [it.data.count("BEGIN:VEVENT") for it in everything if "RRULE:FREQ=WEEKLY" in it.data],
    }


def synced(step):
    for level, (_, _, _, everything) in followed.items():
        updated, deleted = everything.sync()
        told[level][step] = {"updated": sorted(words(it) for it in updated), "deleted": sorted(name(it) for it in deleted)}


synced("nothing")
mutate("CalendarEntryUpdateInput", "calendarEntryUpdate", asked["update"])
synced("update")
mutate("CalendarEntryCancelInput", "calendarEntryCancel", asked["cancel"])
synced("cancel")
print(json.dumps(told))
