-- Replaces the binding to a void game; one that has ended is bound anew.
-- KEYS  1 {b:KEY}
-- ARGV  1 void game id  2 new game id  3 kept for ms
-- Answer the game id that holds afterwards

local bound = redis.call('GET', KEYS[1])
if bound and bound ~= ARGV[1] then return bound end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return ARGV[2]
