import hashlib, hmac, json, os, re, urllib.error, urllib.parse, urllib.request  # Cashi for <pay-with>, in plain Python: CASHI_KEY=… python3 relay.py
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
PRICES = {"INV-9921": 15000}  # the price is the server's, never the browser's
def cashi(path, body=None):
    url, headers = os.environ.get("CASHI_URL", "https://cashi.id"), {"content-type": "application/json", "x-api-key": os.environ["CASHI_KEY"]}
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, body, headers), timeout=20) as answer: return answer.status, answer.read()
    except urllib.error.HTTPError as refusal: return refusal.code, refusal.read()
def check(id, order):  # asks Cashi, and records what Cashi says is paid
    if order not in PRICES or id[:-20] != f"{order}-": return 404, b'{"code":"not_found"}', False
    status, text = cashi("/api/check-status/" + urllib.parse.quote(id, safe="")); told = json.loads(text) if status == 200 else {}
    amount = re.fullmatch(r"(\d+)(\.0+)?", str(told.get("amount"))) if told.get("status") == "SETTLED" else None
    is_paid = bool(amount) and 1 <= int(amount[1]) - PRICES[order] <= 99  # Cashi adds 1 to 99 rupiah
    if is_paid: open(f"paid-{order}", "w").write(id)  # ship from this
    return status, text, is_paid
def hear(body, signature, secret=os.environ.get("CASHI_WEBHOOK_SECRET", "")):  # a webhook proves nothing: Cashi is asked
    right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not secret: return 503, b'{"code":"webhook_secret_missing"}'
    if not hmac.compare_digest(right.encode(), signature.lower().encode()): return 401, b'{"code":"bad_signature"}'
    try: id = json.loads(body)["data"]["order_id"] + ""
    except (KeyError, TypeError, ValueError): return 400, b'{"code":"bad_request"}'
    status, text, is_paid = (200, b"{}", True) if id.startswith("TEST-") else check(id, id[:-21])
    return (status, text) if is_paid or status != 200 else (503, b'{"code":"not_paid_yet"}')
class Shop(SimpleHTTPRequestHandler):  # pages come from ./public
    def answer(self, status=404, text=b'{"code":"not_found"}', *_): self.send_response(status), self.send_header("content-type", "application/json"), self.send_header("cache-control", "no-store"), self.end_headers(), self.wfile.write(text)
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        if self.path.rstrip("/") == "/api/webhooks/cashi": return self.answer(*hear(body, self.headers["x-gateway-signature"] or ""))
        order, key = json.loads(body or b"{}").get("order"), (self.headers["idempotency-key"] or "").replace("-", "")[:20]  # check here, too, that the order is the caller's
        self.answer(*(cashi("/api/create-order", json.dumps({"amount": PRICES[order], "order_id": f"{order}-{key}"}).encode()) if order in PRICES and key else ()))
    def do_GET(self):
        if not self.path.startswith("/api/"): return super().do_GET()
        url = urllib.parse.urlsplit(self.path); query = dict(urllib.parse.parse_qsl(url.query))
        self.answer(*check(query.get("id", urllib.parse.unquote(url.path.split("/")[-1])), query.get("order")))
ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 8090))), lambda *call: Shop(*call, directory="public")).serve_forever()
