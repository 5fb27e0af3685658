-- Ends the own lease at once.
-- KEYS  1 {s:ID}:head
-- ARGV  1 epoch  2 nonce
-- Answer nothing

local head = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'dead')
if head[1] == ARGV[1] and head[2] == ARGV[2] and not head[3] then redis.call('HSET', KEYS[1], 'lease', 0) end
