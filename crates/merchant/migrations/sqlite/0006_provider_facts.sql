-- What the provider says of a payment beyond its status, for the merchant: a JSON object of texts.
ALTER TABLE payments ADD COLUMN facts TEXT;
