# Cashi for <pay-with>, in plain Python. Try it: CASHI_KEY=… python3 relay.py
import json, os, urllib.error, urllib.parse, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
PRICES = {"INV-9921": 15000}  # the price is the server's, never the browser's
def cashi(path, body=None):
    headers = {"content-type": "application/json", "x-api-key": os.environ["CASHI_KEY"]}
    url = os.environ.get("CASHI_URL", "https://cashi.id") + path
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as sent: return sent.status, sent.read()
    except urllib.error.HTTPError as refusal: return refusal.code, refusal.read()
class Relay(BaseHTTPRequestHandler):
    def answer(self, status=404, text=b'{"code":"not_found"}'):
        self.send_response(status), self.send_header("content-type", "application/json"), self.end_headers(), self.wfile.write(text)
    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["content-length"] or 0)) or "{}").get("order")
        if order not in PRICES: return self.answer()  # check here, too, that the order is the caller's
        name = f'{order}-{self.headers["idempotency-key"].replace("-", "")[:20]}'
        self.answer(*cashi("/api/create-order", json.dumps({"amount": PRICES[order], "order_id": name}).encode()))
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path); query = dict(urllib.parse.parse_qsl(url.query))
        id, order = query.get("id", url.path.split("/")[-1]), query.get("order")
        if order not in PRICES or not id.startswith(f"{order}-"): return self.answer()
        status, text = cashi("/api/check-status/" + urllib.parse.quote(id, safe="")); told = json.loads(text)
        if told.get("status") == "SETTLED" and 0 <= told["amount"] - PRICES[order] <= 99: open(f"paid-{order}", "w").write(id)  # ship from this
        self.answer(status, text)
ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 8090))), Relay).serve_forever()
