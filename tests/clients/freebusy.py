"""Busy times of a VFREEBUSY, as the library icalendar reads them."""

import json
import sys
from datetime import timezone

import icalendar

calendar = icalendar.Calendar.from_ical(json.load(sys.stdin)["calendar"])
seen = []
for component in calendar.walk("VFREEBUSY"):
    lines = component.get("FREEBUSY", [])
    for line in lines if isinstance(lines, list) else [lines]:
        for period in getattr(line, "dts", [line]):
            times = [it.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for it in (period.start, period.end)]
            seen.append([line.params.get("FBTYPE", "BUSY"), *times])
print(json.dumps(seen))
