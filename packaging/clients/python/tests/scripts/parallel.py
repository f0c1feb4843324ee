"""Two projects at once, each in a thread of its own."""

from concurrent.futures import ThreadPoolExecutor

import mixpanel_headless as mp


def total(project: str) -> float:
    with mp.Workspace(project=project) as ws:
        return ws.segmentation("Sign Up", from_date="2025-01-01", to_date="2025-01-03").total


projects = ["3187654", "3187655"]
with ThreadPoolExecutor(2) as pool:
    for project, count in zip(projects, pool.map(total, projects)):
        print(project, count)
