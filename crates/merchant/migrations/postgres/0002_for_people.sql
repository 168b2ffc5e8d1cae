-- What providers said, word for word, for the person who answers "where is my money?". Written
-- beside the payment, never together with it: that one is missing here means nothing.
CREATE TABLE answers (
    id           BIGINT  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id   TEXT    NOT NULL REFERENCES payments (id),
    at_ms        BIGINT  NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('create', 'status', 'post')),
    -- Null for a post: nobody answered.
    http_status  BIGINT,
    body         TEXT    NOT NULL
);

CREATE INDEX answers_of_payment ON answers (payment_id, id);

-- How a payment came to be what it is: one row per change of its status or its review, committed
-- with the change.
CREATE TABLE changes (
    id           BIGINT  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id   TEXT    NOT NULL REFERENCES payments (id),
    at_ms        BIGINT  NOT NULL,
    from_status  TEXT    NOT NULL,
    to_status    TEXT    NOT NULL,
    -- The review that it has afterwards.
    review       TEXT,
    why          TEXT    NOT NULL
);

CREATE INDEX changes_of_payment ON changes (payment_id, id);

-- Lists of all orders, newest first.
CREATE INDEX payments_by_age ON payments (created_ms, id);
-- Posts that are done, to be forgotten.
CREATE INDEX webhooks_done ON webhooks (received_ms) WHERE next_ms IS NULL;
