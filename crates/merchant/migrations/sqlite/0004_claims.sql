-- Who works on an order now. A claim that is not renewed ends by itself; whoever lost it can
-- commit nothing more.
CREATE TABLE order_claims (
    order_id  TEXT    NOT NULL PRIMARY KEY,
    owner     TEXT    NOT NULL,
    until_ms  INTEGER NOT NULL
) STRICT;
