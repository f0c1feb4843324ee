"""Notes on the charts."""

import mixpanel_headless as mp

ws = mp.Workspace()
note = ws.create_annotation(mp.CreateAnnotationParams(date="2025-01-15 00:00:00", description="Launch"))
print(note.description, note.date)
ws.update_annotation(note.id, mp.UpdateAnnotationParams(description="Launch of the app"))
for one in ws.list_annotations(from_date="2025-01-01", to_date="2025-01-31"):
    print(one.description)
ws.delete_annotation(note.id)
try:
    ws.delete_annotation(note.id)
except mp.APIError as error:
    print(type(error).__name__, error.status_code)
