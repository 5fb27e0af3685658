-- A letter has been dealt with; the record counts anew.
-- KEYS  1 {dead}:failures  2 {dead}:letters  3 {dead}:known
-- ARGV  1 record
-- Answer nothing

local entry = redis.call('HGET', KEYS[3], ARGV[1])
if entry then redis.call('XDEL', KEYS[2], entry) end
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1])
