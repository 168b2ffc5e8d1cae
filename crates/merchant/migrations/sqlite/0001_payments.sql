-- Money is an integer of minor units beside its exponent: 10098 and 2 are 100.98.
-- Times are milliseconds since 1970 in UTC.

CREATE TABLE payments (
    id                TEXT    NOT NULL PRIMARY KEY,
    order_id          TEXT    NOT NULL,
    provider          TEXT    NOT NULL CHECK (provider IN ('cashii', 'cashpay', 'kashier', 'cashi')),
    -- What the provider was told as its order reference; stable per attempt.
    provider_order    TEXT    NOT NULL,
    -- What the provider calls the payment. Null until its answer is stored: nothing was disclosed.
    provider_payment  TEXT,
    creation          TEXT    NOT NULL CHECK (creation IN ('unknown', 'made', 'refused')),
    status            TEXT    NOT NULL,
    review            TEXT,
    currency          TEXT    NOT NULL,
    price_minor       INTEGER NOT NULL CHECK (price_minor > 0),
    price_exponent    INTEGER NOT NULL,
    -- What the shopper pays, as the provider answered it: Cashi adds 1 to 99.
    amount_minor      INTEGER NOT NULL CHECK (amount_minor > 0),
    amount_exponent   INTEGER NOT NULL,
    qr_payload        TEXT,
    qr_image          TEXT,
    -- The hosted page (`redirect_url`), or the page beside a code (`checkout_url`).
    redirect_url      TEXT,
    checkout_url      TEXT,
    -- The shop's own page, where the return hop sends the shopper.
    return_url        TEXT,
    created_ms        INTEGER NOT NULL,
    expires_ms        INTEGER,
    paid_ms           INTEGER,
    superseded_by     TEXT REFERENCES payments (id)
) STRICT;

CREATE INDEX payments_of_order ON payments (order_id, created_ms);

-- One row per Idempotency-Key. Several keys may lead to one payment.
CREATE TABLE attempts (
    key           TEXT    NOT NULL PRIMARY KEY,
    payload_hash  TEXT    NOT NULL,
    payment_id    TEXT    NOT NULL REFERENCES payments (id),
    created_ms    INTEGER NOT NULL
) STRICT;
