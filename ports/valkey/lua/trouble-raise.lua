-- Somebody finds a store down.
-- KEYS  1 {n}:troubles (sorted set: [store, reporter] by the end of its word, ms)
-- ARGV  1 [store, reporter]  2 ttl ms
-- Answer nothing

local now, ttl = now_ms(), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ttl), ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.max(ttl, redis.call('PTTL', KEYS[1])))
