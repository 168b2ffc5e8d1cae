import json, os, urllib.error, urllib.parse, urllib.request  # Cashi for <pay-with>, in plain Python: CASHI_KEY=… python3 relay.py
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
PRICES = {"INV-9921": 15000}  # the price is the server's, never the browser's
def cashi(path, body=None):
    url, headers = os.environ.get("CASHI_URL", "https://cashi.id"), {"content-type": "application/json", "x-api-key": os.environ["CASHI_KEY"]}
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, body, headers), timeout=20) as answer: return answer.status, answer.read()
    except urllib.error.HTTPError as refusal: return refusal.code, refusal.read()
class Shop(SimpleHTTPRequestHandler):  # pages come from ./public
    def answer(self, status=404, text=b'{"code":"not_found"}'):
        self.send_response(status), self.send_header("content-type", "application/json"), self.end_headers(), self.wfile.write(text)
    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["content-length"]))).get("order")
        if order not in PRICES: return self.answer()  # check here, too, that the order is the caller's
        name = f'{order}-{self.headers["idempotency-key"].replace("-", "")[:20]}'
        self.answer(*cashi("/api/create-order", json.dumps({"amount": PRICES[order], "order_id": name}).encode()))
    def do_GET(self):
        if not self.path.startswith("/api/"): return super().do_GET()
        url = urllib.parse.urlsplit(self.path); query = dict(urllib.parse.parse_qsl(url.query))
        id, order = query.get("id", urllib.parse.unquote(url.path.split("/")[-1])), query.get("order")
        if order not in PRICES or id[:-20] != f"{order}-": return self.answer()
        status, text = cashi("/api/check-status/" + urllib.parse.quote(id, safe="")); told = json.loads(text) if status == 200 else {}
        if told.get("status") == "SETTLED" and 0 <= told["amount"] - PRICES[order] <= 99: open(f"paid-{order}", "w").write(id)  # ship from this
        self.answer(status, text)
ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 8090))), lambda *call: Shop(*call, directory="public")).serve_forever()
