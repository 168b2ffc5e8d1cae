-- What providers post, kept as it came before it is answered with 200.
CREATE TABLE webhooks (
    id            INTEGER NOT NULL PRIMARY KEY,
    provider      TEXT    NOT NULL CHECK (provider IN ('cashii', 'cashpay', 'kashier', 'cashi')),
    -- SHA-256 of provider and body: the same post again is the same row.
    digest        TEXT    NOT NULL UNIQUE,
    body          BLOB    NOT NULL,
    -- The payment whose secret address was used (CashPay); the others name it in the body.
    payment_id    TEXT    REFERENCES payments (id),
    received_ms   INTEGER NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,
    -- When it is worked on again; null once it is done.
    next_ms       INTEGER,
    -- What came of it: 'read', 'believed', 'unreadable', 'another_payment', 'unmatched'.
    outcome       TEXT
) STRICT;

CREATE INDEX webhooks_due ON webhooks (next_ms) WHERE next_ms IS NOT NULL;

-- The secret part of the address that only CashPay is told.
ALTER TABLE payments ADD COLUMN push_token TEXT;
-- When the sweeper reads the payment by itself; null: never again.
ALTER TABLE payments ADD COLUMN next_check_ms INTEGER;

-- Payments of before: at once, one after the other.
UPDATE payments SET next_check_ms = created_ms WHERE creation = 'made' AND status <> 'refunded';

CREATE UNIQUE INDEX payments_by_push_token ON payments (push_token) WHERE push_token IS NOT NULL;
CREATE INDEX payments_due ON payments (provider, next_check_ms) WHERE next_check_ms IS NOT NULL;
CREATE INDEX payments_by_reference ON payments (provider, provider_order);
