-- Drops finished records.
-- KEYS  1 {s:ID}:head  2 {s:ID}:done
-- ARGV  1 epoch  2 nonce  then game ids
-- Answer nothing

local head = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'dead')
if head[1] == ARGV[1] and head[2] == ARGV[2] and not head[3] and #ARGV > 2 then
  redis.call('HDEL', KEYS[2], unpack(ARGV, 3))
end
