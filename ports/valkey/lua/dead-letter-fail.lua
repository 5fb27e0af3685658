-- Counts a failure of a record at a destination.
-- KEYS  1 {dead}:failures (hash: record -> count)
-- ARGV  1 record  2 ms after the last failure when all counts are forgotten  3 records counted at most
-- Answer how often it has failed

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then
  redis.call('DEL', KEYS[1]) -- they count anew
end
local count = redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return count
