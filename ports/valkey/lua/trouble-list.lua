-- Troubles that somebody has raised and not cleared.
-- KEYS  1 {n}:troubles
-- Answer {[store, reporter], ...}

return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now_ms()), '+inf')
