"""What a machine that invents requests cannot know: orders that are really for sale.

Loaded by schemathesis. Three of four well-formed requests get an order token of the demonstration
shop in the place of the invented text, so that they reach the code behind the door; the fourth
stays as it is. Malformed requests are left alone: mending them would make them well formed.
"""

import itertools
import json
import os
import urllib.request

import schemathesis

BASE = os.environ["PAYWITH_MERCHANT"]
PRODUCTS = {"cashi": "coffee", "kashier": "scarf", "cashii": "soap", "cashpay": "honey"}

turn = itertools.count()
payments = {}


def ask(path, body, headers=None):
    headers = {"content-type": "application/json", **(headers or {})}
    request = urllib.request.Request(BASE + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def order(provider):
    """The token of a new order that this provider takes."""
    product = PRODUCTS.get(provider, "coffee")
    return ask("/api/demo/orders", {"items": [{"id": product, "quantity": 1}]})["order"]


def payment(provider):
    """The token and the id of a payment; one per provider serves all."""
    if provider not in payments:
        token = order(provider)
        body = {"order": token, "provider": provider, "return_url": BASE + "/cart"}
        made = ask("/api/payments", body, {"idempotency-key": f"contract-{provider}"})
        payments[provider] = (token, made["id"])
    return payments[provider]


@schemathesis.hook
def before_call(context, case, kwargs):
    label, meta = case.operation.label, case.meta
    if label == "GET /api/payments/{id}" and str(case.query.get("wait_ms", "")).isdigit():
        # A machine has no time to wait for a shopper.
        case.query["wait_ms"] = min(int(case.query["wait_ms"]), 50)
    is_create = label == "POST /api/payments"
    # The later calls of a chain carry the order of its first one on.
    is_later = meta.phase.name.value == "stateful" and not is_create
    if not meta.generation.mode.is_positive or is_later:
        return
    count = next(turn)
    if count % 4 == 3:
        return
    provider = list(PRODUCTS)[count // 4 % 4]
    if is_create and isinstance(case.body, dict):
        case.body["order"] = order(case.body.get("provider"))
        case.body["return_url"] = BASE + "/cart"
        if count % 4:
            # The invented key is often the same one, which belongs to another order by then.
            case.headers["Idempotency-Key"] = f"contract-attempt-{count}"
    elif label == "GET /api/checkout":
        case.query["order"] = order(provider) if count % 2 else payment(provider)[0]
    elif label.startswith(("GET /api/payments/", "POST /api/payments/")):
        case.query["order"], case.path_parameters["id"] = payment(provider)
        if count % 4 == 1:
            case.path_parameters["id"], case.query["id"] = "_", case.path_parameters["id"]
    elif label == "GET /api/return/{payment}":
        case.path_parameters["payment"] = payment(provider)[1]
    elif label == "GET /pay/{order}":
        case.path_parameters["order"] = payment(provider)[0]
    elif label == "POST /pay/{order}" and isinstance(case.body, dict):
        case.path_parameters["order"] = order(case.body.get("provider"))
