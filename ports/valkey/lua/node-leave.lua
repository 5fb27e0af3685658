-- The node's row disappears now.
-- KEYS  1 {n}:nodes  2 {n}:alive
-- ARGV  1 node
-- Answer nothing

redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
