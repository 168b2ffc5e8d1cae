-- The same tables as in SQLite. Money is an integer of minor units beside its exponent: 10098 and 2
-- are 100.98. Times are milliseconds since 1970 in UTC.

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
    price_minor       BIGINT  NOT NULL CHECK (price_minor > 0),
    price_exponent    BIGINT  NOT NULL,
    -- What the shopper pays, as the provider answered it: Cashi adds 1 to 99.
    amount_minor      BIGINT  NOT NULL CHECK (amount_minor > 0),
    amount_exponent   BIGINT  NOT NULL,
    qr_payload        TEXT,
    qr_image          TEXT,
    -- The hosted page (`redirect_url`), or the page beside a code (`checkout_url`).
    redirect_url      TEXT,
    checkout_url      TEXT,
    -- The shop's own page, where the return hop sends the shopper.
    return_url        TEXT,
    created_ms        BIGINT  NOT NULL,
    expires_ms        BIGINT,
    paid_ms           BIGINT,
    superseded_by     TEXT REFERENCES payments (id),
    -- The secret part of the address that only CashPay is told.
    push_token        TEXT,
    -- When the sweeper reads the payment by itself; null: never again.
    next_check_ms     BIGINT
);

CREATE INDEX payments_of_order ON payments (order_id, created_ms);
CREATE UNIQUE INDEX payments_by_push_token ON payments (push_token) WHERE push_token IS NOT NULL;
CREATE INDEX payments_due ON payments (provider, next_check_ms) WHERE next_check_ms IS NOT NULL;
CREATE INDEX payments_by_reference ON payments (provider, provider_order);
CREATE INDEX payments_by_provider_payment ON payments (provider, provider_payment);

-- One row per Idempotency-Key. Several keys may lead to one payment.
CREATE TABLE attempts (
    key           TEXT    NOT NULL PRIMARY KEY,
    payload_hash  TEXT    NOT NULL,
    payment_id    TEXT    NOT NULL REFERENCES payments (id),
    created_ms    BIGINT  NOT NULL
);

-- What providers post, kept as it came before it is answered with 200.
CREATE TABLE webhooks (
    id            BIGINT  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider      TEXT    NOT NULL CHECK (provider IN ('cashii', 'cashpay', 'kashier', 'cashi')),
    -- SHA-256 of provider and body: the same post again is the same row.
    digest        TEXT    NOT NULL UNIQUE,
    body          BYTEA   NOT NULL,
    -- The payment whose secret address was used (CashPay); the others name it in the body.
    payment_id    TEXT    REFERENCES payments (id),
    received_ms   BIGINT  NOT NULL,
    tries         BIGINT  NOT NULL DEFAULT 0,
    -- When it is worked on again; null once it is done.
    next_ms       BIGINT,
    -- What came of it: 'read', 'believed', 'unreadable', 'another_payment', 'unmatched'.
    outcome       TEXT
);

CREATE INDEX webhooks_due ON webhooks (next_ms) WHERE next_ms IS NOT NULL;

-- What the shop's own server is told: one row, one id, however often it is sent.
CREATE TABLE events (
    id            TEXT    NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL,
    payment_id    TEXT    NOT NULL REFERENCES payments (id),
    -- The event's `data`, as it was when it happened.
    data          TEXT    NOT NULL,
    created_ms    BIGINT  NOT NULL,
    tries         BIGINT  NOT NULL DEFAULT 0,
    -- When it is sent (again); null once it arrived or was given up.
    next_ms       BIGINT,
    delivered_ms  BIGINT,
    UNIQUE (payment_id, kind)
);

CREATE INDEX events_due ON events (next_ms) WHERE next_ms IS NOT NULL;

-- Who works on an order now. A claim that is not renewed ends by itself; whoever lost it can
-- commit nothing more.
CREATE TABLE order_claims (
    order_id  TEXT    NOT NULL PRIMARY KEY,
    owner     TEXT    NOT NULL,
    until_ms  BIGINT  NOT NULL
);

-- When a payment was last read at its provider, by whichever process. Unlogged: after a crash of
-- the database a payment is read once more, which is no loss.
CREATE UNLOGGED TABLE payment_reads (
    payment_id  TEXT    NOT NULL PRIMARY KEY,
    read_ms     BIGINT  NOT NULL
);
