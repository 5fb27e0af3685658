-- Says that a node lives, and clears away the rows of those that said nothing for too long.
-- KEYS  1 {n}:nodes (hash: node -> record)  2 {n}:alive (sorted set: node by the end of its row, ms)
-- ARGV  1 node  2 record  3 ttl ms
-- Answer nothing

local now, ttl = now_ms(), tonumber(ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ttl), ARGV[1])

local function drop(nodes)
  for _, node in ipairs(nodes) do
    redis.call('HDEL', KEYS[1], node)
    redis.call('ZREM', KEYS[2], node)
  end
end
drop(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now))
-- No row ends later than that, unless this clock went back: then the living say so again.
drop(redis.call('ZRANGEBYSCORE', KEYS[2], string.format('(%.0f', now + 2 * ttl), '+inf'))
