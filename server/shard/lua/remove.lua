-- Deletes a shard that has neither live rooms nor undelivered results; a tombstone stays for a while. A repeat is answered again.
-- KEYS  1 {s:ID}:head  2 {s:ID}:rooms  3 {s:ID}:done  4 {s:ID}:results
-- ARGV  1 epoch  2 nonce  3 tombstone ms
-- Answer 1 | 0 (refused)

local head = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'dead')
if head[1] ~= ARGV[1] or head[2] ~= ARGV[2] then return 0 end
if head[3] then return 1 end
if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('XLEN', KEYS[4]) > 0 then return 0 end
redis.call('DEL', KEYS[3], KEYS[4])
redis.call('HSET', KEYS[1], 'dead', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
