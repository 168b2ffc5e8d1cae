-- What the shop's own server is told: one row, one id, however often it is sent.
CREATE TABLE events (
    id            TEXT    NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL,
    payment_id    TEXT    NOT NULL REFERENCES payments (id),
    -- The event's `data`, as it was when it happened.
    data          TEXT    NOT NULL,
    created_ms    INTEGER NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,
    -- When it is sent (again); null once it arrived or was given up.
    next_ms       INTEGER,
    delivered_ms  INTEGER,
    UNIQUE (payment_id, kind)
) STRICT;

CREATE INDEX events_due ON events (next_ms) WHERE next_ms IS NOT NULL;
