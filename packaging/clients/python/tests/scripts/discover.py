"""What is there: events, their properties, and values."""

import mixpanel_headless as mp

ws = mp.Workspace()
events = ws.events()
print(len(events), "events, such as", events[0])
for event in events[:2]:
    print(event, ws.properties(event)[:5])
print(ws.property_values("plan", event="Sign Up", limit=10))
for top in ws.top_events(limit=3):
    print(top.event, top.count > 0)
for field in ws.subproperties("cart", event="Purchase"):
    print(field.name, field.type)
