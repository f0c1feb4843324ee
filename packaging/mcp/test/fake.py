"""A small loopback Mixpanel for the scripts beside it: names of events, dashboards, and a segmentation whose answer takes its time when
the event is called "slow". Prints its address, and runs until its input ends."""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 90


class Mixpanel(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path.endswith("/segmentation"):
            if query.get("event") == ["slow"]:
                time.sleep(SECONDS)
            days = {"2025-01-01": 3, "2025-01-02": 4}
            self.answer(200, {"data": {"series": list(days), "values": {query["event"][0]: days}}, "legend_size": 1})
        elif path.endswith("/events/names"):
            self.answer(200, ["Login", "Purchase", "Sign Up"])
        elif path.endswith("/dashboards") or path.endswith("/dashboards/"):
            rows = [{"id": number, "title": f"Dashboard {number}"} for number in range(2000)]
            self.answer(200, {"status": "ok", "results": rows})
        else:
            self.answer(404, {"error": f"nothing at {path}"})

    def do_DELETE(self):
        self.answer(200, {"status": "ok", "results": {}})

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Mixpanel)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_port}", flush=True)
sys.stdin.read()
