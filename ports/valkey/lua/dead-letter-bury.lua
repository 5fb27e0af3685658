-- Keeps a record that was given up; a repeat changes nothing.
-- KEYS  1 {dead}:failures  2 {dead}:letters (stream)  3 {dead}:known (hash: record -> entry of the stream)
-- ARGV  1 record  2 letter  3 letters kept at most
-- Answer 1 | 0 (no room)

if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1 then return 1 end
if redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[3], ARGV[1], redis.call('XADD', KEYS[2], '*', 'letter', ARGV[2]))
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
