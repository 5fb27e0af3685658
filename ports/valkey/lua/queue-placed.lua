-- Forgets a match whose room is committed.
-- KEYS  see queue.lua
-- ARGV  1 match id
-- Answer nothing

local first, second = read_pair(ARGV[1])
if first then
  redis.call('HDEL', TICKETS, first, second)
  redis.call('HDEL', PENDING, ARGV[1])
end
