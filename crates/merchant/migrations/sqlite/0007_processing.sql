-- What an operator asks for often, and few payments are.
CREATE INDEX payments_processing ON payments (provider, created_ms)
    WHERE status = 'processing' AND review IS NULL;
